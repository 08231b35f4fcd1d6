// `npm run parity`: set up, build what is needed, and have the guest of every language do everything in every engine.

import { spawn } from 'node:child_process';
import { buildParts } from './build.mjs';
import { guestParts } from './guests.mjs';
import { inRoot } from './paths.mjs';
import { setup } from './setup.mjs';

/**
 * Tries guests, and prints what they can do as a table. The last line is `N passed, M failed`.
 *
 * @param {string[]} wanted languages, or parts of names of behaviours; none means all
 * @returns {Promise<boolean>} whether everything is as it should be
 */
export async function parity(wanted) {
  await setup('test');
  await buildParts(['kernel', 'npm', 'test-plugins', ...Object.keys(guestParts)]);
  return new Promise((resolve, reject) => {
    const trial = spawn(process.execPath, [inRoot('tests/parity/run.mjs'), ...wanted], { stdio: 'inherit' });
    trial.once('error', reject);
    trial.once('exit', (code) => resolve(code === 0));
  });
}
