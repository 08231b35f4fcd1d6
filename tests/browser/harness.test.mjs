// The harness itself: each engine opens, obeys the strict policy, and leaves nothing behind.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../xtask/serve.mjs';
import { engines, open, runInPage, waitFor } from '../lib/browsers.mjs';

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

    test('errors on the console are told, where the engine tells', async () => {
      const { driver, consoleErrors } = browser;
      await driver.get(`${server.url}/`);
      await consoleErrors();
      await driver.executeScript('console.error("something broke")');
      const errors = await consoleErrors();
      if (engine === 'webkit') assert.deepEqual(errors, []);
      else assert.match(errors.join('\n'), /something broke/);
    });
  });
}
