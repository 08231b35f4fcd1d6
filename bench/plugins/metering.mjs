// What is metered besides filters: small loops, and a large module that nobody can run.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { features } from '../../tests/lib/assemble.mjs';
import { dist, inRoot } from '../../xtask/paths.mjs';

const kernelFile = join(dist, 'kernel_bg.wasm');

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

export const texts = () => [['kernels', readFileSync(inRoot('bench/plugins/kernels.wat'), 'utf8')]];

export const modules = () => [['kernel-as-plugin', withoutSurroundings(new Uint8Array(readFileSync(kernelFile)))]];

export const sources = ['dist/kernel_bg.wasm'];
