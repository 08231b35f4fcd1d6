// Plugins from servers and files, as they are when something is wrong with those.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Kernel } from 'portcullis';
import { run } from '../../xtask/command.mjs';
import { inRoot } from '../../xtask/paths.mjs';
import { testPluginUrl, testPlugins } from '../lib/test-plugins.mjs';

const module = testPlugins().get('greeter-1');
const page = `<!doctype html><title>App</title>${'<p>text</p>'.repeat(10_000)}`;

/** What a server sends for each path. */
const answers = {
  '/plugins/my%20greeter.wasm?v=2': (response) => response.writeHead(200, { 'Content-Type': 'application/wasm' }).end(module),
  '/plain.wasm': (response) => response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(module),
  '/old.wasm': (response) => response.writeHead(302, { Location: '/plain.wasm' }).end(),
  '/app': (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(page),
  '/login.wasm': (response) => response.writeHead(302, { Location: '/app' }).end(),
  '/missing.wasm': (response) => response.writeHead(404, { 'Content-Type': 'text/html' }).end(page),
  '/broken.wasm': (response) => response.writeHead(500).end(),
  '/none.wasm': (response) => response.writeHead(204).end(),
  '/cut.wasm'(response) {
    response.writeHead(200, { 'Content-Type': 'application/wasm', 'Content-Length': module.length });
    response.write(module.subarray(0, 50), () => response.destroy());
  },
};

describe('a plugin that is fetched', () => {
  let kernel;
  let server;
  let url;

  before(async () => {
    kernel = await Kernel.start();
    server = createServer((request, response) => answers[request.url](response));
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${server.address().port}`;
  });

  after(async () => {
    kernel.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const refused = (path, code, ...parts) =>
    assert.rejects(kernel.spawn(`${url}${path}`), (error) => {
      assert.equal(error.code, code);
      for (const part of parts) assert.match(error.message, part);
      return true;
    });

  test('is had from its address, whatever its type, and named by it', async () => {
    const named = await kernel.spawn(`${url}/plugins/my%20greeter.wasm?v=2`);
    assert.deepEqual([named.name, await named.call('test/greeter@1#version')], ['my greeter', 1]);
    for (const path of ['/plain.wasm', '/old.wasm']) {
      const plain = await kernel.spawn(new URL(path, url));
      assert.equal(await plain.call('test/greeter@1#version'), 1);
    }
  });

  test('is refused with the status when the server has an error', async () => {
    await refused('/missing.wasm', 'fetch-failed', /missing\.wasm could not be fetched: the server answered 404 Not Found$/);
    await refused('/broken.wasm', 'fetch-failed', /the server answered 500/);
  });

  test('is refused as a page when the server sends one instead', async () => {
    await refused('/app', 'not-wasm', /this is an HTML or XML text, perhaps the error page of a server/);
    await refused('/login.wasm', 'not-wasm', /HTML/);
  });

  test('is refused when there is nothing, or not all of it', async () => {
    await refused('/none.wasm', 'not-wasm', /the file is empty/);
    await refused('/cut.wasm', 'fetch-failed', /cut\.wasm could not be read to its end/);
  });

  test('is refused when nobody answers', async () => {
    const gone = createServer();
    await new Promise((ready) => gone.listen(0, '127.0.0.1', ready));
    const { port } = gone.address();
    await new Promise((closed) => gone.close(closed));
    await assert.rejects(kernel.spawn(`http://127.0.0.1:${port}/a.wasm`), { code: 'fetch-failed', message: /a\.wasm could not be fetched: / });
  });
});

test('a plugin that is a file is read, and one that is none is refused', async () => {
  const kernel = await Kernel.start();
  try {
    const process = await kernel.spawn(testPluginUrl('parity-server'));
    assert.deepEqual([process.name, await process.call('test/echo@1#echo-u8', [9])], ['parity-server', 9]);
    await assert.rejects(kernel.spawn(testPluginUrl('no-such')), { code: 'fetch-failed', message: /no-such\.wasm could not be fetched: ENOENT/ });
    await assert.rejects(kernel.spawn('no-such.wasm'), { code: 'fetch-failed', message: /no-such\.wasm could not be fetched/ });
  } finally {
    kernel.close();
  }
});

test('a program ends by itself, although it closes nothing', async () => {
  const program = `import { Kernel } from 'portcullis';
    const kernel = await Kernel.start();
    const server = await kernel.spawn(new URL('${testPluginUrl('parity-server')}'));
    const counter = await server.call('test/counter@1#create', [41]);
    console.log(await server.call('test/counter@1#increment', [counter, 1]));`;
  const { code, output } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: inRoot(), mayFail: true });
  assert.deepEqual([code, output.trim()], [0, '42']);
});
