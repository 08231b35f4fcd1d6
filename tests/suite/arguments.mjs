// What the application may pass to a plugin, and what it is told when it passes something else.

import { equal, includes, ok, refused, thrown } from './assert.mjs';
import { countersOf, echoOf, spawnServer } from './processes.mjs';
import { arrayTypes } from './values.mjs';

const open = async (context) => echoOf(await spawnServer(context));

/** Values that a type refuses, and a part of what is said of each. */
const unfit = {
  bool: [
    [1, 'expected bool, got 1'],
    ['true', 'expected bool, got "true"'],
  ],
  u8: [
    [256, 'a whole number from 0 to 255, got 256'],
    [-1, 'got -1'],
    [1.5, 'got 1.5'],
    ['1', 'got "1"'],
    [1n, 'got 1'],
  ],
  s8: [
    [128, 'from -128 to 127'],
    [-129, 'from -128 to 127'],
  ],
  u16: [[65_536, 'from 0 to 65535']],
  s16: [[-32_769, 'from -32768 to 32767']],
  u32: [
    [2 ** 32, 'from 0 to 4294967295'],
    [-1, 'got -1'],
    [{}, 'got an object'],
  ],
  s32: [
    [2 ** 31, 'from -2147483648 to 2147483647'],
    [() => 1, 'got a function'],
  ],
  u64: [
    [1, 'u64, a bigint, got 1'],
    [-1n, 'u64, a bigint of 64 bits, got -1'],
    [2n ** 64n, 'a bigint of 64 bits'],
  ],
  s64: [[2n ** 63n, 's64, a bigint of 64 bits']],
  f32: [['1', 'f32, a number, got "1"']],
  f64: [[1n, 'f64, a number, got 1']],
  char: [
    ['', 'char, a string of one character, got ""'],
    ['ab', 'got "ab"'],
    ['\ud83e', 'a string of one character'],
    [65, 'got 65'],
  ],
  string: [
    [42, 'expected string, got 42'],
    [['a'], 'got an object (Array)'],
  ],
};

const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

const cases = {};

for (const [type, values] of Object.entries(unfit)) {
  cases[`what is no ${type} is refused before the call, in words that name the argument`] = async (context) => {
    const echo = await open(context);
    const name = `echo${capitalised(type)}`;
    for (const [value, part] of values) {
      await refused(() => echo[name](value), 'bad-argument', `argument value of test/echo@1#echo-${type}`, part);
    }
  };
}

