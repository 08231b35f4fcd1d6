// Builds the module in which filters are linked with the pixel engine, as the page's own module is built: `build/bench/linked`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../../xtask/paths.mjs';
import { unlessMade } from '../../../xtask/stamp.mjs';
import { cargoBuild, cargoOutput, optimise, wasmBindgen } from '../../../xtask/wasm.mjs';

const crate = 'bench-linked';
const raw = join(build, 'bench/linked-unoptimised');
const folder = join(build, 'bench/linked');

/** Where the guest SDK says what went wrong: here nobody listens. */
const nobody = 'export const fault = () => {};\n';

export default function make() {
  const outputs = ['linked.js', 'linked_bg.wasm', 'nobody.js'].map((file) => join(folder, file));
  const sources = ['bench/contestants/linked', 'www/engine', 'demo-paint/sdk', 'demo-paint/filters', 'guest-sdk/rust', 'Cargo.toml', 'Cargo.lock'];
  return unlessMade('bench-linked', { sources, outputs }, async () => {
    await cargoBuild([crate], { simd: true });
    await wasmBindgen(cargoOutput(crate, { simd: true }), 'linked', raw);
    mkdirSync(folder, { recursive: true });
    const bindings = readFileSync(join(raw, 'linked.js'), 'utf8');
    writeFileSync(join(folder, 'linked.js'), bindings.replace('from "portcullis"', 'from "./nobody.js"'));
    writeFileSync(join(folder, 'nobody.js'), nobody);
    await optimise([{ input: join(raw, 'linked_bg.wasm'), output: join(folder, 'linked_bg.wasm') }], { speed: 3, size: 0, simd: true });
  });
}
