// The package as other projects get it: packed, installed into an empty one, bundled or not, and typed.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, createServer as createViteServer } from 'vite';
import { run } from '../../xtask/command.mjs';
import { npm, script } from '../../xtask/npm-packages.mjs';
import { serve } from '../../xtask/serve.mjs';
import { engines, open, waitFor } from '../lib/browsers.mjs';

const app = fileURLToPath(new URL('app', import.meta.url));

/** A project with nothing but the app's files and the packed package. */
let project;

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'portcullis-app-'));
  cpSync(app, project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n');
  await npm(['pack', '--ignore-scripts', '--pack-destination', project]);
  const tarball = readdirSync(project).find((file) => file.endsWith('.tgz'));
  await npm(['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: project });
});

after(() => rmSync(project, { recursive: true, force: true }));

const installed = (...path) => join(project, 'node_modules/portcullis', ...path);

test('the package has what it promises, nothing else, and no dependencies', () => {
  const files = readdirSync(installed(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(installed().length + 1));
  for (const file of ['package.json', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'dist/index.js', 'dist/index.d.ts', 'dist/kernel_bg.wasm']) {
    assert.ok(files.includes(file), file);
  }
  const strangers = files.filter((file) => !/^(?:package\.json|README\.md|LICENSE-\w+|dist\/.*(?:\.js|\.js\.map|\.d\.ts|\.wasm))$/.test(file));
  assert.deepEqual(strangers, []);
  assert.deepEqual(
    readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['portcullis'],
  );
});

for (const resolution of ['NodeNext', 'Bundler']) {
  test(`a strict TypeScript project takes its types, with ${resolution} resolution`, async () => {
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--types', ''];
    const modules = ['--module', resolution === 'Bundler' ? 'esnext' : 'nodenext', '--moduleResolution', resolution.toLowerCase()];
    const libraries = ['--lib', 'es2022,esnext.disposable,dom'];
    const { code, output } = await run(
      process.execPath,
      [script('typescript', 'bin/tsc'), ...options, ...modules, ...libraries, 'consumer.ts'],
      { cwd: project, mayFail: true },
    );
    assert.equal(code, 0, output);
  });
}

/** Serves the app in each of the ways in which people do. */
const ways = {
  async 'bundled by Vite'() {
    await build({ root: project, configFile: false, logLevel: 'error' });
    return serve(join(project, 'dist'));
  },

  async "on Vite's development server"() {
    const server = createServer();
    const vite = await createViteServer({
      root: project,
      configFile: false,
      logLevel: 'error',
      server: { middlewareMode: true, hmr: { server } },
    });
    server.on('request', vite.middlewares);
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    return {
      url: `http://127.0.0.1:${server.address().port}`,
      async close() {
        await vite.close();
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      },
    };
  },

  async 'as plain modules, without a bundler'() {
    const page = join(project, 'plain');
    mkdirSync(page);
    for (const file of ['index.html', 'adder.js']) cpSync(join(project, file), join(page, file));
    const main = readFileSync(join(project, 'main.js'), 'utf8');
    writeFileSync(join(page, 'main.js'), main.replace("'portcullis'", "'/portcullis/index.js'"));
    return serve(page, { mounts: { '/portcullis/': installed('dist') } });
  },
};

for (const [way, start] of Object.entries(ways)) {
  describe(way, () => {
    let server;

    before(async () => {
      server = await start();
    });

    after(() => server?.close());

    for (const engine of engines) {
      test(`a plugin runs in ${engine}`, async () => {
        const browser = await open(engine);
        try {
          await browser.driver.get(`${server.url}/`);
          const sum = await waitFor(browser.driver, (driver) => driver.executeScript('return document.body.dataset.sum'), 'the sum');
          assert.equal(sum, '42');
          assert.deepEqual(await browser.consoleErrors(), []);
        } finally {
          await browser.close();
        }
      });
    }
  });
}
