// `npm run hostile`: set up, build what is needed, and attack the kernel in every engine.

import { spawn } from 'node:child_process';
import { buildParts } from './build.mjs';
import { inRoot } from './paths.mjs';
import { setup } from './setup.mjs';

/**
 * Runs attacks, and shows what comes of them as they go on. The last line is `N passed, M failed`.
 *
 * @param {string[]} wanted entries of the catalogue, or parts of names; none means all
 * @param {{ table?: boolean }} options whether a table of the entries comes at the end
 * @returns {Promise<boolean>} whether everything ended as it should
 */
export async function hostile(wanted, { table = false }) {
  await setup('test');
  await buildParts(['kernel', 'npm', 'test-plugins']);
  const flags = table ? ['--table'] : [];
  return new Promise((resolve, reject) => {
    const attacks = spawn(process.execPath, [inRoot('tests/hostile/run.mjs'), ...flags, ...wanted], { stdio: 'inherit' });
    attacks.once('error', reject);
    attacks.once('exit', (code) => resolve(code === 0));
  });
}
