// Assembles the plugins that the figures are taken with, and copies of a filter that no engine takes for the same.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { pairs, texts } from '../../bench/plugins/calls.mjs';
import { build, dist, inRoot } from '../../xtask/paths.mjs';
import { assemble, features } from '../lib/assemble.mjs';
import { coldVariants } from './life.mjs';
import { crossingFrom, crossingTo } from './plugins.mjs';

/** The names of all filters. */
export const filterNames = () => readdirSync(inRoot('demo-paint/filters')).sort();

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

/** A program that nobody can run: its imports and exports are no longer, so that it needs no signatures. The rest is as it was. */
function withoutSurroundings(bytes) {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(features);
    const functions = Array.from({ length: module.getNumFunctions() }, (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
    for (const { name, base, params, results } of functions) {
      if (!base) continue;
      module.removeFunction(name);
      module.addFunction(name, params, results, [], module.unreachable());
    }
    const exported = Array.from({ length: module.getNumExports() }, (_, index) => binaryen.getExportInfo(module.getExportByIndex(index)));
    for (const { name, kind } of exported) if (kind === binaryen.ExternalFunction) module.removeExport(name);
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
  plugins.set('kernels', assemble(readFileSync(inRoot('tests/figures/kernels.wat'), 'utf8')));
  plugins.set('kernel-as-plugin', withoutSurroundings(new Uint8Array(readFileSync(join(dist, 'kernel_bg.wasm')))));
  plugins.set('looper', assemble(readFileSync(inRoot('tests/suite/wat/looper.wat'), 'utf8')));
  for (const name of filterNames()) plugins.set(name, filterBytes(name));
  const invert = filterBytes('invert');
  for (let number = 0; number < coldVariants; number += 1) plugins.set(`invert-${number}`, variant(invert, number));
  return plugins;
}
