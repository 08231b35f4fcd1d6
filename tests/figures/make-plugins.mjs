// Assembles the plugins that the figures are taken with.

import { readFileSync } from 'node:fs';
import { pairs, texts } from '../../bench/plugins/calls.mjs';
import { inRoot } from '../../xtask/paths.mjs';
import { assemble } from '../lib/assemble.mjs';
import { crossingFrom, crossingTo } from './plugins.mjs';

/**
 * Makes all of them.
 *
 * @returns {Map<string, Uint8Array>} by name
 */
export function makePlugins() {
  const plugins = new Map();
  for (const [name, text] of texts()) plugins.set(`calls/${name}`, assemble(text));
  for (let number = 0; number < pairs; number += 1) {
    plugins.set(`crossing-to-${number}`, assemble(crossingTo(number)));
    plugins.set(`crossing-from-${number}`, assemble(crossingFrom(number)));
  }
  plugins.set('looper', assemble(readFileSync(inRoot('tests/suite/wat/looper.wat'), 'utf8')));
  return plugins;
}
