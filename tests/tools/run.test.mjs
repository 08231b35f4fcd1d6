// `portcullis run`: calls a plugin, which has what it was granted and nothing else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../xtask/paths.mjs';
import { pluginsForTests, tool } from './lib/tool.mjs';

const plugins = pluginsForTests('run');
const server = join(build, 'test-plugins/parity-server.wasm');

/** What the server echoes of an argument. */
const echo = async (name, ...args) => (await tool(['run', '--json', server, `test/echo@1#${name}`, ...args])).json;

test('a function is called by its full name, and by its own', async () => {
  for (const name of ['demo/greet@1#hello', 'hello']) {
    const { code, stdout, stderr } = await tool(['run', '--grant', 'demo/log@1', plugins.path('greet'), name, 'Ada']);
    assert.deepEqual([code, stdout], [0, 'Hello, Ada!\n']);
    assert.equal(stderr, 'demo/log@1#write("Ada")\n', 'the stand-in says how it was called');
  }
});

test('with --json, what stand-ins were called with is part of it', async () => {
  const { json, stderr } = await tool(['run', '--json', '--grant', 'demo/log@1', plugins.path('greet'), 'hello', 'Ada']);
  assert.deepEqual(json, { ok: true, function: 'demo/greet@1#hello', result: 'Hello, Ada!', calls: [{ function: 'demo/log@1#write', arguments: ['Ada'] }] });
  assert.equal(stderr, '');
});

test('nothing is granted by itself, and what is missing is named', async () => {
  const { code, stdout, stderr } = await tool(['run', plugins.path('greet'), 'hello', 'Ada']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^portcullis: greet asks for demo\/log@1 \(write\), which nobody granted \(missing-grant\)$/m);
  assert.match(stderr, /`--grant demo\/log@1` puts a stand-in there/);
});

test('an interface comes from another plugin', async () => {
  const log = plugins.assemble(
    'log',
    `;;@ export demo/log@1 write: func(line: string)
    ;;@ import demo/bell@1 ring: func(times: u32)
    (module
      (import "demo/bell@1" "ring" (func $ring (param i32)))
      (memory 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "demo/log@1#write") (param i32 i32) (call $ring (local.get 1))))`,
  );
  const grants = ['--grant', `demo/log@1=${log}`, '--grant', 'demo/bell@1'];
  const { code, stdout, stderr } = await tool(['run', ...grants, plugins.path('greet'), 'hello', 'Ada']);
  assert.deepEqual([code, stdout, stderr], [0, 'Hello, Ada!\n', 'demo/bell@1#ring(3)\n']);
  const missing = await tool(['run', '--json', ...grants.slice(0, 2), plugins.path('greet'), 'hello', 'Ada']);
  assert.match(missing.json.error.message, /log asks for demo\/bell@1/);
});

test('an interface comes from functions of the author', async () => {
  const script = plugins.write('log.mjs', 'export default { write(line) { console.error(`log: ${line}`); } };');
  const { code, stderr } = await tool(['run', '--grant', `demo/log@1=${script}`, plugins.path('greet'), 'hello', 'Ada']);
  assert.deepEqual([code, stderr], [0, 'log: Ada\n']);
  const lacking = plugins.write('lacking.mjs', 'export const read = () => 1;');
  const failed = await tool(['run', '--json', '--grant', `demo/log@1=${lacking}`, plugins.path('greet'), 'hello', 'Ada']);
  assert.deepEqual([failed.code, failed.json.error.code], [1, 'bad-argument']);
  assert.match(failed.json.error.message, /has no method write/);
  const broken = plugins.write('broken.mjs', 'export default {');
  assert.equal((await tool(['run', '--grant', `demo/log@1=${broken}`, plugins.path('greet'), 'hello', 'Ada'])).code, 1);
  assert.equal((await tool(['run', '--grant', 'demo/log@1=nowhere.mjs', plugins.path('greet'), 'hello', 'Ada'])).code, 3);
});

