// `npm run mutants`: changes the kernel in hundreds of small ways, and counts those that no test notices.
//
// Nearly all of the changes are compiled together, and one of them is chosen when a test starts: that takes minutes where a build
// for each takes hours. Those that cannot be chosen at run time, in constants for instance, are compiled one by one.

import { createHash } from 'node:crypto';
import { Failure } from './command.mjs';
import { equivalent } from './mutant-equivalents.mjs';
import { listMutants } from './mutant-list.mjs';
import { Tree } from './mutant-tree.mjs';
import { Trials } from './mutant-trials.mjs';
import { root } from './paths.mjs';
import { setup } from './setup.mjs';

/** What is changed, and the packages whose tests have to notice. */
const modules = {
  namespace: { files: ['kernel/src/namespace.rs'], tests: ['portcullis-kernel', 'namespace-model'] },
  signature: { files: ['kernel/src/signature/*.rs'], tests: ['portcullis-kernel', 'translator-tests'] },
  translator: { files: ['kernel/src/translator/*.rs'], tests: ['portcullis-kernel', 'translator-tests'] },
};

/** How much of what could be noticed has to be, in percent. */
const ENOUGH = 95;
/** With which random tests start, and by which a sample is drawn, if nothing else is said. */
const SEED = 1;

/** What came of the changes of a module, each with the program that noticed it. */
class Outcome {
  caught = [];
  missed = [];
  same = [];
  broken = [];

  constructor(name) {
    this.name = name;
  }

  add(mutant, noticed) {
    if (noticed) this.caught.push({ mutant, noticed });
    else if (equivalent(mutant)) this.same.push(mutant);
    else this.missed.push(mutant);
  }

  /** Equivalent changes count as missed: nothing could notice them, but that is only somebody's word. */
  get share() {
    const missed = this.missed.length + this.same.length;
    return (100 * this.caught.length) / Math.max(1, this.caught.length + missed);
  }

  toString() {
    const { name, caught, missed, same, broken, share } = this;
    const parts = [`${caught.length} of ${caught.length + missed.length + same.length} caught (${share.toFixed(1)} %)`, `${missed.length} missed`];
    if (same.length > 0) parts.push(`${same.length} change nothing`);
    if (broken.length > 0) parts.push(`${broken.length} do not compile`);
    return `${name}: ${parts.join(', ')}`;
  }
}

/**
 * Tries changes of some modules.
 *
 * @param {string[]} names
 * @param {(mutants: Mutant[]) => Mutant[]} choose which of those of a module
 * @param {number} seed of random tests
 * @param {(line: string) => void} report
 * @returns {Promise<Outcome[]>}
 * @typedef {import('./mutant-list.mjs').Mutant} Mutant
 */
async function tryOut(names, choose, seed, report) {
  const outcomes = names.map((name) => new Outcome(name));
  const owner = new Map();
  for (const outcome of outcomes) {
    const all = await listMutants(root, modules[outcome.name].files);
    for (const mutant of choose(all)) owner.set({ ...mutant, number: owner.size + 1 }, outcome);
  }
  const tree = new Tree();
  const { woven, broken, apart } = await tree.weave([...owner.keys()], report);
  for (const mutant of broken) owner.get(mutant).broken.push(mutant);
  const packages = [...new Set(names.flatMap((name) => modules[name].tests))];
  const trials = new Trials(await tree.buildTests(packages, report), String(seed));
  report('the tests without a change');
  await trials.prepare();
  const tests = (mutant) => modules[owner.get(mutant).name].tests;
  const total = woven.length + apart.length;
  let done = 0;
  const told = (mutant, noticed) => {
    owner.get(mutant).add(mutant, noticed);
    done += 1;
    report(`${done} of ${total}: ${noticed ? `caught by ${noticed}` : 'not noticed'}: ${mutant.name}`);
  };
  await trials.all(woven, tests, told);
  for (const mutant of apart) {
    tree.change(mutant);
    if ((await tree.errors()).length > 0) {
      owner.get(mutant).broken.push(mutant);
      continue;
    }
    const alone = new Trials(await tree.buildTests(tests(mutant), () => {}), String(seed));
    alone.follow(trials);
    told(mutant, await alone.noticed(mutant, tests(mutant), { alone: true }));
  }
  return outcomes;
}

/** Every n-th change from the k-th on, for `k/n`. */
function shardOf(text) {
  const [, k, n] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!(k < n)) throw new Failure(`${JSON.stringify(text)} is no part of the whole`, { todo: 'name it as 0/4, 1/4, 2/4 or 3/4' });
  return (mutants) => mutants.filter((_, index) => index % n === k);
}

/**
 * So many of the changes that could be noticed, drawn by a seed: one that is drawn is so as long as it is there, whatever else
 * changes.
 */
function sampleOf(count, seed) {
  return (mutants) => {
    const lot = (mutant) => createHash('sha256').update(`${seed} ${mutant.where}`).digest('hex');
    const drawn = mutants.filter((mutant) => mutant.place && !equivalent(mutant)).map((mutant) => ({ mutant, lot: lot(mutant) }));
    return drawn.sort((left, right) => (left.lot < right.lot ? -1 : 1)).slice(0, count).map(({ mutant }) => mutant);
  };
}

function show(outcomes) {
  const lines = [];
  for (const { missed, same } of outcomes) {
    for (const mutant of same) lines.push(`changes nothing: ${mutant.name}: ${equivalent(mutant)}`);
    for (const mutant of missed) lines.push(`missed: ${mutant.name}`);
  }
  return [...lines, ...outcomes.map(String)].join('\n');
}

/**
 * Mutation testing.
 *
 * @param {string[]} wanted names of modules; none means all
 * @param {{ shard?: string, sample?: number, seed?: number }} [options] `k/n` for the k-th part of n, from 0; or so many changes of
 *   each module, drawn by the seed, by which random tests start too
 * @returns {Promise<boolean>} whether at least 95 % of the changes that can be noticed were, in each module
 */
export async function mutants(wanted, { shard, sample, seed = SEED } = {}) {
  for (const name of wanted) {
    if (!Object.hasOwn(modules, name)) throw new Failure(`there is no module ${name}`, { todo: `name some of: ${Object.keys(modules).join(', ')}` });
  }
  const choose = shard ? shardOf(shard) : sample ? sampleOf(sample, seed) : (all) => all;
  await setup('mutants');
  console.log(`seed ${seed}`);
  const names = wanted.length > 0 ? wanted : Object.keys(modules);
  const outcomes = await tryOut(names, choose, seed, (line) => console.log(line));
  console.log(`\n${show(outcomes)}`);
  return outcomes.every(({ share }) => share >= ENOUGH);
}
