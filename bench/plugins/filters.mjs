// The filters of the paint page, as the page has them.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, inRoot } from '../../xtask/paths.mjs';
import { filterNames } from '../filters/names.mjs';

export function modules() {
  const there = readdirSync(inRoot('demo-paint/filters')).sort();
  if (there.join() !== filterNames.join()) throw new Error(`bench/filters/names.mjs does not name the filters that there are: ${there.join(', ')}`);
  return filterNames.map((name) => [name, readFileSync(join(build, 'plugins', `${name}.wasm`))]);
}

export const sources = ['demo-paint/filters', ...filterNames.map((name) => `build/plugins/${name}.wasm`)];
