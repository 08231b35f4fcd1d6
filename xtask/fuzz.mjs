// `npm run fuzz`: what is tested with random inputs, for as long as one likes.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildParts } from './build.mjs';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { Failure, withPath } from './command.mjs';
import { cargoTarget, inRoot } from './paths.mjs';
import { setup } from './setup.mjs';
import { rustEnvironment } from './toolchain.mjs';

/** Targets of tests/fuzz, which coverage guides. */
const guided = ['metadata', 'preparation', 'translators', 'namespace'];
/** Operations of the model that fit into a minute, about, on a machine that has nothing else to do. */
const OPERATIONS = 15_000_000;
/** How long an input may take; with the first one of `translators` the kernel is built for WebAssembly. */
const PATIENCE = '600s';
/** Most bytes of an input. */
const BYTES = 4_000;

/** Runs a program whose output is shown as it comes. */
function show(program, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: inRoot(), env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

/** Coverage-guided: libFuzzer, which cargo-bolero builds in. What was found stays in cargo's target folder. */
function runGuided(target, minutes) {
  const folder = join(cargoTarget, 'fuzz');
  const [corpus, crashes] = ['corpus', 'crashes'].map((name) => join(folder, name, target));
  for (const path of [corpus, crashes]) mkdirSync(path, { recursive: true });
  // Coverage counters are an option of the compiler that only a bootstrapping one knows; sanitizers would need another one.
  const args = ['bolero', 'test', target, '--package', 'fuzz-tests', '--rustc-bootstrap', '--sanitizer', 'NONE', '--target-dir', folder];
  const limits = ['-T', `${Math.round(minutes * 60)}s`, '--timeout', PATIENCE, '--max-input-length', String(BYTES), '--corpus-dir', corpus, '--crashes-dir', crashes];
  return show('cargo', [...args, ...limits], withPath(cargoToolDirectories(), rustEnvironment()));
}

const runs = {
  ...Object.fromEntries(guided.map((target) => [target, (minutes) => runGuided(target, minutes)])),
  model: (minutes) => show('cargo', ['run', '--profile', 'fuzz', '--package', 'namespace-model', '--', String(Math.round(minutes * OPERATIONS))], rustEnvironment()),
  corruption: (minutes) => show(process.execPath, [inRoot('tests/fuzz/corruption.mjs'), String(minutes)]),
};

/**
 * Runs fuzz targets, one after the other, and stops at the first failure.
 *
 * @param {string[]} wanted names of targets; none means all
 * @param {number} minutes how long each of them runs
 * @returns {Promise<boolean>} whether nothing was found
 */
export async function fuzz(wanted, minutes) {
  for (const name of wanted) {
    if (!Object.hasOwn(runs, name)) throw new Failure(`there is no fuzz target ${name}`, { todo: `name some of: ${Object.keys(runs).join(', ')}` });
  }
  const names = wanted.length > 0 ? wanted : Object.keys(runs);
  await setup('fuzz');
  if (names.includes('corruption')) await buildParts(['kernel', 'npm', 'test-plugins']);
  for (const name of names) {
    console.log(`\n${name}: ${minutes} min`);
    if (!(await runs[name](minutes))) {
      console.log(`${name}: failed`);
      return false;
    }
  }
  console.log(`\nnothing was found by ${names.join(', ')}`);
  return true;
}
