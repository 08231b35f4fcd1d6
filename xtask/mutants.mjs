// `npm run mutants`: changes the kernel in hundreds of small ways, and counts those that no test notices.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { Failure, run, withPath } from './command.mjs';
import { build, cargoTarget } from './paths.mjs';
import { setup } from './setup.mjs';
import { rustEnvironment } from './toolchain.mjs';

/** What is changed, and the packages whose tests have to notice. */
const modules = {
  namespace: { files: ['kernel/src/namespace.rs'], tests: ['portcullis-kernel', 'namespace-model'] },
  signature: { files: ['kernel/src/signature/*.rs'], tests: ['portcullis-kernel', 'translator-tests'] },
  translator: { files: ['kernel/src/translator/*.rs'], tests: ['translator-tests'] },
};

/** How much of what could be noticed has to be, in percent. */
const ENOUGH = 95;
/** Values that a random test tries, instead of its own number: a change that only one in thousands shows is not looked for. */
const CASES = '60';
/** Seconds for the tests of one change; a change may make a program run for ever. */
const PATIENCE = '240';

async function testModule(name, shard) {
  const { files, tests } = modules[name];
  const output = join(build, 'mutants', name);
  const env = {
    ...withPath(cargoToolDirectories(), rustEnvironment()),
    CARGO_TARGET_DIR: join(cargoTarget, 'mutants'),
    PORTCULLIS_CASES: CASES,
    PORTCULLIS_SHRINK: '0',
    CARGO_TERM_COLOR: 'never',
  };
  const args = ['mutants', '--profile', 'mutants', '--timeout', PATIENCE, '--colors', 'never', '--output', output];
  for (const file of files) args.push('--file', file);
  for (const test of tests) args.push('--test-package', test);
  if (shard) args.push('--shard', shard);
  // Its exit code says whether anything was missed; that is counted here.
  const { code, output: said } = await run('cargo', args, { env, mayFail: true, onLine: (line) => console.log(line) });
  const list = (kind) => readFileSync(join(output, 'mutants.out', `${kind}.txt`), 'utf8').split('\n').filter(Boolean);
  if (![0, 2, 3].includes(code)) throw new Failure('cargo-mutants broke down', { output: said });
  const [caught, missed, timeout, unviable] = ['caught', 'missed', 'timeout', 'unviable'].map(list);
  return { name, caught: caught.length + timeout.length, missed, unviable: unviable.length };
}

/**
 * Mutation testing.
 *
 * @param {string[]} wanted names of modules; none means all
 * @param {string | undefined} shard `k/n` for the k-th part of n, from 0
 * @returns {Promise<boolean>} whether at least 95 % of the changes that can be noticed were, in each module
 */
export async function mutants(wanted, shard) {
  for (const name of wanted) {
    if (!Object.hasOwn(modules, name)) throw new Failure(`there is no module ${name}`, { todo: `name some of: ${Object.keys(modules).join(', ')}` });
  }
  await setup('mutants');
  const outcomes = [];
  for (const name of wanted.length > 0 ? wanted : Object.keys(modules)) outcomes.push(await testModule(name, shard));
  console.log('');
  let enough = true;
  for (const { name, caught, missed, unviable } of outcomes) {
    const share = (100 * caught) / Math.max(1, caught + missed.length);
    enough &&= share >= ENOUGH;
    for (const mutant of missed) console.log(`missed: ${mutant}`);
    console.log(`${name}: ${caught} caught, ${missed.length} missed (${share.toFixed(1)} %); ${unviable} do not compile`);
  }
  return enough;
}
