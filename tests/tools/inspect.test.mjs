// `portcullis inspect`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pluginsForTests, tool } from './lib/tool.mjs';

const plugins = pluginsForTests('inspect');

test('it shows what a plugin asks for and has, in the syntax of the metadata', async () => {
  const path = plugins.path('greet');
  const { code, stdout, stderr } = await tool(['inspect', path]);
  assert.deepEqual([code, stderr], [0, '']);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  const lines = stdout.split('\n').map((line) => line.trim());
  for (const line of [
    `sha256       ${hash}`,
    'memory       64.0 KiB at the start (1 page), no maximum of its own',
    'tables       none',
    'start        nothing runs before the first call',
    'allocator    yes',
    'status word  yes',
    'import demo/log@1 write: func(line: string)',
    'export demo/greet@1 hello: func(name: string) -> string',
  ]) {
    assert.ok(lines.includes(line), `${line}\n${stdout}`);
  }
  assert.match(stdout, /cost +[\d,]+ points to compile, 0\.\d % of what is allowed/);
});

test('as JSON, it has the same and more', async () => {
  const path = plugins.path('greet');
  const { json } = await tool(['inspect', '--json', path]);
  assert.deepEqual([json.ok, json.name, json.size, json.grants], [true, 'greet', readFileSync(path).length, ['demo/log@1']]);
  assert.deepEqual(json.memory, { minimum: 65536, maximum: null });
  assert.deepEqual(
    json.imports.map(({ record, declared }) => [record, declared]),
    [['import demo/log@1 write: func(line: string)', true]],
  );
  assert.ok(json.points > 0 && json.points < json.mostPoints);
  assert.equal(json.mostPoints, 200_000_000);
  assert.deepEqual([json.hasAllocator, json.hasStatus, json.hasStart, json.hasInitialize], [true, true, false, false]);
  const all = json.sections.reduce((sum, section) => sum + section.bytes, 8);
  assert.equal(all, json.size, 'the sections make up the file');
});

test('tables, globals, a start function and a memory of its own size are seen', async () => {
  const path = plugins.assemble(
    'rich',
    `(module
      (memory 2 3)
      (table $one 4 9 funcref)
      (table $two 1 funcref)
      (global $a (mut i32) (i32.const 1))
      (global $b i64 (i64.const 1))
      (start $begin)
      (func $begin)
      (func (export "_initialize"))
      (func (export "sum") (param i32 f64) (result i64) (i64.const 0)))`,
  );
  const { json } = await tool(['inspect', '--json', path]);
  assert.deepEqual(json.tables, [{ minimum: 4, maximum: 9 }, { minimum: 1, maximum: null }]);
  assert.deepEqual([json.globals, json.functions, json.hasStart, json.hasInitialize], [2, 3, true, true]);
  assert.deepEqual(json.memory, { minimum: 2 * 65536, maximum: 3 * 65536 });
  assert.deepEqual(json.exports.map(({ record }) => record), ['export - sum: func(p0: s32, p1: f64) -> s64']);
  const { stdout } = await tool(['inspect', path]);
  assert.match(stdout, /start +its start function, then `_initialize`/);
  assert.match(stdout, /export - sum: func\(p0: s32, p1: f64\) -> s64 +\/\/ no record: taken from its type/);
  assert.match(stdout, /Asks for nothing/);
});

test('names that would play tricks with a terminal are made fit to be shown', async () => {
  const path = plugins.assemble('tricky', '(module (func (export "a\\1b[2J\\e2\\80\\ae\\0ab")))');
  const { stdout } = await tool(['inspect', path]);
  assert.match(stdout, /export - a·\[2J··b: func\(\)/);
});

test('what is known of a plugin and might be a mistake is said', async () => {
  const path = plugins.assemble(
    'wasi',
    `(module
      (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
      (import "env" "abort" (func (param i32))))`,
  );
  const { json } = await tool(['inspect', '--json', path]);
  const notes = json.notes.join('\n');
  for (const part of [/built for WASI/, /`env`/, /no `portcullis` section/, /no `portcullis_status`/, /exports nothing/]) assert.match(notes, part);
});

test('records that are given count', async () => {
  const path = plugins.assemble('bare', '(module (func (export "add") (param i32 i32) (result i32) (i32.const 0)))');
  const records = plugins.write('bare.txt', 'export - add: func(left: u8, right: u8) -> bool\n');
  const { json } = await tool(['inspect', '--json', '--signatures', records, path]);
  assert.deepEqual(json.exports.map(({ signature, declared }) => [signature, declared]), [['func(left: u8, right: u8) -> bool', true]]);
});
