// Puts wasm-vips where a page can load it. It starts workers of its own file, which a bundle is not.

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, inRoot } from '../../../xtask/paths.mjs';

export default function make() {
  const folder = join(build, 'bench/wasm-vips');
  mkdirSync(folder, { recursive: true });
  for (const file of ['vips-es6.js', 'vips-node.mjs', 'vips.wasm']) cpSync(inRoot('bench/node_modules/wasm-vips/lib', file), join(folder, file));
}
