// Builds the crate, and has wasm-bindgen make JavaScript for it: `build/bench/wasm-bindgen`.

import { join } from 'node:path';
import { build } from '../../../xtask/paths.mjs';
import { unlessMade } from '../../../xtask/stamp.mjs';
import { cargoBuild, cargoOutput, wasmBindgen } from '../../../xtask/wasm.mjs';

const crate = 'portcullis-bench-wasm-bindgen';
const folder = join(build, 'bench/wasm-bindgen');

export default function make() {
  const outputs = [join(folder, 'pair.js'), join(folder, 'pair_bg.wasm')];
  return unlessMade('bench-wasm-bindgen', { sources: ['bench/contestants/wasm-bindgen', 'Cargo.lock'], outputs }, async () => {
    await cargoBuild([crate]);
    await wasmBindgen(cargoOutput(crate), 'pair', folder);
  });
}