test('grants that go in a circle are told', async () => {
  const pass = (name, other) =>
    plugins.assemble(name, `(module (import "demo/${other}@1" "go" (func $go)) (func (export "demo/${name}@1#go") (call $go)))`);
  const [one, two] = [pass('one', 'two'), pass('two', 'one')];
  const { code, stderr } = await tool(['run', '--grant', `demo/two@1=${two}`, '--grant', `demo/one@1=${one}`, one, 'go']);
  assert.equal(code, 2);
  assert.match(stderr, /the grants go in a circle: .*two\.wasm needs .*one\.wasm needs .*two\.wasm/);
});

test('arguments of every type are read, and results are given, as they are', async () => {
  const same = [
    ['echo-bool', 'true', true],
    ['echo-u8', '255', 255],
    ['echo-s8', '-128', -128],
    ['echo-u32', '0xffff_ffff', 4294967295],
    ['echo-s32', '-5', -5],
    ['echo-u64', '18446744073709551615', '18446744073709551615'],
    ['echo-s64', '-9223372036854775808', '-9223372036854775808'],
    ['echo-f32', '0.5', 0.5],
    ['echo-f64', '-1e300', -1e300],
    ['echo-f64', '-Infinity', '-Infinity'],
    ['echo-f64', 'NaN', 'NaN'],
    ['echo-char', 'ß', 'ß'],
    ['echo-string', '', ''],
    ['echo-string', 'a "quoted" ö', 'a "quoted" ö'],
    ['echo-error', 'denied', 5],
    ['list-u8', '[1, 2, 255]', [1, 2, 255]],
    ['list-s64', '[-9223372036854775808, "7"]', ['-9223372036854775808', '7']],
    ['list-f64', '[0.5, -1, "NaN"]', [0.5, -1, 'NaN']],
    ['list-bool', '[true, false]', [true, false]],
    ['list-char', '["ä", "b"]', ['ä', 'b']],
    ['list-u16', '[]', []],
    ['nothing', undefined, null],
  ];
  await Promise.all(
    same.map(async ([name, text, value]) => {
      const json = await echo(name, ...(text === undefined ? [] : [text]));
      assert.deepEqual(json.result, value, `${name} ${text}: ${JSON.stringify(json)}`);
    }),
  );
  assert.deepEqual((await echo('echo-string', '--', '--json')).result, '--json');
  assert.deepEqual((await echo('tuple', '1', 'two', '-3', '[4]')).result, [1, 'two', '-3', [4]]);
});

