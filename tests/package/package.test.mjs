// The package as other projects get it: packed, installed into an empty one, bundled or not, and typed.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createServer as createViteServer } from 'vite';
import { run } from '../../xtask/command.mjs';
import { npm, script } from '../../xtask/npm-packages.mjs';
import { inRoot } from '../../xtask/paths.mjs';
import { serve } from '../../xtask/serve.mjs';
import { copyTemplates } from '../../xtask/templates.mjs';
import { engines, open, waitFor } from '../lib/browsers.mjs';
import { testPlugins } from '../lib/test-plugins.mjs';

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

/** The files of the installed package, with `/` between folders. */
const installedFiles = () =>
  readdirSync(installed(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed(), join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, '/'))
    .sort();

test('the package has what it promises, nothing else, and no dependencies', () => {
  const declarations = readdirSync(inRoot('npm'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `dist/${file.replace(/\.ts$/, '.d.ts')}`);
  const modules = ['dist/index.js', 'dist/index.js.map', 'dist/command.js', 'dist/kernel.d.ts', 'dist/kernel_bg.wasm'];
  const texts = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json'];
  const isTemplate = (file) => file.startsWith('dist/templates/');
  assert.deepEqual(
    installedFiles().filter((file) => !isTemplate(file)),
    [...texts, ...modules, ...declarations].sort(),
  );
  const templates = copyTemplates(join(project, 'templates')).map((file) => `dist/templates/${file}`.replaceAll(sep, '/'));
  assert.deepEqual(installedFiles().filter(isTemplate), templates.sort());
  assert.deepEqual(
    readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['portcullis'],
  );
  const { dependencies, peerDependencies, optionalDependencies, license } = JSON.parse(readFileSync(installed('package.json'), 'utf8'));
  assert.deepEqual([dependencies, peerDependencies, optionalDependencies], [undefined, undefined, undefined]);
  assert.equal(license, 'MIT OR Apache-2.0');
});

test('nothing in the package tells where it was built', () => {
  const telling = installedFiles().filter((file) => readFileSync(installed(file)).includes(inRoot()));
  assert.deepEqual(telling, []);
});

test('every file that package.json names is there', () => {
  const { main, types, bin, exports } = JSON.parse(readFileSync(installed('package.json'), 'utf8'));
  const named = [main, types, bin.portcullis, ...Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))];
  assert.ok(named.length >= 6, 'it names its files');
  for (const file of named) assert.ok(existsSync(installed(file)), file);
});

test('what index.js exports is what its types say', async () => {
  const exported = await import(pathToFileURL(installed('dist/index.js')));
  const declared = [...readFileSync(installed('dist/index.d.ts'), 'utf8').matchAll(/^export \{ ([^}]+) \}/gm)].flatMap(([, names]) => names.split(', '));
  assert.deepEqual(Object.keys(exported).sort(), declared.sort());
});

test('a program in Node imports it by its name', async () => {
  const program = `import { Kernel } from 'portcullis';
    import { adder } from './adder.js';
    const kernel = await Kernel.start();
    const plugin = await kernel.spawn(adder);
    console.log(await plugin.call('add', [40, 2]));
    const module = await import.meta.resolve('portcullis/kernel_bg.wasm');
    console.log(module.endsWith('/node_modules/portcullis/dist/kernel_bg.wasm'));`;
  const { code, output } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: project, mayFail: true });
  assert.deepEqual([code, output.trim()], [0, '42\ntrue']);
});

test('npx finds the tool for authors, which finds its templates', async () => {
  const npx = (...args) => npm(['exec', '--offline', '--', 'portcullis', ...args], { cwd: project, mayFail: true });
  const made = await npx('new', 'wat', 'my-plugin', '--json');
  assert.equal(made.code, 0, made.output);
  assert.equal(JSON.parse(made.stdout).name, 'my-plugin');
  writeFileSync(join(project, 'greet.wasm'), testPlugins().get('greet'));
  const { code, stdout } = await npx('run', '--grant', 'demo/log@1', 'greet.wasm', 'hello', 'Ada');
  assert.deepEqual([code, stdout], [0, 'Hello, Ada!\n']);
});

for (const resolution of ['NodeNext', 'Bundler']) {
  for (const [libraries, words] of [
    ['es2022,esnext.disposable,dom', 'that knows of disposal'],
    ['es2022,dom', 'that does not know of disposal'],
  ]) {
    test(`a strict TypeScript project ${words} takes its types, with ${resolution} resolution`, async () => {
      const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noPropertyAccessFromIndexSignature'];
      const options = ['--noEmit', ...strict, '--target', 'es2022', '--types', '', '--lib', libraries];
      const modules = ['--module', resolution === 'Bundler' ? 'esnext' : 'nodenext', '--moduleResolution', resolution.toLowerCase()];
      const { code, output } = await run(process.execPath, [script('typescript', 'bin/tsc'), ...options, ...modules, 'consumer.ts'], {
        cwd: project,
        mayFail: true,
      });
      assert.equal(code, 0, output);
    });
  }
}

/** Scripts of its own and WebAssembly, and nothing that is not its own but an empty icon. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

/** Serves the app in each of the ways in which people do. */
const ways = {
  async 'bundled by Vite'() {
    await build({ root: project, configFile: false, logLevel: 'error' });
    return serve(join(project, 'dist'), { csp: policy });
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
    cpSync(installed(), join(page, 'portcullis'), { recursive: true });
    writeFileSync(join(page, 'main.js'), main.replace("'portcullis'", "'./portcullis/dist/index.js'"));
    return serve(page, { csp: policy });
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

describe('the first example of the README', () => {
  let server;

  before(async () => {
    const page = join(project, 'example');
    mkdirSync(page);
    cpSync(installed(), join(page, 'portcullis'), { recursive: true });
    const [, example] = /^```js\n(.*?)^```$/ms.exec(readFileSync(inRoot('README.md'), 'utf8'));
    assert.match(example, /from 'portcullis'/);
    writeFileSync(join(page, 'example.js'), example.replace("'portcullis'", "'./portcullis/dist/index.js'"));
    const record = 'globalThis.lines = [];\nfor (const level of ["log", "warn"]) console[level] = (line) => lines.push(line);\n';
    writeFileSync(join(page, 'record.js'), record);
    const scripts = ['record.js', 'example.js'].map((file) => `<script type="module" src="${file}"></script>`);
    writeFileSync(join(page, 'index.html'), `<!doctype html><title>example</title><link rel="icon" href="data:," />${scripts.join('')}`);
    writeFileSync(join(page, 'greet.wasm'), testPlugins().get('greet'));
    server = await serve(page, { csp: policy });
  });

  after(() => server?.close());

  for (const engine of engines) {
    test(`does what it says in ${engine}`, async () => {
      const browser = await open(engine);
      try {
        await browser.driver.get(`${server.url}/`);
        const lines = await waitFor(browser.driver, async (driver) => {
          const written = await driver.executeScript('return globalThis.lines');
          return written?.length === 3 && written;
        }, 'three lines');
        assert.deepEqual(lines, ['Ada', 'Hello, Ada!', 'plugin `greet` was stopped by the web app']);
        assert.deepEqual(await browser.consoleErrors(), []);
      } finally {
        await browser.close();
      }
    });
  }
});
