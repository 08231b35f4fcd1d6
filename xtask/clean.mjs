// Removes what was built. What the set-up installed stays.

import { rmSync } from 'node:fs';
import { build, cargoTarget, dist } from './paths.mjs';

export function clean() {
  for (const directory of [build, dist, cargoTarget]) {
    rmSync(directory, { recursive: true, force: true });
    console.log(`removed ${directory}`);
  }
}
