// Has the guest of every language do everything in every engine, and says what came of it. `node tests/parity/run.mjs [language | part of a
// behaviour]…`; PORTCULLIS_ENGINES limits the browsers. Ends with the line `N passed, M failed`.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as portcullis from 'portcullis';
import { wantedEngines } from '../../xtask/browsers.mjs';
import { dist } from '../../xtask/paths.mjs';
import { serve } from '../../xtask/serve.mjs';
import { open, waitFor } from '../lib/browsers.mjs';
import { counterServer, guests, languages } from './guests.mjs';
import { names, perform } from './perform.mjs';
import { table } from './table.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const words = process.argv.slice(2);
const wanted = words.filter((word) => !languages.includes(word));
const chosen = guests(words.filter((word) => languages.includes(word)));
if (wanted.some((word) => !names.some((name) => name.includes(word)))) throw new Error(`no behaviour and no language has a name like ${wanted.join(', ')}`);
const server = counterServer();

/** What came of it: engine, language and behaviour; null for what passed. */
const results = [];

function note(engine, language, outcomes) {
  for (const { name, failure } of outcomes) {
    results.push({ engine, language, name, failure });
    if (failure !== null) console.log(`${engine}: FAILED ${language}: ${name}\n${failure}\n`);
  }
}

/** Files that a page can fetch; a name of its own for each guest, for a language may have any. */
function writeGuests(folder) {
  writeFileSync(join(folder, 'counter.wasm'), server);
  for (const [index, { module, signatures }] of chosen.entries()) {
    mkdirSync(join(folder, String(index)));
    writeFileSync(join(folder, String(index), 'parity.wasm'), module);
    writeFileSync(join(folder, String(index), 'records.txt'), signatures ?? '');
  }
}

async function inBrowser(engine, url) {
  const browser = await open(engine);
  try {
    await browser.driver.get(url);
    await waitFor(browser.driver, (driver) => driver.executeScript('return typeof globalThis.begin === "function"'), 'the page');
    for (const [index, { language }] of chosen.entries()) {
      await browser.driver.executeScript('globalThis.begin(arguments[0], arguments[1])', String(index), wanted);
      const outcomes = await waitFor(browser.driver, (driver) => driver.executeScript('return globalThis.outcomes'), language);
      if (typeof outcomes === 'string') throw new Error(outcomes);
      note(engine, language, outcomes);
    }
    const complaints = [...(await browser.driver.executeScript('return globalThis.violations')), ...(await browser.consoleErrors())];
    note(engine, 'all', [{ name: 'nothing against the policy of the page', failure: complaints.length === 0 ? null : complaints.join('\n') }]);
  } catch (error) {
    note(engine, 'all', [{ name: 'the page answers', failure: String(error?.stack ?? error) }]);
  } finally {
    await browser.close();
  }
}

for (const guest of chosen) note('node', guest.language, await perform({ portcullis, server, ...guest }, wanted));
const folder = mkdtempSync(join(tmpdir(), 'portcullis-guests-'));
writeGuests(folder);
const mounts = { '/dist/': dist, '/suite/': here('../suite'), '/parity/': here('.'), '/guests/': folder };
const site = await serve(here('page'), { csp: policy, mounts });
try {
  for (const engine of wantedEngines()) await inBrowser(engine, `${site.url}/`);
} finally {
  await site.close();
  rmSync(folder, { recursive: true });
}
console.log(`\n${table(results)}\n`);
const passed = results.filter(({ failure }) => failure === null).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length && passed > 0 ? 0 : 1;
