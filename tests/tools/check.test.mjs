// `portcullis check`: good plugins load, and bad ones are told why not.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble } from '../lib/assemble.mjs';
import { emptyModule, withRecords } from '../suite/bytes.mjs';
import { pluginsForTests, tool } from './lib/tool.mjs';

const plugins = pluginsForTests('check');

test('a plugin that loads is exit code 0, with what it asks for', async () => {
  const { code, stdout } = await tool(['check', plugins.path('greet')]);
  assert.deepEqual([code, stdout], [0, 'loads: greet, it asks for demo/log@1\n']);
  const { json } = await tool(['check', '--json', plugins.path('adder')]);
  assert.deepEqual([json.ok, json.started, json.grants], [true, false, []]);
});

const spoilt = {
  'an empty file': [() => new Uint8Array(), 'not-wasm', /the file is empty/],
  'a text': [() => 'hello', 'not-wasm', /this is a text/],
  'WebAssembly text': [() => '(module)', 'not-wasm', /it has to be assembled first/, /wat2wasm --enable-annotations/],
  'a component': [() => new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), 'not-wasm', /component/, /build a core module/],
  'a module that is cut short': [() => readFileSync(plugins.path('greet')).subarray(0, 100), 'invalid-module', /is cut short/, /the file has 100 bytes/],
  'metadata that is none': [() => withRecords(emptyModule, 'import demo/log@1 write: fun(line: string)'), 'bad-metadata', /line 1, column/, /docs\/abi\.md §2\.1/],
  'a record for an export that is not there': [() => withRecords(emptyModule, 'export demo/greet@1 hello: func()'), 'bad-metadata', /exports no such function/],
  'an imported variable': [() => assemble('(module (import "env" "base" (global (mut i32))))'), 'unknown-import', /imports a mutable global/, /constants of type i32/],
  'a module of wasm-bindgen': [() => assemble('(module (import "wbg" "__wbg_new" (func (result externref))))'), 'signature-mismatch', /`wbg#__wbg_new`/, /built with wasm-bindgen/],
  'a vector as parameter': [() => readFileSync(plugins.path('vector-import')), 'signature-mismatch', /no signature record/, /--signatures/],
};

for (const [what, [bytes, code, message, hint]] of Object.entries(spoilt)) {
  test(`${what} would not load, and it says why`, async () => {
    const path = plugins.write('spoilt.wasm', bytes());
    const { json, ...rest } = await tool(['check', '--json', path]);
    assert.deepEqual([rest.code, json.ok, json.error.code], [1, false, code], json.error.message);
    assert.match(json.error.message, message);
    if (hint) assert.match(json.error.hints.join('\n'), hint);
    const { stdout, stderr } = await tool(['check', path]);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^portcullis: .*\\(${code}\\)$`, 'm'));
  });
}

test('strings without an allocator would not load, and the hint says what is missing', async () => {
  const path = plugins.assemble(
    'no-allocator',
    `;;@ export demo/greet@1 hello: func(name: string)
    (module (memory 1) (func (export "demo/greet@1#hello") (param i32 i32)))`,
  );
  const { json, code } = await tool(['check', '--json', path]);
  assert.deepEqual([code, json.error.code], [1, 'signature-mismatch']);
  assert.match(json.error.hints.join(), /every SDK exports `cabi_realloc`/);
});

test('with grants, it has to get by with them', async () => {
  const path = plugins.path('greet');
  const { code, stdout } = await tool(['check', '--grant', 'demo/log@1', path]);
  assert.deepEqual([code, stdout], [0, 'loads: greet, it gets by with what is granted\n']);
  const missing = await tool(['check', '--json', '--grant', 'demo/store@1', path]);
  assert.deepEqual([missing.code, missing.json.error.code], [1, 'missing-grant']);
  assert.match(missing.json.error.message, /greet asks for demo\/log@1 \(write\), which nobody granted/);
});

test('nothing of it runs, unless it is asked to start', async () => {
  const path = plugins.path('start-traps');
  assert.equal((await tool(['check', path])).code, 0);
  const { json, code } = await tool(['check', '--json', '--start', path]);
  assert.deepEqual([code, json.error.code], [1, 'start-trapped']);
  const slow = await tool(['check', '--json', '--start', '--deadline', '50', plugins.path('start-loops')]);
  assert.deepEqual([slow.code, slow.json.error.code], [1, 'deadline']);
  assert.equal((await tool(['check', '--start', plugins.path('greet')])).code, 0, 'a stand-in is there for its log');
});

test('limits hold', async () => {
  const path = plugins.assemble('large', '(module (memory 20))');
  assert.equal((await tool(['check', '--start', path])).code, 0);
  const { json, code } = await tool(['check', '--json', '--start', '--memory', '1MiB', path]);
  assert.deepEqual([code, json.error.code], [1, 'bad-limit']);
  const dear = await tool(['check', '--json', '--cost', '0', plugins.path('greet')]);
  assert.deepEqual([dear.code, dear.json.error.code], [1, 'refused-module']);
  assert.match(dear.json.error.hints.join(), /--cost/);
});