Object.assign(cases, {
  'nothing is taken for a value that is missing': async (context) => {
    const echo = await open(context);
    for (const value of [undefined, null, Symbol('s')]) {
      const error = await thrown(() => echo.echoU32(value));
      equal(error.code, 'bad-argument', `what is said of ${String(value)}`);
      includes(error.message, 'a whole number from 0 to 4294967295');
    }
  },

  'too few and too many arguments are refused, with the signature': async (context) => {
    const echo = await open(context);
    await refused(() => echo.echoU8(), 'bad-argument', 'test/echo@1#echo-u8 takes 1 argument, got 0', 'func(value: u8) -> u8');
    await refused(() => echo.echoU8(1, 2), 'bad-argument', 'got 2');
    await refused(() => echo.nothing(undefined), 'bad-argument', 'takes 0 arguments, got 1');
  },

  'a function that is not there is refused, with those that are': async (context) => {
    const server = await spawnServer(context);
    for (const name of ['test/echo@1#no-such', 'constructor', '__proto__', 'toString', '', 'test/echo@1']) {
      const error = await refused(() => server.call(name), 'unknown-export', 'plugin parity-server exports no function', 'test/counter@1#alive');
      equal(error.process, 'parity-server');
    }
    await refused(() => server.interface('test/nothing@1'), 'unknown-export', 'does not export the interface test/nothing@1');
  },

  'a list may come from a part of a larger buffer, which stays what it was': async (context) => {
    const echo = await open(context);
    const buffer = new ArrayBuffer(1024);
    const bytes = new Uint8Array(buffer).map((_, index) => index * 7);
    new Uint8Array(buffer).set(bytes);
    for (const [type, ArrayType] of Object.entries(arrayTypes)) {
      if (type === 'f32' || type === 'f64') continue;
      const size = ArrayType.BYTES_PER_ELEMENT;
      for (const offset of [0, size, 3 * size]) {
        const part = new ArrayType(buffer, offset, 11);
        const back = await echo[`list${capitalised(type)}`](part);
        equal(back, part.slice(), `list<${type}> from byte ${offset}`);
        ok(back.buffer !== buffer, 'what comes back is memory of its own');
        ok(back.buffer.byteLength === 11 * size, 'and nothing but the list');
      }
    }
    for (const offset of [1, 2, 3, 5, 13]) equal(await echo.listU8(bytes.subarray(offset, offset + 100)), bytes.slice(offset, offset + 100));
    equal(new Uint8Array(buffer), bytes, 'the buffer');
  },

  'a list of bytes may come from pixels and from a buffer': async (context) => {
    const echo = await open(context);
    equal(await echo.listU8(Uint8ClampedArray.of(1, 300, -5)), Uint8Array.of(1, 255, 0));
    equal(await echo.listU8(Uint8ClampedArray.of(1, 2, 3, 4).subarray(1, 3)), Uint8Array.of(2, 3));
    equal(await echo.listU8(Uint8Array.of(7, 8).buffer), Uint8Array.of(7, 8));
    equal(await echo.listU8(new ArrayBuffer(0)), new Uint8Array());
  },

  'a list of characters may come from a string': async (context) => {
    const echo = await open(context);
    equal(await echo.listChar('a🦀ß'), ['a', '🦀', 'ß']);
    equal(await echo.listChar(''), []);
  },

  'what is no list of the type is refused, and so is a list with a wrong element': async (context) => {
    const echo = await open(context);
    await refused(() => echo.listU16(Uint8Array.of(1, 2)), 'bad-argument', 'expected list<u16>, Uint16Array');
    await refused(() => echo.listU8(Int8Array.of(1)), 'bad-argument', 'expected list<u8>, Uint8Array');
    await refused(() => echo.listS8(Uint8ClampedArray.of(1)), 'bad-argument', 'expected list<s8>, Int8Array');
    await refused(() => echo.listBool(Uint8Array.of(1)), 'bad-argument', 'expected list<bool>, an array');
    await refused(() => echo.listU64([1]), 'bad-argument', 'u64, a bigint, got 1');
    await refused(() => echo.listU8([1, 2, 256]), 'bad-argument', 'argument value of test/echo@1#list-u8', 'got 256');
    await refused(() => echo.listChar(['a', 'bc']), 'bad-argument', 'a string of one character, got "bc"');
    await refused(() => echo.listU8('text'), 'bad-argument', 'list<u8>', 'got "text"');
    await refused(() => echo.listU8(7), 'bad-argument', 'got 7');
    await refused(() => echo.listU8({ length: 1, 0: 1 }), 'bad-argument', 'got an object');
  },

  'a list that comes back can be had in an array of the caller': async (context) => {
    const server = await spawnServer(context);
    const into = new Uint8Array(10).fill(9);
    const filled = await server.call('test/echo@1#list-u8', [Uint8Array.of(1, 2, 3)], { into });
    equal(filled, Uint8Array.of(1, 2, 3));
    ok(filled.buffer === into.buffer, 'it is the filled part of that array');
    equal(into, Uint8Array.of(1, 2, 3, 9, 9, 9, 9, 9, 9, 9));

    const wide = new Uint32Array(4).subarray(1);
    equal(await server.call('test/echo@1#list-u32', [Uint32Array.of(5, 6)], { into: wide }), Uint32Array.of(5, 6));
    equal(new Uint32Array(wide.buffer), Uint32Array.of(0, 5, 6, 0));

    equal(await server.call('test/echo@1#list-u8', [new Uint8Array()], { into }), new Uint8Array(), 'an empty list');
    equal(await server.call('test/echo@1#list-u8', [Uint8Array.of(4)], { into: into.subarray(0, 1) }), Uint8Array.of(4), 'one that just fits');
  },

  'of several lists that come back the first goes into the array of the caller': async (context) => {
    const server = await spawnServer(context);
    const into = new Uint32Array(4);
    const values = [1, -2n, 3.5, 'four', Uint32Array.of(5, 6), true, 'g', -8.25, 9, -10, 'eleven', 12n, -13, Float64Array.of(14.5)];
    const results = await server.call('test/echo@1#many', values, { into });
    equal(results, values);
    ok(results[4].buffer === into.buffer && results[13].buffer !== into.buffer, 'one list there, the other elsewhere');
  },

  'an array that is too small for what comes back is an error that says so, and the plugin goes on': async (context) => {
    const server = await spawnServer(context);
    const into = new Uint8Array(2);
    await refused(
      () => server.call('test/echo@1#list-u8', [Uint8Array.of(1, 2, 3)], { into }),
      'bad-argument',
      'test/echo@1#list-u8 returned 3 bytes, more than `into` has room for',
    );
    equal(into, new Uint8Array(2), 'the array');
    equal(await server.call('test/echo@1#echo-u8', [1]), 1);
  },

  'a wrong argument after a handle leaves the handle with the caller': async (context) => {
    const counters = countersOf(await spawnServer(context));
    const counter = await counters.create(5);
    await refused(() => counters.increment(counter, 'two'), 'bad-argument', 'argument by of test/counter@1#increment');
    ok(counter.alive, 'the handle');
    equal(await counters.increment(counter, 2), 7);
    counter.release();
  },
});

export default cases;
