// Assembles the plugins that the figures are taken with, and copies of a filter that no engine takes for the same.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { build, inRoot } from '../../xtask/paths.mjs';
import { assemble } from '../lib/assemble.mjs';
import { coldVariants } from './life.mjs';
import { canvas, copyingPairs, crossingFrom, crossingTo, painter, pairs, reader, viewer, writer } from './plugins.mjs';

const filters = ['invert', 'gaussian-blur', 'sharpen', 'box-blur', 'median'];

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
  const each = (count, sources) => {
    for (let number = 0; number < count; number += 1) {
      for (const [name, source] of Object.entries(sources)) plugins.set(`${name}-${number}`, assemble(source(number)));
    }
  };
  each(pairs, { canvas, viewer, painter, 'crossing-to': crossingTo, 'crossing-from': crossingFrom });
  each(copyingPairs, { reader, writer });
  plugins.set('looper', assemble(readFileSync(inRoot('tests/suite/wat/looper.wat'), 'utf8')));
  for (const name of filters) plugins.set(name, filterBytes(name));
  const invert = filterBytes('invert');
  for (let number = 0; number < coldVariants; number += 1) plugins.set(`invert-${number}`, variant(invert, number));
  return plugins;
}
