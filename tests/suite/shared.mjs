// What the application shares with a plugin because it says so: a memory that both use, constants, and modules that are no
// interfaces.

import { equal, ok, refused } from './assert.mjs';

const PAGE = 65_536;

const mathSignatures = `
  sin: func(x: f64) -> f64
  cos: func(x: f64) -> f64
  log: func(x: f64) -> f64
`;

/** Constants for constants.wat. */
const numbers = { 'test/host@1#small': 16, 'js#large': 2n ** 63n - 1n, 'js#single': 1.5, 'js#double': -0.1 };

/** A memory of the application's. */
const memoryOf = (initial, maximum) => new WebAssembly.Memory({ initial, maximum });

export default {
  'a plugin computes with Math, and writes where the application says, into a memory that both use': async ({ kernel, plugin }) => {
    const memory = memoryOf(1, 1);
    const math = kernel.provide('math', mathSignatures, Math);
    for (const offset of [1_024, 0, 4_096]) {
      new Uint8Array(memory.buffer).fill(0xee);
      const process = await kernel.spawn(await plugin('shared-memory'), {
        imports: { math },
        constants: { 'js#data_offset': offset },
        memory: { use: memory },
      });
      equal(await process.call('expensive_calc', [12, 34]), 80);
      const found = [...new Float64Array(memory.buffer, offset, 10)];
      equal(found, found.map((_, index) => Math.sin(12 + index) + Math.cos(34 * index) + Math.log(1 + index)), 'what it wrote');
      ok([...new Uint8Array(memory.buffer)].every((byte, at) => byte === 0xee || (at >= offset && at < offset + 80)), 'and nowhere else');
      equal(process.memoryBytes, PAGE);
      equal(process.usage().memory, { used: PAGE, limit: PAGE });
      process.kill();
    }
    equal(memory.buffer.byteLength, PAGE, 'it is still the application’s');
  },

  'what each of the three is missing is told by its name': async ({ kernel, plugin }) => {
    const bytes = await plugin('shared-memory');
    await refused(() => kernel.spawn(bytes, { name: 'calc' }), 'missing-grant', 'plugin `calc` asks for `math`, which nobody granted');
    const math = kernel.provide('math', mathSignatures, Math);
    await refused(() => kernel.spawn(bytes, { name: 'calc', imports: { math } }), 'missing-grant', 'plugin `calc` imports constants that nobody gave: `js#data_offset` (i32); give them in `constants`');
    const process = await kernel.spawn(bytes, { name: 'calc', imports: { math }, constants: { 'js#data_offset': 8 } });
    equal(await process.call('expensive_calc', [1, 2]), 80, 'in a memory of its own, if it is given none');
  },

  'two processes share a memory when each is given it, and a third has its own': async ({ kernel, plugin }) => {
    const memory = memoryOf(2, 4);
    const compiled = await kernel.compile(await plugin('bounded-memory'));
    const [first, second, third] = [
      await kernel.spawn(compiled, { memory: { use: memory } }),
      await kernel.spawn(compiled, { memory: { use: memory } }),
      await kernel.spawn(compiled),
    ];
    await first.call('put', [100, 42]);
    equal([await second.call('get', [100]), await third.call('get', [100])], [42, 0]);
    equal(new Uint32Array(memory.buffer)[25], 42);
    new Uint32Array(memory.buffer)[25] = 43;
    equal(await first.call('get', [100]), 43);
    equal(await first.call('grow', [1]), 2, 'it grows for all');
    equal([await second.call('size'), memory.buffer.byteLength / PAGE, await third.call('size')], [3, 3, 2]);
    equal([await second.call('grow', [2]), await second.call('grow', [1])], [-1, 3], 'as far as its maximum');
    first.kill();
    equal(await second.call('get', [100]), 43, 'who is left goes on');
    equal(second.usage().memory, { used: 4 * PAGE, limit: 4 * PAGE });
  },

  'strings and lists find their place in such a memory, also when it has grown': async (context) => {
    const { kernel, plugin } = context;
    const memory = memoryOf(1, 1);
    const lines = [];
    const env = kernel.provide('env', 'print_line: func(text: string)\ncount: func(a: s32, b: s64) -> s32', {
      print_line: (line) => void lines.push(line),
      count: () => 1,
    });
    const process = await kernel.spawn(await plugin('environment'), {
      imports: { env },
      signatures: 'import env print_line: func(text: string)',
      memory: { use: memory },
    });
    equal(await process.call('run'), 1);
    new Uint8Array(memory.buffer).set(new TextEncoder().encode('jolly'), 16);
    equal(await process.call('run'), 1);
    equal(lines, ['hello', 'jolly']);
  },

  'a memory that does not fit is refused with both sizes': async ({ kernel, plugin }) => {
    const bytes = await plugin('bounded-memory');
    const spawn = (use, more = {}) => kernel.spawn(bytes, { name: 'bounded', memory: { use, ...more } });
    await refused(() => spawn(memoryOf(1, 4)), 'bad-limit', 'plugin `bounded` needs 128 KiB of memory to start, and the one that it is to use has 64 KiB');
    await refused(() => spawn(memoryOf(2, 5)), 'bad-limit', 'may grow to 320 KiB', 'the maximum that the plugin declares is 256 KiB');
    await refused(() => spawn(memoryOf(2, 4), { maximum: 3 * PAGE }), 'bad-limit', 'may grow to 256 KiB', 'its limit, `memory.maximum`, is 192 KiB');
    await refused(() => spawn(new WebAssembly.Memory({ initial: 2 })), 'bad-limit', 'has no maximum', 'make it with `maximum`');
    await refused(async () => kernel.spawn(await plugin('greeter-1'), { name: 'none', memory: { use: memoryOf(1, 1) } }), 'bad-limit', 'plugin `none` has no memory, so it cannot use the one that was given');
    for (const use of [null, 1, {}, new ArrayBuffer(PAGE), 'memory', new Uint8Array(PAGE)]) {
      await refused(() => spawn(use), 'bad-argument', 'memory.use must be a WebAssembly.Memory');
    }
    equal(kernel.inspect().processes.length, 1, 'nothing is left of them');
    const whole = await spawn(memoryOf(2, 2));
    equal([await whole.call('size'), await whole.call('grow', [1])], [2, -1]);
    const limited = await kernel.spawn(bytes, { memory: { use: memoryOf(3, 4), maximum: 4 * PAGE } });
    equal(await limited.call('size'), 3);
  },

  'a memory that several threads share is refused': async ({ kernel, plugin }) => {
    let shared;
    try {
      shared = new WebAssembly.Memory({ initial: 2, maximum: 4, shared: true });
    } catch {
      // An engine that has none cannot be given one.
      return;
    }
    await refused(async () => kernel.spawn(await plugin('bounded-memory'), { memory: { use: shared } }), 'bad-limit', 'is none of 32 bits that one thread has alone');
  },

  'whatever its maximum is, it is found': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('environment'));
    const env = kernel.provide('env', 'print_line: func(a: s32, b: s32)\ncount: func(a: s32, b: s64) -> s32', { print_line() {}, count: () => 0 });
    for (const maximum of [1, 2, 3, 127, 128, 129, 16_383, 16_384, 16_385, 65_535, 65_536]) {
      const process = await kernel.spawn(compiled, { imports: { env }, memory: { use: memoryOf(1, maximum) } });
      equal(process.usage().memory.limit, maximum * PAGE);
      process.kill();
    }
  },

  'a process that is started again, or replaced, has the same memory and constants': async ({ kernel, plugin }) => {
    const memory = memoryOf(2, 4);
    const bytes = await plugin('bounded-memory');
    const process = await kernel.spawn(bytes, { memory: { use: memory } });
    await process.call('put', [100, 42]);
    await process.replace(bytes);
    equal(await process.call('get', [100]), 42);
  },

  'constants of every type are what was given': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('constants'));
    const process = await kernel.spawn(compiled, { constants: numbers });
    equal([await process.call('small'), await process.call('large'), await process.call('single'), await process.call('double')], [16, 2n ** 63n - 1n, 1.5, -0.1]);
    equal([await process.call('own'), await process.call('own')], [23, 39], 'its own globals are its own');
    equal(await process.call('at', [16]), 'h'.charCodeAt(0), 'where the constant says');
    const extremes = { 'test/host@1#small': -(2 ** 31), 'js#large': -(2n ** 63n), 'js#single': Infinity, 'js#double': NaN };
    await refused(() => kernel.spawn(compiled, { constants: extremes }), 'invalid-module', 'could not be instantiated');
    const other = await kernel.spawn(compiled, { constants: { ...extremes, 'test/host@1#small': 0 } });
    equal([await other.call('large'), await other.call('single'), await other.call('double')], [-(2n ** 63n), Infinity, NaN]);
    const unsigned = await kernel.spawn(compiled, { constants: { ...numbers, 'js#large': 2n ** 64n - 1n } });
    equal(await unsigned.call('large'), -1n);
  },

  'constants hold for trusted plugins too': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('constants'), { constants: numbers, metering: false });
    equal([await process.call('own'), await process.call('small')], [23, 16]);
  },

  'a constant that is missing, or of another type, is named with its type': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('constants'));
    const spawn = (constants) => kernel.spawn(compiled, { name: 'wanting', constants });
    await refused(() => spawn(undefined), 'missing-grant', '`test/host@1#small` (i32), `js#large` (i64), `js#single` (f32), `js#double` (f64)');
    const { 'js#large': _, ...without } = numbers;
    await refused(() => spawn(without), 'missing-grant', 'plugin `wanting` imports constants that nobody gave: `js#large` (i64)');
    await refused(() => spawn(Object.create(numbers)), 'missing-grant', '`js#large` (i64)');
    const wrong = {
      'test/host@1#small': [1.5, 2 ** 32, -(2 ** 31) - 1, NaN, '1', 1n, null, undefined, {}, true],
      'js#large': [1, 2n ** 64n, -(2n ** 63n) - 1n, '1', null, {}],
      'js#single': ['1', 1n, null, {}],
      'js#double': ['1', 1n, undefined, []],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        await refused(() => spawn({ ...numbers, [name]: value }), 'signature-mismatch', `plugin \`wanting\` imports the constant \`${name}\`, an `, 'and what was given is none');
      }
    }
    equal(kernel.inspect().processes.length, 1, 'nothing is left of them');
    const more = await spawn({ ...numbers, 'js#other': 'not asked for' });
    equal(await more.call('small'), 16);
  },

  'globals that could change, or are no numbers, are refused': async ({ kernel, plugin }) => {
    await refused(async () => kernel.compile(await plugin('mutable-global')), 'unknown-import', 'imports a mutable global `number` from `js`; a plugin imports functions, constants and one memory');
    await refused(async () => kernel.compile(await plugin('reference-global')), 'unknown-import', 'imports a global that is no number `thing` from `js`');
  },

  'what a plugin wants of the application is told before it runs': async ({ kernel, plugin }) => {
    const described = await kernel.describe(await plugin('shared-memory'));
    equal(described.constants, [{ name: 'js#data_offset', type: 'i32' }]);
    equal(described.imports.map(({ interface: from, name, signature, declared }) => [from, name, signature, declared]), ['sin', 'cos', 'log'].map((name) => ['math', name, 'func(p0: f64) -> f64', false]));
    const { constants } = await kernel.describe(await plugin('constants'));
    equal(constants.map(({ type }) => type), ['i32', 'i64', 'f32', 'f64']);
  },

  'numbers without a record take what the application declares, with or without a sign': async ({ kernel, plugin }) => {
    const bytes = await plugin('environment');
    const spawn = (signatures) => {
      const seen = [];
      const note = (answer) => (...values) => {
        seen.push(...values);
        return answer;
      };
      const env = kernel.provide('env', signatures, { print_line: note(undefined), count: note(7) });
      return { seen, process: kernel.spawn(bytes, { imports: { env } }) };
    };
    const signed = spawn('print_line: func(at: s32, length: s32)\ncount: func(a: s32, b: s64) -> s32');
    equal([await (await signed.process).call('run'), signed.seen], [7, [16, 5, -1, -1n]]);
    const unsigned = spawn('print_line: func(at: u32, length: u32)\ncount: func(a: u32, b: u64) -> u32');
    equal([await (await unsigned.process).call('run'), unsigned.seen], [7, [16, 5, 2 ** 32 - 1, 2n ** 64n - 1n]]);
    for (const wrong of ['func(a: u16, b: u64) -> u32', 'func(a: char, b: u64) -> u32', 'func(a: u32, b: u32) -> u32', 'func(a: u32, b: u64) -> bool', 'func(a: u32, b: u64)', 'func(a: u32, b: u64) -> f32']) {
      await refused(() => spawn(`print_line: func(at: u32, length: u32)\ncount: ${wrong}`).process, 'signature-mismatch', '`env#count` is imported as `func(s32, s64) -> s32`');
    }
  },

  'a module that is no interface is served by the application alone, under exactly its name': async ({ kernel, plugin }) => {
    const math = kernel.provide('math', mathSignatures, Math);
    const bytes = await plugin('shared-memory');
    const options = { name: 'calc', constants: { 'js#data_offset': 0 } };
    await refused(() => kernel.spawn(bytes, { ...options, imports: { Math: math } }), 'missing-grant', 'asks for `math`');
    const other = await kernel.spawn(await plugin('greeter-1'));
    await refused(() => kernel.spawn(bytes, { ...options, imports: { math: other } }), 'missing-grant', 'was granted as provider of `math`, but does not export it');
    await refused(() => kernel.spawn(bytes, { ...options, imports: { math: 'object' } }), 'missing-grant', '`math#sin` is no method');
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      await refused(async () => kernel.provide('math', `${name}: func() -> u32`, Math), 'bad-argument', 'has no method');
    }
    await refused(async () => kernel.provide('portcullis', 'sin: func()', Math), 'bad-metadata', 'is no interface name');
    await refused(async () => kernel.provide('math', 'thing: resource(1)', Math), 'bad-metadata', 'expected `func(…)`');
    await refused(async () => kernel.provide('math', 'sin: func(x: borrow<thing>)', Math), 'bad-metadata', 'a class needs its interface here');
    math.withdraw();
    await refused(() => kernel.spawn(bytes, { ...options, imports: { math } }), 'closed');
  },
};
