// `npm run bombs [-- engine… part of a name… --above N --missing --record]`: for how long the page stands still for the most expensive
// modules that the kernel accepts. What comes of each is written down at once.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { harmless, kinds } from '../tests/bombs/kinds.mjs';
import { Scales } from '../tests/bombs/scales.mjs';
import { engines as browsers, open } from '../tests/lib/browsers.mjs';
import { Failure } from './command.mjs';
import { build, dist, inRoot } from './paths.mjs';
import { serve, strictCsp } from './serve.mjs';

/** For how many milliseconds at most the page is to stand still. */
const promise = 250;

/** How many milliseconds a module may take altogether; one that takes longer has failed. */
const patience = 30_000;

/** How many milliseconds a browser may take to leave a page; one that takes longer is replaced. */
const parting = 3_000;

/** How many milliseconds lie between two looks at a page that measures. */
const glance = 150;

/** Between which milliseconds a measurement is taken three times: a busy machine makes the page stand still too. */
const suspicious = { from: 100, to: 1_000 };

/** How many of the worst are shown at the end. */
const shown = 12;

/** Clocks are coarse in pages that could share their memory with others; this page says that it does not. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const folder = join(build, 'bombs');
const resultsFile = join(folder, 'results.json');
const kernelFile = join(dist, 'kernel_bg.wasm');

const steps = ['load', 'call', 'later', 'end'];

/** The longest stillness of a measurement, in milliseconds. */
const longest = (sample) => Math.max(...steps.map((step) => sample[step]));

/** Of some measurements the one in the middle; of two the longer one. */
const middle = (samples) => [...samples].sort((one, two) => longest(one) - longest(two))[Math.floor(samples.length / 2)];

/**
 * What came of a kind in an engine.
 *
 * @typedef {object} Result
 * @property {string} kernel the hash of the kernel that prepared the module
 * @property {string} version the engine's
 * @property {string} when
 * @property {number} scale
 * @property {number} size of the module, in bytes
 * @property {import('../tests/bombs/stillness.mjs').Stillness[]} samples
 * @property {string} [failure] what happened instead of a measurement
 */

/** The results of this run and those before, in a file that is written whenever one is added. Several runs may add to it. */
class Results {
  #all = {};

  constructor() {
    this.#read();
  }

  #read() {
    if (existsSync(resultsFile)) this.#all = JSON.parse(readFileSync(resultsFile, 'utf8'));
  }

  /** @returns {Result | undefined} */
  of(engine, kind) {
    return this.#all[engine]?.[kind];
  }

  set(engine, kind, result) {
    this.#read();
    (this.#all[engine] ??= {})[kind] = result;
    writeFileSync(resultsFile, `${JSON.stringify(this.#all, null, 1)}\n`);
  }
}

/**
 * Writes down what the tests compare with: the largest module of each kind, and how many milliseconds it took each engine in which
 * it was measured, or why that has no number.
 */
function record(results, modules) {
  const measured = {};
  for (const [name, { scale, size }] of modules) {
    const times = {};
    for (const engine of ['node', ...browsers]) {
      const result = results.of(engine, name);
      if (result?.scale === scale && result.size === size) times[engine] = result.failure ?? Math.round(longest(middle(result.samples)));
    }
    measured[name] = { scale, size, ...times };
  }
  const rows = Object.entries(measured).map(([name, result]) => `  ${JSON.stringify(name)}: ${JSON.stringify(result)}`);
  writeFileSync(inRoot('tests/bombs/measured.json'), `{\n${rows.join(',\n')}\n}\n`);
}

/** Node measures each module in a process of its own. */
class Node {
  version = process.versions.node;

  async measure(file) {
    const script = inRoot('tests/bombs/node.mjs');
    const modules = ['harmless', file].map((name) => join(folder, `${name}.wasm`));
    const child = spawn(process.execPath, [script, join(dist, 'index.js'), ...modules], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
    const answer = new Promise((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text) => {
        printed += text;
        if (printed.endsWith('\n')) resolve(JSON.parse(printed));
      });
      child.on('error', reject);
      child.on('close', () => reject(new Error(complaint.trim().split('\n').at(-1) ?? 'it ended without a word')));
    });
    try {
      return await within(answer, patience);
    } finally {
      // It may still optimise the module, and would not end before.
      child.kill('SIGKILL');
    }
  }

  async close() {}
}

