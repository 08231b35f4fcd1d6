// `npm run bench [-- --quick --only <row or family> --open --table engine…]`: everything beside what one would use instead, in every engine.

import { execFile, fork, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { engines as browsers, open } from '../tests/lib/browsers.mjs';
import { contestantSteps } from '../bench/make-contestants.mjs';
import { makePlugins } from '../bench/make-plugins.mjs';
import { descriptionOf, merged, resultsOf } from '../bench/report.mjs';
import { allRows, familyTitles, findRow } from '../bench/rows/index.mjs';
import { markdownOf, missedOf, textOf } from './bench-tables.mjs';
import { buildSteps } from './build.mjs';
import { Failure, which } from './command.mjs';
import { build, dist, inRoot } from './paths.mjs';
import { bytesBelow } from './resident.mjs';
import { serve } from './serve.mjs';
import { runSteps } from './steps.mjs';

/** How long a row may take in an engine, in milliseconds: usually, and where it has to be quick. */
const patienceFor = (quick) => (quick ? 30_000 : 5 * 60_000);

/** After how many milliseconds `--quick` begins nothing more. With what it takes to begin and to end, it is two minutes. */
const quickTime = 100_000;

const benchFolder = inRoot('bench');
const reportFile = join(benchFolder, 'report.json');

/** The bindings of the kernel's module before they become part of the package. They fit the module in the package. */
const kernelBindings = join(build, 'npm');

/** Clocks are coarse in pages that could share their memory with others; these pages say that they do not. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** What contestants need. The kernel itself does with less: `strictCsp`. */
const benchCsp = [
  "default-src 'self' data: blob:",
  // wasm-vips makes functions of text.
  "script-src 'self' 'unsafe-eval' blob: data:",
  "worker-src 'self' blob: data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

/** The rows that stand for their families: the first of each, then the second ones. */
function essentialOf(all) {
  const families = [...new Set(all.map(({ family }) => family))];
  const ranked = families.flatMap((name) => {
    const rows = all.filter(({ family }) => family === name);
    const essential = rows.filter(({ row }) => row.essential);
    return (essential.length > 0 ? essential : rows.slice(0, 1)).map((known, rank) => ({ known, rank }));
  });
  return ranked.sort((one, two) => one.rank - two.rank).map(({ known }) => known);
}

/**
 * Which rows and which engines the person named; all, if none. Native programs, which need more than is installed here, only if named.
 *
 * @param {{ family: string, row: import('../bench/report.mjs').Row }[]} all
 * @param {string[]} names engines
 * @param {string | undefined} only rows and families, with commas between them
 * @param {boolean} [quick] whether, if none is named, the essential ones will do
 */
export function chosen(all, names, only, quick = false) {
  const known = ['node', ...browsers, 'native'];
  for (const name of names) {
    if (!known.includes(name)) throw new Failure(`there is no engine ${name}`, { todo: `name some of: ${known.join(', ')}; rows are named by --only` });
  }
  const wanted = only?.split(',');
  for (const name of wanted ?? []) {
    if (!all.some(({ family, row }) => name === family || name === row.name)) {
      const families = [...new Set(all.map(({ family }) => family))];
      throw new Failure(`there is neither a row nor a family ${name}`, {
        todo: `name some of: ${families.join(', ')}; or of their rows: ${all.map(({ row }) => row.name).join(', ')}`,
      });
    }
  }
  const rows = wanted === undefined ? (quick ? essentialOf(all) : all) : all.filter(({ family, row }) => wanted.includes(family) || wanted.includes(row.name));
  return { rows, engines: known.filter((name) => (names.length > 0 ? names.includes(name) : name !== 'native')) };
}

/** Node measures each row in a process of its own, which has learned nothing from another row. */
class Node {
  version = process.versions.node;

  measure(row, quick) {
    const child = fork(inRoot('bench/node.mjs'), [row, ...(quick ? ['--quick'] : [])], { execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'], serialization: 'json' });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => child.kill('SIGKILL'), patienceFor(quick));
      child.once('message', resolve);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(late);
        reject(new Error(`Node ended with ${code} before it had measured`));
      });
    });
  }

  async close() {}
}

