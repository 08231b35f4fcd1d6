// Makes components of core modules, and has jco make JavaScript of them: `build/bench/jco`.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../../tests/lib/assemble.mjs';
import { build } from '../../../xtask/paths.mjs';
import { unlessMade } from '../../../xtask/stamp.mjs';
import { cores, wit } from '../../plugins/jco.mjs';

const folder = join(build, 'bench/jco');

/** The files of one component. */
async function transpiled({ componentEmbed, componentNew, transpileBytes }, name, world, text) {
  const embedded = await componentEmbed({ binary: assemble(text), witSource: wit, world });
  const component = await componentNew(embedded);
  const { files } = await transpileBytes(component, { name, instantiation: 'async', nodejsCompat: false, emitTypescriptDeclarations: false });
  return files;
}

export default function make() {
  const sources = ['bench/contestants/jco', 'bench/plugins', 'bench/package-lock.json', 'tests/lib/assemble.mjs'];
  return unlessMade('bench-jco', { sources, outputs: [folder] }, async () => {
    const [transpile, tools] = [await import('@bytecodealliance/jco-transpile'), await import('@bytecodealliance/jco-transpile/wasm-tools')];
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, world, text] of cores()) {
      for (const [file, bytes] of Object.entries(await transpiled({ ...transpile, ...tools }, name, world, text))) {
        if (/\.(?:js|wasm)$/.test(file)) writeFileSync(join(folder, file), bytes);
      }
    }
  });
}
