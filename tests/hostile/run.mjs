// Runs the attacks in Node and in every browser, and says what came of them. `node tests/hostile/run.mjs [--table]
// [--browsers] [--progress] [entry | part of a name]…`; PORTCULLIS_ENGINES limits the browsers, `--browsers` leaves Node out. Ends with the line `N passed, M failed`.

import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { wantedEngines } from '../../xtask/browsers.mjs';
import { assemble } from '../lib/assemble.mjs';
import { testPlugins } from '../lib/test-plugins.mjs';
import { texts } from './attack.mjs';
import { attacks, title } from './attacks.mjs';
import { catalogue } from './catalogue.mjs';
import { inBrowser } from './in-browser.mjs';
import { inNode } from './in-node.mjs';
import { isWanted } from './perform.mjs';
import { table } from './table.mjs';

/** After so many milliseconds without news, the place in which attacks run is given up, and so is the attack. */
const patience = 60_000;

const [flags, wanted] = [[], []];
for (const argument of process.argv.slice(2)) (argument.startsWith('--') ? flags : wanted).push(argument);
if (flags.some((flag) => !['--table', '--browsers', '--progress'].includes(flag))) throw new Error(`unknown option ${flags.join(' ')}`);

const expected = attacks.map((attack, index) => ({ attack, index })).filter(({ attack }) => isWanted(attack, wanted));

/** For the random searches. */
const seed = Number(process.env.PORTCULLIS_SEED) || randomInt(1, 2 ** 32);

/** Every plugin's bytes as a file of its own. */
function writePlugins() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-attacks-'));
  for (const [name, bytes] of testPlugins()) {
    const file = join(folder, `${name}.wasm`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  for (const [name, text] of texts) {
    try {
      writeFileSync(join(folder, `${name}.wasm`), assemble(text));
    } catch (error) {
      throw new Error(`${name} cannot be assembled: ${error?.message ?? error}`);
    }
  }
  return folder;
}

let shown;

/** Says which entry an engine is at. */
function progress(engine, { entry }) {
  const line = `${engine}: ${entry === 0 ? 'beyond the catalogue' : `${entry} ${catalogue.get(entry).words}`}`;
  if (flags.includes('--progress') && line !== shown) console.log(line);
  shown = line;
}

/**
 * Runs the attacks in one engine. A place that stops answering is left, and the rest runs in a new one.
 *
 * @returns {Promise<Map<number, string | null>>} failures by index; null for what passed
 */
async function runIn(engine, folder) {
  const outcomes = new Map();
  const run = engine === 'node' ? inNode : inBrowser;
  let from = 0;
  for (;;) {
    let running;
    const tell = ({ index, failure }) => {
      running = failure === 'begins' ? index : undefined;
      if (failure === 'begins') return progress(engine, attacks[index]);
      outcomes.set(index, failure);
      if (failure !== null) console.log(`${engine}: FAILED ${title(attacks[index])}\n${failure}\n`);
    };
    const trouble = await run({ engine, folder, from, wanted, seed, tell, patience });
    if (trouble === undefined) break;
    if (running === undefined) {
      outcomes.set(-1, trouble);
      console.log(`${engine}: FAILED ${trouble}\n`);
      break;
    }
    tell({ index: running, failure: trouble });
    from = Math.max(...outcomes.keys()) + 1;
  }
  for (const { index } of expected) if (!outcomes.has(index)) outcomes.set(index, 'it did not run');
  const failed = [...outcomes.values()].filter((failure) => failure !== null).length;
  console.log(`${engine}: ${outcomes.size - failed} attacks ended as they should, ${failed} did not`);
  return outcomes;
}

console.log(`random searches: PORTCULLIS_SEED=${seed} repeats them`);
const folder = writePlugins();
const results = new Map();
try {
  for (const engine of flags.includes('--browsers') ? wantedEngines() : ['node', ...wantedEngines()]) results.set(engine, await runIn(engine, folder));
} finally {
  rmSync(folder, { recursive: true });
}
if (flags.includes('--table')) console.log(`\n${table(attacks, results)}\n`);
const all = [...results.values()].flatMap((outcomes) => [...outcomes.values()]);
const passed = all.filter((failure) => failure === null).length;
console.log(`${passed} passed, ${all.length - passed} failed`);
process.exitCode = passed === all.length && passed > 0 ? 0 : 1;