/** What comes of a promise, or an error if nothing has within so many milliseconds. */
async function within(promised, milliseconds) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came of it within ${milliseconds / 1_000} s`)), milliseconds);
  });
  // Whatever comes of it later is of no interest.
  promised.catch(() => {});
  try {
    return await Promise.race([promised, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A browser measures each module in a new page. */
class Page {
  #engine;
  #server;
  #browser;
  #visits = 0;
  version;

  constructor(engine, server) {
    this.#engine = engine;
    this.#server = server;
  }

  async #open() {
    this.#browser = await open(this.#engine);
    const { driver } = this.#browser;
    await driver.manage().setTimeouts({ script: 2 * patience });
    this.version = (await driver.getCapabilities()).get('browserVersion');
  }

  /** Opens a page and waits until it can measure. */
  async #visit() {
    this.#visits += 1;
    const { driver } = this.#browser;
    await driver.get(`${this.#server.url}/?${this.#visits}`);
    // Some drivers return before the page's script has run, or while the page before is still there.
    const ready = `return globalThis.measure !== undefined && location.search === '?${this.#visits}'`;
    while (this.#browser?.driver === driver && !(await driver.executeScript(ready).catch(() => false))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Opens a page in the browser that there is, unless that is busy: it may still optimise the module of the page before. */
  async #turn() {
    if (this.#browser !== undefined) {
      try {
        return await within(this.#visit(), parting);
      } catch {
        await this.close();
      }
    }
    await this.#open();
    return within(this.#visit(), patience);
  }

  /** Has the page measure, and asks now and then whether it has. Some drivers lose the answer of a script that takes its time. */
  async #outcome(file) {
    const { driver } = this.#browser;
    await driver.executeScript('globalThis.measure(arguments[0])', file);
    while (this.#browser?.driver === driver) {
      await new Promise((resolve) => setTimeout(resolve, glance));
      const outcome = await driver.executeScript('return globalThis.outcome');
      if (outcome?.error !== undefined) throw new Error(outcome.error);
      if (outcome) return outcome;
    }
    throw new Error('the browser was closed');
  }

  async measure(file) {
    try {
      await this.#turn();
      return await within(this.#outcome(file), patience);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close() {
    await this.#browser?.close();
    this.#browser = undefined;
  }
}

/**
 * Measures the largest module of a kind, again if it took long. What fails is tried once more: drivers lose answers. Only what
 * fails twice has failed.
 */
async function measure(place, kind, scale) {
  const make = kinds[kind];
  const samples = [];
  const failures = [];
  const rounds = () => (samples.some((sample) => longest(sample) >= suspicious.from && longest(sample) < suspicious.to) ? 3 : 1);
  while (samples.length < rounds()) {
    // A browser may still optimise the module before, which takes time from this one.
    if (samples.length > 0) await place.close();
    // Each time another module: engines remember what they have compiled.
    writeFileSync(join(folder, 'module.wasm'), make(Math.max(1, scale - samples.length - failures.length)));
    try {
      samples.push(await place.measure('module'));
    } catch (error) {
      failures.push(String(error?.message ?? error).split('\n')[0]);
      if (failures.length > 1) return { samples, failure: failures.join('; ') };
    }
  }
  return { samples };
}

const inMilliseconds = (value) => `${Math.round(value)} ms`;

function describe({ samples, failure, scale, size }) {
  const module = `${scale} in ${Math.round(size / 1_000)} KB`;
  if (failure !== undefined) return `FAILED: ${failure}; ${module}`;
  const sample = middle(samples);
  const parts = steps.map((step) => `${step} ${Math.round(sample[step])}`).join(', ');
  const range = samples.length > 1 ? ` of ${samples.map((one) => Math.round(longest(one))).join(', ')}` : '';
  return `${inMilliseconds(longest(sample))}${range} (${parts}); ${module}${sample.stopped === undefined ? '' : `; stopped: ${sample.stopped}`}`;
}

const failed = (result) => result.failure !== undefined || longest(middle(result.samples)) > promise;

function chosen(words) {
  const all = ['node', ...browsers];
  const engines = words.filter((word) => all.includes(word));
  const parts = words.filter((word) => !all.includes(word));
  const names = Object.keys(kinds).filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (names.length === 0) throw new Failure(`no kind of module is called ${parts.join(' or ')}`, { todo: `engines are ${all.join(', ')}; kinds are in tests/bombs` });
  return { engines: engines.length > 0 ? engines : all, names };
}

/** The largest module of each kind that the kernel accepts: its scale and its size in bytes. */
async function findModules(names) {
  const { Kernel } = await import(pathToFileURL(join(dist, 'index.js')).href);
  const kernel = await Kernel.start();
  try {
    const scales = new Scales(kernel, readFileSync(kernelFile), join(folder, 'scales.json'));
    const found = new Map();
    for (const name of names) {
      const scale = await scales.of(name, kinds[name]);
      if (scale === 0) throw new Failure(`the kernel accepts no module of the kind “${name}”, which then shows nothing`);
      found.set(name, { scale, size: kinds[name](scale).length });
    }
    return found;
  } finally {
    kernel.close();
  }
}

/** Measures kinds in an engine, and gives those that were chosen with what came of them. */
async function inEngine(engine, modules, server, results, { above, missing, kernel }) {
  const place = engine === 'node' ? new Node() : new Page(engine, server);
  const wanted = [...modules].filter(([name, { scale, size }]) => {
    const known = results.of(engine, name);
    if (missing) return known === undefined || known.failure !== undefined || known.scale !== scale || known.size !== size;
    return above === undefined || (known !== undefined && (known.failure !== undefined || longest(middle(known.samples)) > above));
  });
  const taken = [];
  try {
    for (const [index, [name, { scale, size }]] of wanted.entries()) {
      const { samples, failure } = await measure(place, name, scale);
      const result = { kernel, version: place.version, when: new Date().toISOString(), scale, size, samples, failure };
      results.set(engine, name, result);
      taken.push([name, result]);
      console.log(`[${index + 1}/${wanted.length}] ${engine}: ${name}: ${describe(result)}`);
    }
  } finally {
    await place.close();
  }
  return taken;
}

function summary(engine, version, taken) {
  const worst = taken
    .filter(([, { failure }]) => failure === undefined)
    .map(([name, { samples }]) => [longest(middle(samples)), name])
    .sort(([one], [two]) => two - one);
  console.log(`\n${engine} ${version}: the longest of ${taken.length} kinds`);
  for (const [time, name] of worst.slice(0, shown)) console.log(`  ${inMilliseconds(time).padStart(8)}  ${name}`);
  const bad = taken.filter(([, result]) => failed(result));
  for (const [name, result] of bad) console.log(`  not within ${promise} ms: ${name}: ${describe(result)}`);
  return bad.length;
}

/**
 * Measures, prints, and writes down what comes of each kind as soon as it is known.
 *
 * @param {string[]} words engines, and parts of the names of kinds; none means all
 * @param {{ above?: number, missing?: boolean, record?: boolean }} [options] `above`: only what took more milliseconds the last
 *   time; `missing`: only modules that were not measured yet; `record`: what was measured becomes what the tests compare with
 * @returns {Promise<boolean>} whether every page stood still for at most 250 ms
 */
export async function bombs(words, { above, missing = false, record: recorded = false } = {}) {
  if (!existsSync(kernelFile)) throw new Failure(`there is no ${kernelFile}`, { todo: 'run `npm run build`' });
  const { engines, names } = chosen(words);
  mkdirSync(folder, { recursive: true });
  const results = new Results();
  const kernel = createHash('sha256').update(readFileSync(kernelFile)).digest('hex').slice(0, 16);
  const modules = await findModules(names);
  writeFileSync(join(folder, 'harmless.wasm'), harmless());
  let server;
  let measured = 0;
  let bad = 0;
  try {
    server = await serve(inRoot('tests/bombs'), { csp: `${strictCsp}; img-src data:`, mounts: { '/dist/': dist, '/modules/': folder }, headers: isolated });
    for (const engine of engines) {
      const taken = await inEngine(engine, modules, server, results, { above, missing, kernel });
      if (taken.length === 0) continue;
      measured += taken.length;
      bad += summary(engine, taken.at(-1)[1].version, taken);
    }
  } finally {
    await server?.close();
  }
  if (recorded) record(results, await findModules(Object.keys(kinds)));
  console.log(`\n${cpus().length} × ${cpus()[0]?.model}; all results in ${resultsFile}`);
  console.log(`${measured - bad} within ${promise} ms, ${bad} not`);
  return bad === 0;
}
