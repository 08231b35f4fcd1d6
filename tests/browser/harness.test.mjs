// The harness itself: each engine opens, obeys the strict policy, and leaves nothing behind.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../xtask/serve.mjs';
import { engines, open, runInPage, screenshot, waitFor } from '../lib/browsers.mjs';

/** Opens a browser and ends in the midst of it, in one way or another; prints where the browser was. */
const leaver = fileURLToPath(new URL('harness/leave.mjs', import.meta.url));

const folder = fileURLToPath(new URL('harness', import.meta.url));

for (const engine of engines) {
  describe(engine, () => {
    let server;
    let browser;

    before(async () => {
      server = await serve(folder);
      browser = await open(engine);
    });

    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test('wasm runs under the strict policy, code made from text does not', async () => {
      const { driver } = browser;
      await driver.get(`${server.url}/`);
      const text = await waitFor(driver, () => driver.executeScript('return document.body.dataset.findings'));
      assert.deepEqual(JSON.parse(text), { sum: 42, textAsCode: 'EvalError' });
    });

    test('a function runs in the page: arguments, modules, errors', async () => {
      const { driver } = browser;
      await driver.get(`${server.url}/`);
      assert.equal(await runInPage(driver, async (a, b) => a + b, 1, 2), 3);
      const sum = await runInPage(driver, async (address) => (await import(address)).findings.sum, `${server.url}/page.js`);
      assert.equal(sum, 42);
      await assert.rejects(
        runInPage(driver, () => {
          throw new RangeError('out of reach');
        }),
        /out of reach/,
      );
    });

    test('a picture of the window can be taken', async () => {
      const { driver } = browser;
      await driver.get(`${server.url}/`);
      const picture = join(browser.server.folder, 'window.png');
      await screenshot(driver, picture);
      const bytes = readFileSync(picture);
      const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
      assert.deepEqual([width, height], await driver.executeScript('return [innerWidth, innerHeight]'));
    });

    test('errors on the console are told, where the engine tells', async () => {
      const { driver, consoleErrors } = browser;
      await driver.get(`${server.url}/`);
      await consoleErrors();
      await driver.executeScript('console.error("something broke")');
      const errors = await consoleErrors();
      if (engine === 'webkit') assert.deepEqual(errors, []);
      else assert.match(errors.join('\n'), /something broke/);
    });

    test('a browser that was closed leaves no process and no files', async () => {
      const other = await open(engine);
      assert.ok(existsSync(other.server.folder));
      await other.close();
      assert.ok(!existsSync(other.server.folder));
      await assert.rejects(fetch(`${other.server.url}/status`));
    });

    for (const way of ['exit', 'throw', 'SIGTERM']) {
      test(`nor does one whose test ends by ${way}`, async () => {
        const { stdout, stderr, status } = spawnSync(process.execPath, [leaver, engine, way], { encoding: 'utf8' });
        assert.notEqual(stdout, '', stderr);
        assert.notEqual(status, 0);
        const left = JSON.parse(stdout);
        assert.ok(!existsSync(left.folder));
        await assert.rejects(fetch(`${left.url}/status`));
      });
    }
  });
}