test('arguments that do not fit are told by name, before anything runs', async () => {
  for (const [name, args, message] of [
    ['echo-u8', ['256'], /argument value of test\/echo@1#echo-u8: expected u8, a whole number from 0 to 255/],
    ['echo-u8', ['1.5'], /argument value is a u8: expected a whole number, got "1\.5"/],
    ['echo-u8', [], /takes 1 argument, got 0: func\(value: u8\) -> u8/],
    ['echo-u8', ['1', '2'], /takes 1 argument, got 2/],
    ['echo-bool', ['yes'], /expected true or false, got "yes"/],
    ['echo-f32', ['half'], /expected a number/],
    ['echo-char', ['ab'], /expected char, a string of one character/],
    ['echo-u64', ['18446744073709551616'], /u64/],
    ['list-u8', ['1,2'], /expected a JSON array such as \[1, 2, 3\], or @ and the name of a file/],
    ['list-u8', ['[256]'], /u8/],
    ['list-u8', ['{"a": 1}'], /JSON array/],
    ['list-bool', ['[1]'], /argument value\[0\] is a bool/],
  ]) {
    const { code, stdout, stderr } = await tool(['run', server, `test/echo@1#${name}`, ...args]);
    assert.deepEqual([code, stdout], [2, ''], `${name} ${args}: ${stderr}`);
    assert.match(stderr, message);
  }
});

test('handles cannot be given, but for none; those that come back are shown', async () => {
  const counter = (name, ...args) => tool(['run', '--json', server, `test/counter@1#${name}`, ...args]);
  assert.deepEqual((await counter('create', '5')).json.result, { handle: 'test/counter@1.counter' });
  assert.match((await counter('read', '5')).json.error.message, /argument self is a handle of class test\/counter@1\.counter/);
  assert.equal((await counter('finish-if-any', 'none')).json.result, 0);
  assert.equal((await counter('finish-if-any', '5')).code, 2);
  assert.equal((await counter('give-back')).json.result, null);
});

test('content comes from a file, and goes to one', async () => {
  const input = plugins.write('in.bin', new Uint8Array([0, 1, 254, 255]));
  const output = join(plugins.folder, 'out.bin');
  const { code, stdout } = await tool(['run', '-o', output, server, 'list-u8', `@${input}`]);
  assert.deepEqual([code, stdout], [0, '']);
  assert.deepEqual([...readFileSync(output)], [0, 1, 254, 255]);
  await tool(['run', '-o', output, server, 'list-s64', '[5]']);
  assert.equal(readFileSync(output, 'utf8'), '["5"]\n');
  assert.equal((await tool(['run', server, 'list-u8', '@nowhere'])).code, 3);
  assert.equal((await tool(['run', '-o', join(plugins.folder, 'no/such/place'), server, 'nothing'])).code, 3);
});

test('an error that a function returns is exit code 1, with its value', async () => {
  const text = await tool(['run', '--json', server, 'result-text', 'false', 'no luck']);
  assert.deepEqual([text.code, text.json.error.code, text.json.error.value], [1, 'plugin-error', 'no luck']);
  const { code, stderr } = await tool(['run', server, 'test/echo@1#result-error', 'denied']);
  assert.equal(code, 1);
  assert.match(stderr, /returned an error: 5, denied: the capability lacks the right for this/);
});

test('a trap is exit code 1, with the last words', async () => {
  const { code, stdout, stderr } = await tool(['run', server, 'panic', 'I am \u001b[31mred']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /trapped/);
  assert.match(stderr, /I am ·\[31mred/);
  assert.doesNotMatch(stderr, /\u001b/);
});

test('a function that does not return is stopped', async () => {
  const spin = await tool(['run', '--json', '--deadline', '50', server, 'spin']);
  assert.deepEqual([spin.code, spin.json.error.code], [1, 'deadline']);
  assert.match(spin.json.error.hints.join(), /--deadline/);
  const fuel = await tool(['run', '--json', '--fuel', '10000', server, 'spin']);
  assert.deepEqual([fuel.code, fuel.json.error.code], [1, 'fuel']);
  for (const wrong of [['--fuel', '1.5'], ['--fuel', '0'], ['--deadline', '0'], ['--deadline', '-5']]) {
    const { code, stderr } = await tool(['run', ...wrong, server, 'spin']);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${wrong[0]} takes `));
  }
});

test('memory has the limit that is given', async () => {
  const allocate = async (most) => (await tool(['run', '--json', '--memory', most, server, 'allocate', String(8 * 1024 * 1024)])).json.result;
  assert.deepEqual([await allocate('16MiB'), await allocate('4MiB')], [true, false]);
});

test('a function that is not there is told, with those that are', async () => {
  const { code, stderr } = await tool(['run', plugins.path('greet'), 'bye']);
  assert.equal(code, 2);
  assert.match(stderr, /greet exports no function bye; it has\n {2}demo\/greet@1#hello: func\(name: string\) -> string/);
  const none = await tool(['run', plugins.path('greet')]);
  assert.match(none.stderr, /which function of greet\? Name one; it has/);
  const twice = plugins.assemble('both', '(module (func (export "a/one@1#go")) (func (export "a/two@1#go")))');
  const several = await tool(['run', twice, 'go']);
  assert.equal(several.code, 2);
  assert.match(several.stderr, /several functions go.*\n {2}a\/one@1#go\n {2}a\/two@1#go/);
});

test('a plugin that would not load is not run', async () => {
  const trapping = plugins.assemble('trapping', '(module (start $begin) (func $begin (unreachable)) (func (export "go")))');
  const { code, json } = await tool(['run', '--json', trapping, 'go']);
  assert.deepEqual([code, json.error.code], [1, 'start-trapped']);
  const cut = plugins.write('cut.wasm', readFileSync(server).subarray(0, 1000));
  assert.equal((await tool(['run', '--json', cut, 'nothing'])).json.error.code, 'invalid-module');
});

test('a stand-in answers with zeros of every type', async () => {
  const client = plugins.assemble(
    'asker',
    `;;@ import demo/all@1 number: func() -> u64
    ;;@ import demo/all@1 refuse: func() -> result<u32, error>
    ;;@ import demo/all@1 make: func() -> own<thing>
    ;;@ import demo/all@1 use: func(thing: borrow<thing>) -> bool
    (module
      (import "demo/all@1" "number" (func $number (result i64)))
      (import "demo/all@1" "refuse" (func $refuse (param i32)))
      (import "demo/all@1" "make" (func $make (result i32)))
      (import "demo/all@1" "use" (func $use (param i32) (result i32)))
      (memory 1)
      (func (export "ask") (result i32)
        (if (i64.ne (call $number) (i64.const 0)) (then (unreachable)))
        (call $refuse (i32.const 64))
        (if (i32.load (i32.const 64)) (then (unreachable)))
        (call $use (call $make))))`,
  );
  const { json } = await tool(['run', '--json', '--grant', 'demo/all@1', client, 'ask']);
  assert.equal(json.result, 0, JSON.stringify(json));
  assert.deepEqual(
    json.calls.map((call) => call.function),
    ['number', 'refuse', 'make', 'use'].map((name) => `demo/all@1#${name}`),
  );
});

test('constants are given by name, and a module that is no interface like one that is', async () => {
  const adder = plugins.assemble(
    'constants',
    `(module
      (import "env" "base" (global $base i64))
      (import "js" "memory" (memory 1))
      (import "math" "twice" (func $twice (param i32) (result i32)))
      (func (export "sum") (param i32) (result i64)
        (i64.add (global.get $base) (i64.extend_i32_s (call $twice (local.get 0))))))`,
  );
  const math = plugins.write('math.mjs', 'export const twice = (value) => 2 * value;');
  const grant = ['--grant', `math=${math}`];
  assert.equal((await tool(['run', ...grant, '--constant', 'env#base=9007199254740993', adder, 'sum', '5'])).stdout, '9007199254741003\n');
  const missing = await tool(['run', '--json', ...grant, adder, 'sum', '5']);
  assert.deepEqual([missing.code, missing.json.error.code], [1, 'missing-grant']);
  assert.match(missing.json.error.hints.join(), /--constant env#base=1/);
  for (const [text, message] of [['env#bass=5', /no imported constant env#bass; there are env#base/], ['env#base', /a name and a number/], ['env#base=x', /expected a whole number/]]) {
    const { code, stderr } = await tool(['run', ...grant, '--constant', text, adder, 'sum', '5']);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
  const { stdout } = await tool(['inspect', adder]);
  assert.match(stdout, /Numbers that have to be given\n {2}env#base: i64/);
  assert.match(stdout, /imported as `js memory`/);
});

test('a flood of calls of a stand-in is not written down to its end', async () => {
  const flood = plugins.assemble(
    'flood',
    `(module
      (import "demo/tap@1" "drip" (func $drip (param i32)))
      (func (export "pour") (param $count i32)
        (loop $again
          (call $drip (local.get $count))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br_if $again (local.get $count)))))`,
  );
  const { json } = await tool(['run', '--json', '--grant', 'demo/tap@1', flood, 'pour', '3000']);
  assert.equal(json.calls.length, 1000);
  const { stderr } = await tool(['run', '--grant', 'demo/tap@1', flood, 'pour', '3000']);
  assert.equal(stderr.trimEnd().split('\n').length, 1001);
});
