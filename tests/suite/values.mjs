// Every type of the ABI there and back: from the application to a plugin, and on from that plugin to another one.

import { equal, returnsError } from './assert.mjs';
import { spawnServedClient } from './application.mjs';
import { echoOf, servers, spawnBoth, spawnServer } from './processes.mjs';

/** Values of each scalar type that come back as they went. */
const scalars = {
  bool: [false, true],
  u8: [0, 1, 127, 128, 255],
  s8: [0, -1, 127, -128],
  u16: [0, 1, 32_767, 32_768, 65_535],
  s16: [0, -1, 32_767, -32_768],
  u32: [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
  s32: [0, -1, 2 ** 31 - 1, -(2 ** 31)],
  u64: [0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n],
  s64: [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  f32: [0, -0, -1.5, 2 ** -149, 3.4028234663852886e38, Infinity, -Infinity, NaN],
  f64: [0, -0, 0.1, Number.MIN_VALUE, Number.MAX_VALUE, Infinity, -Infinity, NaN],
  char: ['\0', 'a', 'ß', '\ud7ff', '\ue000', '🦀', '\u{10ffff}'],
};

/** What lists of numbers arrive as. Those of other types arrive as arrays. */
export const arrayTypes = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
};

const texts = {
  'an empty string': '',
  'a string of one byte': 'x',
  'a string with more than ASCII': 'Grüße, 世界 🦀',
  'a string with zeros, line ends and a byte order mark': '\ufeff\0 and \r\n\u2028',
  'a string of one MiB': 'ab√'.repeat((1 << 20) / 5),
};

const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

/** The list of a type that the values make. */
const listOf = (type, values) => (type in arrayTypes ? arrayTypes[type].from(values) : values);

/** The cases on one road; `open` gives the functions of `test/echo@1`. */
function casesOn(road, open) {
  const cases = {};
  for (const [type, values] of Object.entries(scalars)) {
    cases[`every ${type} comes back as it went, ${road}`] = async (context) => {
      const echo = await open(context);
      for (const value of values) equal(await echo[`echo${capitalised(type)}`](value), value, `the ${type}`);
    };

    cases[`a list<${type}> comes back as it went, ${road}`] = async (context) => {
      const list = (await open(context))[`list${capitalised(type)}`];
      equal(await list(listOf(type, [])), listOf(type, []), 'an empty list');
      equal(await list(listOf(type, values)), listOf(type, values), 'a short list');
      const long = listOf(type, Array.from({ length: 100_003 }, (_, index) => values[index % values.length]));
      equal(await list(long), long, 'a long list');
      equal(await list(values), listOf(type, values), 'a plain array');
    };
  }

  for (const [kind, text] of Object.entries(texts)) {
    cases[`${kind} comes back as it went, ${road}`] = async (context) => {
      const echo = await open(context);
      equal(await echo.echoString(text), text, 'the string');
    };
  }

  Object.assign(cases, {
    [`half of a surrogate pair becomes a replacement character, ${road}`]: async (context) => {
      const echo = await open(context);
      equal(await echo.echoString('a\ud83e!'), 'a\ufffd!', 'the string');
    },

    [`a number that f32 cannot hold is rounded, ${road}`]: async (context) => {
      const echo = await open(context);
      equal(await echo.echoF32(0.1), Math.fround(0.1), 'the number');
    },

    [`an error's number comes back as it went, ${road}`]: async (context) => {
      const echo = await open(context);
      for (const number of [0, 1, 21, 256, 2 ** 32 - 1]) equal(await echo.echoError(number), number, 'the number');
    },

    [`a tuple comes back as an array, ${road}`]: async (context) => {
      const echo = await open(context);
      for (const [byte, text, long, list] of [
        [1, 'two', -3n, [4, 5]],
        [0, '', -(2n ** 63n), []],
        [255, '🦀'.repeat(1000), 2n ** 63n - 1n, [65_535]],
      ]) {
        equal(await echo.tuple(byte, text, long, Uint16Array.from(list)), [byte, text, long, Uint16Array.from(list)], 'the tuple');
      }
    },

    [`more arguments than fit in registers travel in memory, ${road}`]: async (context) => {
      const echo = await open(context);
      const lists = [Uint32Array.of(5, 2 ** 32 - 1), Float64Array.of(14.5, -0)];
      for (const values of [
        [1, -2n, 3.5, 'four', lists[0], true, 'g', -8.25, 9, -10, 'in memory', 2n ** 64n - 1n, -13, lists[1]],
        [0, 0n, 0, '', new Uint32Array(), false, '\0', 0, 0, 0, '', 0n, 0, new Float64Array()],
      ]) {
        equal(await echo.many(...values), values, 'the fourteen values');
      }
    },

    [`the ok side of a result is what the call gives, ${road}`]: async (context) => {
      const echo = await open(context);
      equal(await echo.resultEmpty(true), undefined, 'result');
      equal(await echo.resultValue(true), 2n ** 64n - 1n, 'result<u64>');
      equal(await echo.resultError(0), 7, 'result<u32, error>');
      equal(await echo.resultText(true, 'fine ✓'), 'fine ✓', 'result<string, string>');
      equal(await echo.resultText(true, ''), '', 'result<string, string>');
      equal(await echo.resultTuple(true), [200, -0.5], 'result<tuple<u8, f64>, u16>');
    },

    [`the error side of a result is thrown, ${road}`]: async (context) => {
      const echo = await open(context);
      await returnsError(() => echo.resultEmpty(false), undefined);
      await returnsError(() => echo.resultValue(false), undefined);
      for (const number of [7, 256, 2 ** 32 - 1]) await returnsError(() => echo.resultError(number), number);
      await returnsError(() => echo.resultText(false, 'not ✓'), 'not ✓');
      await returnsError(() => echo.resultText(false, ''), '');
      await returnsError(() => echo.resultTuple(false), 65_535);
    },

    [`a function of nothing gives undefined, ${road}`]: async (context) => {
      const echo = await open(context);
      equal(await echo.nothing(), undefined, 'nothing');
    },
  });
  return cases;
}

const cases = casesOn('through parity-client to the application', async (context) => echoOf(await spawnServedClient(context)));
for (const name of servers) {
  Object.assign(
    cases,
    casesOn(`to ${name}`, async (context) => echoOf(await spawnServer(context, {}, name))),
    casesOn(`through parity-client to ${name}`, async (context) => echoOf((await spawnBoth(context, name)).client)),
  );
  for (const check of ['scalars', 'texts', 'lists', 'results', 'tuples', 'handles', 'rights', 'failures']) {
    cases[`parity-client finds ${name} right: ${check}`] = async (context) => {
      const { client } = await spawnBoth(context, name);
      // What it finds wrong is a sentence on the error side.
      equal(await client.call(`test/check@1#${check}`), undefined, check);
    };
  }
}

export default cases;
