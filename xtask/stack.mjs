// `npm run stack [-- trials seed engine…]`: calls at random depths of the stack in every engine, until a callee has less than it is promised.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engines as browsers, open, waitFor } from '../tests/lib/browsers.mjs';
import { testPlugins } from '../tests/lib/test-plugins.mjs';
import { Failure } from './command.mjs';
import { dist, inRoot } from './paths.mjs';
import { serve, strictCsp } from './serve.mjs';

/** How many trials an engine makes if nothing is said: together a million. */
const usual = 250_000;

/** How many trials a page makes before the browser gets a new one. */
const share = 50_000;

/** How long a page may take, in milliseconds. */
const patience = 60 * 60_000;

async function inNode(plugins, trials, seed) {
  const portcullis = await import(pathToFileURL(join(dist, 'index.js')).href);
  const { trials: make } = await import('../tests/stack/trials.mjs');
  return make(portcullis, async (name) => plugins.get(name), trials, seed);
}

async function inBrowser(engine, server, trials, seed) {
  const browser = await open(engine);
  try {
    await browser.driver.get(`${server.url}/#${trials},${seed}`);
    const end = Date.now() + patience;
    for (;;) {
      const outcome = await waitFor(browser.driver, async (driver) => (await driver.executeScript('return globalThis.outcome')) ?? Date.now() > end, 'the outcome').catch(
        (error) => {
          // A page that works hard does not answer every question in time.
          if (Date.now() > end) throw error;
        },
      );
      if (outcome === true) throw new Failure(`${engine}: nothing came of it within ${patience / 60_000} minutes`);
      if (outcome?.error) throw new Failure(`${engine}: ${outcome.error}`);
      if (outcome) return outcome;
    }
  } finally {
    await browser.close();
  }
}

function chosen(words) {
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const engines = words.filter((word) => !/^\d+$/.test(word));
  const all = ['node', ...browsers];
  for (const name of engines) if (!all.includes(name)) throw new Failure(`there is no engine ${name}`, { todo: `name some of ${all.join(', ')}` });
  const [trials = usual, seed = Math.floor(Math.random() * 2 ** 31)] = numbers;
  return { trials, seed, engines: engines.length > 0 ? engines : all };
}

/**
 * Makes the trials and prints what came of them. Throws at the first violation.
 *
 * @param {string[]} words numbers: trials in each engine, then the seed; and names of engines
 */
export async function stack(words) {
  const { trials, seed, engines } = chosen(words);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-stack-'));
  let server;
  try {
    const plugins = testPlugins();
    mkdirSync(join(folder, 'plugins'));
    for (const [name, bytes] of plugins) {
      const file = join(folder, 'plugins', `${name}.wasm`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const mounts = { '/dist/': dist, '/suite/': inRoot('tests/suite'), '/plugins/': join(folder, 'plugins') };
    server = await serve(inRoot('tests/stack'), { csp: strictCsp, mounts });
    console.log(`${trials} trials in each of ${engines.join(', ')}, seed ${seed}`);
    for (const engine of engines) {
      const sum = {};
      let levels = 0;
      for (let done = 0; done < trials; done += share) {
        const count = Math.min(share, trials - done);
        const { counts, nested } = engine === 'node' ? await inNode(plugins, count, seed + done) : await inBrowser(engine, server, count, seed + done);
        levels = nested;
        for (const [outcome, number] of Object.entries(counts)) sum[outcome] = (sum[outcome] ?? 0) + number;
      }
      const { done = 0, depth = 0, over = 0 } = sum;
      console.log(`${engine}: ${done + depth + over} trials, no violation: ${done} done, ${depth} refused with \`depth\`, in ${over} the caller had used up its own stack; ${levels} calls can be nested`);
    }
  } finally {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