/** Native programs measure what they can do: filters, by way of Python. */
class Native {
  version;
  #python = join(build, 'bench/python/bin/python');

  async measure(row) {
    if (!existsSync(this.#python)) throw new Error('there is no OpenCV: bench/native/filters.py says how to install it');
    const { stdout } = await promisify(execFile)(this.#python, [inRoot('bench/native/filters.py'), row], { timeout: patienceFor(false) });
    const { version, results } = JSON.parse(stdout);
    this.version = version;
    return { results: resultsOf((await findRow(row)).row, 'native', results) };
  }

  async close() {}
}

/** A browser measures each row in a new page; and in a browser of its own, unless it has to be quick. */
class Page {
  version;
  #engine;
  #url;
  #browser;

  constructor(engine, url) {
    this.#engine = engine;
    this.#url = url;
  }

  async measure(row, quick) {
    if (!quick) return this.#measureAnew(row, quick);
    const used = this.#browser !== undefined;
    const outcome = await this.#measure(row, quick);
    // Memories of pages before may still be there, and an engine has only so many.
    return outcome.error && used ? this.#measureAnew(row, quick) : outcome;
  }

  async #measureAnew(row, quick) {
    await this.close();
    return this.#measure(row, quick);
  }

  async #measure(row, quick) {
    if (this.#browser === undefined) {
      this.#browser = await open(this.#engine);
      this.version = (await this.#browser.driver.getCapabilities()).get('browserVersion');
    }
    const { driver } = this.#browser;
    await driver.get(`${this.#url}/page/?engine=${this.#engine}&row=${row}${quick ? '&quick' : ''}`);
    const end = Date.now() + patienceFor(quick);
    for (;;) {
      const outcome = await driver.executeScript("return location.search.includes(arguments[0]) && (globalThis.outcome ?? (globalThis.asked && 'asked'))", `row=${row}`);
      if (outcome === 'asked') await driver.executeScript('globalThis.asked(arguments[0])', bytesBelow(process.pid));
      else if (outcome) return outcome;
      if (Date.now() > end) throw new Error(`it took more than ${patienceFor(quick) / 1_000} seconds`);
      await new Promise((resolve) => setTimeout(resolve, quick ? 20 : 100));
    }
  }

  async close() {
    const browser = this.#browser;
    this.#browser = undefined;
    await browser?.close();
  }
}

/** A report whose rows are described in their order, family by family. */
const arrangedBy = ({ rows, families }, report) => ({
  ...report,
  families,
  descriptions: Object.fromEntries(rows.filter((name) => Object.hasOwn(report.descriptions, name)).map((name) => [name, report.descriptions[name]])),
});

/** Everything that a measurement depends on and this repository does not say. */
const machine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${type()} ${release()}, ${arch()}`,
});

const readReport = () => (existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined);

function neededReport() {
  return readReport() ?? fail('there is no report yet', 'run `npm run bench` first');
}

function fail(why, todo) {
  throw new Failure(why, { todo });
}

/** What is to be measured, in order. What has to be quick goes from engine to engine, so that all have something when time is over. */
function* inOrder(rows, engines, quick) {
  const existing = (engine, { row }) => (engine === 'native' ? row.native === true : (row.engines?.includes(engine) ?? true));
  if (quick) for (const known of rows) for (const engine of engines) if (existing(engine, known)) yield { engine, ...known };
  if (!quick) for (const engine of engines) for (const known of rows) if (existing(engine, known)) yield { engine, ...known };
}

const runnerOf = (engine, url) => ({ node: () => new Node(), native: () => new Native() })[engine]?.() ?? new Page(engine, url);

async function measureAll({ rows, engines }, { quick, whole, order }) {
  const known = whole ? undefined : readReport();
  const mounts = {
    '/dist/': dist,
    '/kernel/': kernelBindings,
    '/engine/': join(build, 'engine'),
    '/built/': join(build, 'bench'),
  };
  const server = await serve(benchFolder, { csp: benchCsp, mounts, headers: isolated });
  const fresh = { date: new Date().toISOString(), quick, machine: machine(), engines: {}, descriptions: {}, rows: [] };
  const runners = Object.fromEntries(engines.map((engine) => [engine, runnerOf(engine, server.url)]));
  const end = quick && whole ? Date.now() + quickTime : Infinity;
  let report;
  const failed = [];
  const late = [];
  try {
    for (const { engine, family, row } of inOrder(rows, engines, quick)) {
      if (Date.now() > end) {
        late.push(`${row.name} in ${engine}`);
        continue;
      }
      const start = Date.now();
      const outcome = await runners[engine].measure(row.name, quick).catch((error) => ({ error: `${error}` }));
      console.log(`${engine}: ${row.name}  ${outcome.error ? 'FAILED' : `${((Date.now() - start) / 1000).toFixed(1)} s`}`);
      if (outcome.error) {
        console.error(outcome.error);
        failed.push(`${row.name} in ${engine}`);
        continue;
      }
      fresh.engines[engine] = runners[engine].version;
      fresh.descriptions[row.name] = descriptionOf(family, row);
      fresh.rows.push(...outcome.results.map((result) => ({ ...result, date: fresh.date, quick })));
      // Whoever has had enough keeps what was measured so far.
      report = arrangedBy(order, merged(known, fresh));
      writeFileSync(reportFile, `${JSON.stringify(report, null, 1)}\n`);
    }
  } finally {
    for (const runner of Object.values(runners)) await runner.close();
    await server.close();
  }
  return { report, failed, late };
}

/** Serves the page of the report until the process is interrupted, and opens it where there is a screen. */
async function show() {
  neededReport();
  const { url } = await serve(benchFolder);
  const page = `${url}/page/report/`;
  const opener = which({ darwin: 'open', win32: 'explorer' }[process.platform] ?? 'xdg-open');
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (opener && screen) spawn(opener, [page], { stdio: 'ignore', detached: true }).unref();
  console.log(`\n  ${page}\n\nCtrl-C ends it.`);
}

/**
 * Measures, prints what came of it, and writes it to bench/report.json.
 *
 * @param {string[]} names engines; all, if none
 * @param {{ quick?: boolean, only?: string, open?: boolean, table?: boolean }} options `open` and `table` alone show the report that there is
 */
export async function bench(names, { quick = false, only, open: opens = false, table = false }) {
  const all = await allRows();
  const order = { rows: all.map(({ row }) => row.name), families: familyTitles };
  const measures = names.length > 0 || only !== undefined || quick || !(opens || table);
  const complete = measures ? await measure(chosen(all, names, only, quick), { quick, whole: only === undefined && names.length === 0, order, table }) : true;
  if (!measures && table) console.log(markdownOf(neededReport(), order));
  if (opens) await show();
  return complete;
}

/** Measures, and prints. Gives whether everything was measured. */
async function measure(wanted, { quick, whole, order, table }) {
  await runSteps([
    ...buildSteps(['kernel', 'npm', 'plugins', 'engine']),
    { name: 'plugins of the bench', doing: 'assembling', run: makePlugins },
    ...contestantSteps(),
  ]);
  const taken = await measureAll(wanted, { quick, whole, order });
  if (taken.report) {
    const rows = new Set(wanted.rows.map(({ row }) => row.name));
    const part = { ...taken.report, rows: taken.report.rows.filter(({ row, engine }) => rows.has(row) && wanted.engines.includes(engine)) };
    console.log(table ? markdownOf(part, order) : textOf(part, order));
    for (const missed of missedOf(part)) console.log(missed);
    console.log(`written to ${reportFile}`);
  }
  if (taken.late.length > 0) console.log(`not reached within ${quickTime / 1_000} seconds: ${taken.late.join(', ')}`);
  for (const name of taken.failed) console.error(`not measured: ${name}`);
  return taken.failed.length === 0;
}
