// The static server: what it serves, what it refuses, and the headers that go with it.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve, strictCsp } from '../../xtask/serve.mjs';

let folder;
let server;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-serve-'));
  mkdirSync(join(folder, 'www/sub'), { recursive: true });
  mkdirSync(join(folder, 'www-private'));
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'www-private/secret.txt'), 'secret');
  writeFileSync(join(folder, 'www/index.html'), '<!doctype html>home');
  writeFileSync(join(folder, 'www/sub/index.html'), '<!doctype html>sub');
  writeFileSync(join(folder, 'www/module.wasm'), new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  writeFileSync(join(folder, 'www/a b.js'), 'export {};');
  writeFileSync(join(folder, 'package/index.js'), 'export {};');
  server = await serve(join(folder, 'www'), { mounts: { '/dist/': join(folder, 'package') }, headers: { 'X-Extra': 'yes' } });
});

after(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

/** Asks for a path as it is: fetch would tidy it up first. */
function get(path, { method = 'GET', headers = {} } = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end();
  });
}

test('files have their types, and every answer has the headers', async () => {
  for (const [path, type] of [
    ['/', 'text/html; charset=utf-8'],
    ['/module.wasm', 'application/wasm'],
    ['/a%20b.js?query', 'text/javascript; charset=utf-8'],
    ['/sub/', 'text/html; charset=utf-8'],
    ['/dist/index.js', 'text/javascript; charset=utf-8'],
  ]) {
    const { status, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.equal(headers['content-type'], type);
    assert.equal(headers['content-security-policy'], strictCsp);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-extra'], 'yes');
  }
  assert.equal((await get('/missing')).headers['content-security-policy'], strictCsp);
});

test('nothing outside of the folder is served', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/sub/../../secret.txt',
    '/sub/%2e%2e/%2e%2e/secret.txt',
    '/../www-private/secret.txt',
    '/..%2fwww-private%2fsecret.txt',
    '/dist/..%2fsecret.txt',
    '/dist/%2e%2e%2f%2e%2e%2fsecret.txt',
    `/${encodeURIComponent(join(folder, 'secret.txt'))}`,
    '/secret.txt%00.js',
  ]) {
    const { status, body } = await get(path);
    assert.equal(status, 404, path);
    assert.doesNotMatch(body, /secret/);
  }
});

test('what cannot be answered is refused', async () => {
  assert.equal((await get('/%zz')).status, 400);
  assert.equal((await get('/', { method: 'POST' })).status, 405);
  assert.equal((await get('/dist/')).status, 404);
});

test('a folder without its slash is redirected, on this host only', async () => {
  const { status, headers } = await get('/sub');
  assert.equal(status, 308);
  assert.equal(headers.location, '/sub/');
  const elsewhere = await get('//other.example/..');
  assert.ok(elsewhere.status === 404 || !elsewhere.headers.location?.startsWith('//'));
});

test('a file that did not change is not sent again', async () => {
  const { headers } = await get('/module.wasm');
  const again = await get('/module.wasm', { headers: { 'If-None-Match': headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.body, '');
});

test('HEAD has the headers only', async () => {
  const { status, headers, body } = await get('/module.wasm', { method: 'HEAD' });
  assert.deepEqual([status, headers['content-length'], body], [200, '8', '']);
});

test('the policy can be replaced, or left out', async () => {
  const open = await serve(folder, { csp: null });
  assert.equal((await fetch(open.url)).headers.get('content-security-policy'), null);
  await open.close();
});
