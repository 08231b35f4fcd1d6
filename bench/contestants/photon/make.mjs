// Puts photon where a page can load it: `build/bench/photon`. Its bindings import the module, which only bundlers can; here they are
// given its exports.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, inRoot } from '../../../xtask/paths.mjs';

const imported = "import * as wasm from './photon_rs_bg.wasm';";
const given = 'let wasm;\nexport const give = (exports) => void (wasm = exports);';

export default function make() {
  const from = (file) => inRoot('bench/node_modules/@silvia-odwyer/photon', file);
  const folder = join(build, 'bench/photon');
  mkdirSync(folder, { recursive: true });
  const bindings = readFileSync(from('photon_rs_bg.js'), 'utf8');
  if (!bindings.includes(imported)) throw new Error("photon's bindings do not import its module as they did");
  writeFileSync(join(folder, 'bindings.js'), bindings.replace(imported, given));
  cpSync(from('photon_rs_bg.wasm'), join(folder, 'photon_rs_bg.wasm'));
}
