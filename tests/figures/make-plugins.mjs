// Assembles the plugins that the figures are taken with, and copies of a filter that no engine takes for the same.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { pairs, texts } from '../../bench/plugins/calls.mjs';
import { build, inRoot } from '../../xtask/paths.mjs';
import { assemble } from '../lib/assemble.mjs';
import { coldVariants } from './life.mjs';
import { crossingFrom, crossingTo } from './plugins.mjs';

const filterBytes = (name) => new Uint8Array(readFileSync(join(build, 'plugins', `${name}.wasm`)));

/** The same program with one more constant in it. */
function variant(bytes, number) {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(binaryen.Features.All);
    module.addGlobal(`variant-${number}`, binaryen.i32, false, module.i32.const(number));
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

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
  const invert = filterBytes('invert');
  for (let number = 0; number < coldVariants; number += 1) plugins.set(`invert-${number}`, variant(invert, number));
  return plugins;
}
