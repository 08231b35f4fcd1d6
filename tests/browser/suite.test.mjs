// The suite in every browser, on a page under a strict policy.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dist } from '../../xtask/paths.mjs';
import { serve } from '../../xtask/serve.mjs';
import { engines, open, waitFor } from '../lib/browsers.mjs';
import { testPlugins } from '../lib/test-plugins.mjs';
import { suites } from '../suite/suites.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

describe('the suite', () => {
  let folder;
  let server;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portcullis-plugins-'));
    for (const [name, bytes] of testPlugins()) {
      const path = join(folder, `${name}.wasm`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const mounts = { '/dist/': dist, '/suite/': here('../suite'), '/plugins/': folder };
    server = await serve(here('suite'), { csp: policy, mounts });
  });

  after(async () => {
    await server?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const engine of engines) {
    describe(engine, () => {
      let browser;
      let hung = false;

      before(async () => {
        browser = await open(engine);
        await browser.driver.get(`${server.url}/?guests=${encodeURIComponent(process.env.PORTCULLIS_GUESTS ?? '')}`);
      });

      after(() => browser?.close());

      const cases = Object.entries(suites).flatMap(([suite, named]) => Object.keys(named).map((name) => ({ suite, name })));
      cases.forEach(({ suite, name }, index) => {
        test(`${suite}: ${name}`, async () => {
          assert.ok(!hung, 'the page had stopped answering before');
          let outcome;
          try {
            outcome = await waitFor(browser.driver, (driver) => driver.executeScript('return globalThis.outcomes?.[arguments[0]]', index), 'the outcome');
          } catch (error) {
            hung = true;
            throw error;
          }
          assert.deepEqual([outcome.suite, outcome.name], [suite, name]);
          if (outcome.failure !== null) assert.fail(outcome.failure);
        });
      });

      test('nothing on the page was against its policy, and no error went to the console', async () => {
        assert.deepEqual(await browser.driver.executeScript('return globalThis.violations'), []);
        assert.deepEqual(await browser.consoleErrors(), []);
      });
    });
  }
});
