// What the tool does with a command line, whatever the command.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from '../../xtask/paths.mjs';
import { pluginsForTests, tool } from './lib/tool.mjs';

const { path, assemble } = pluginsForTests('command-line');
const commands = ['new', 'build', 'inspect', 'check', 'types', 'run'];

test('without a command it says which there are, as a mistake', async () => {
  const { code, stdout, stderr } = await tool([]);
  assert.deepEqual([code, stdout], [2, '']);
  for (const name of commands) assert.match(stderr, new RegExp(`^  ${name} `, 'm'));
});

test('help is no mistake, and names every exit code', async () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await tool(args);
    assert.deepEqual([code, stderr], [0, '']);
    for (const name of commands) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  }
  for (const name of commands) {
    const { code, stdout } = await tool([name, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^usage: portcullis ${name} `));
    assert.match(stdout, /Exit codes: 0 .* 1 .*\n2 .* 3 /);
    assert.ok(stdout.split('\n').every((line) => line.length <= 112), stdout);
  }
  assert.equal((await tool(['help', 'run'])).stdout, (await tool(['run', '-h'])).stdout);
});

test('its version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  assert.equal((await tool(['--version'])).stdout, `${version}\n`);
});

test('what cannot be meant is said, with exit code 2', async () => {
  const mistakes = [
    [['instpect'], /there is no command instpect/],
    [['inspect'], /Name a \.wasm file/],
    [['inspect', '--jason', path('greet')], /there is no option --jason/],
    [['inspect', '--cost'], /--cost needs a value: --cost N/],
    [['inspect', '--cost', 'much', path('greet')], /--cost takes a number, not "much"/],
    [['inspect', '--cost', '-1', path('greet')], /--cost takes a number from 0 up/],
    [['inspect', '--json=1', path('greet')], /--json takes no value/],
    [['check', '--memory', 'lots', path('greet')], /--memory takes bytes such as/],
    [['check', '--fuel', '1', '--fuel', '2', path('greet')], /--fuel is given 2 times/],
    [['run', '--grant', '=a.wasm', path('greet'), 'hello'], /--grant takes an interface/],
    [['run', '--grant', 'a/b@1=a.txt', path('greet'), 'hello'], /a\.txt provides nothing/],
    [['run', '--grant', 'a/b@1', '--grant', 'a/b@1', path('greet'), 'hello'], /a\/b@1 is granted twice/],
    [['new'], /in which language\?/],
    [['new', 'cobol'], /there is no template for cobol/],
  ];
  for (const [args, message] of mistakes) {
    const { code, stdout, stderr } = await tool(args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
  }
});

test('a file that cannot be read is exit code 3, whatever the command', async () => {
  for (const name of ['inspect', 'check', 'types', 'run']) {
    for (const [file, message] of [['no-such.wasm', /no-such\.wasm cannot be read: there is no such file/], ['.', /\. cannot be read: it is a folder/]]) {
      const { code, stdout, stderr } = await tool([name, file]);
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(stderr, message);
    }
  }
  const missing = await tool(['check', '--signatures', 'no-such.txt', path('greet')]);
  assert.equal(missing.code, 3);
});

test('with --json, every end is one JSON object on standard output', async () => {
  for (const [args, code, name] of [
    [['check', 'no-such.wasm', '--json'], 3, 'file'],
    [['check', '--json', '--memory', 'lots', path('greet')], 2, 'usage'],
    [['check', '--json', assemble('variable', '(module (import "env" "base" (global (mut i32))))')], 1, 'unknown-import'],
    [['run', '--json', path('greet'), 'hello', 'Ada'], 1, 'missing-grant'],
  ]) {
    const { json, stderr, ...rest } = await tool(args);
    assert.deepEqual([rest.code, json.ok, json.error.code, stderr], [code, false, name, ''], args.join(' '));
    assert.equal(typeof json.error.message, 'string');
    assert.ok(Array.isArray(json.error.hints));
  }
});

test('there is no colour where nobody looks', async () => {
  const { stdout } = await tool(['inspect', path('greet')], { env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '1' } });
  assert.doesNotMatch(stdout, /\u001b/);
});
