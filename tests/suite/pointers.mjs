// Addresses and lengths that a plugin passes, and what it returns: allegations until they were checked.

import { equal, includes, ok, refused, thrown } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { inspected } from './processes.mjs';

const PAGE = 65_536;
const TOP = 2 ** 32;

/** pointers.wat, with an application that notes what reaches it. `pass` gives the name of the error, or what arrived. */
async function open(context) {
  const { kernel, plugin, errorCodes } = context;
  let arrived = [];
  const note = (value) => void arrived.push(value);
  const signatures = `
    text: func(text: string)
    bytes: func(list: list<u8>)
    words: func(list: list<u32>)
    longs: func(list: list<f64>)
    flags: func(list: list<bool>)
    characters: func(list: list<char>)
    character: func(one: char)
    flag: func(one: bool)
    two: func() -> tuple<u32, u64>`;
  const methods = { two: () => [1, 2n] };
  for (const name of ['text', 'bytes', 'words', 'longs', 'flags', 'characters', 'character', 'flag']) methods[name] = note;
  const sink = kernel.provide('test/sink@1', signatures, methods);
  const process = await kernel.spawn(await plugin('pointers'), { name: 'pointers', imports: { 'test/sink@1': sink } });
  const pointers = process.interface('test/pointers@1');
  const pass = async (name, ...values) => {
    arrived = [];
    const code = await pointers[name](...values);
    equal(arrived.length, code === 0 && name !== 'two' ? 1 : 0, 'calls of the application');
    return code === 0 ? arrived[0] : errorCodes.find(({ number }) => number === code).name;
  };
  return { process, pass, store: (address, value) => pointers.store(address, value) };
}

const openBad = async ({ kernel, plugin }) => {
  const process = await kernel.spawn(await plugin('bad-results'), { name: 'bad' });
  return { process, bad: process.interface('test/bad@1') };
};

/** Says that a call gives an error that blames the plugin, which goes on. */
async function badResult(process, name, values, ...parts) {
  const error = await refused(() => process.call(`test/bad@1#${name}`, values), 'bad-result', 'plugin bad returned', `test/bad@1#${name}`, ...parts);
  equal([error.process, error.function], ['bad', `test/bad@1#${name}`]);
  ok(process.alive, 'it goes on');
}

export default {
  'what lies in memory to its last byte arrives': async (context) => {
    const { pass, store } = await open(context);
    await store(PAGE - 4, 0x44_43_42_41);
    equal(await pass('text', PAGE - 4, 4), 'ABCD');
    equal(await pass('bytes', PAGE - 1, 1), Uint8Array.of(0x44));
    equal(await pass('words', PAGE - 4, 1), Uint32Array.of(0x44_43_42_41));
    equal(await pass('bytes', 0, PAGE), Object.assign(new Uint8Array(PAGE), { [PAGE - 4]: 0x41, [PAGE - 3]: 0x42, [PAGE - 2]: 0x43, [PAGE - 1]: 0x44 }));
    equal(await pass('longs', PAGE - 64, 7), new Float64Array(7));
  },

  'nothing is nothing, at the end of memory too': async (context) => {
    const { pass } = await open(context);
    for (const address of [0, 1, 8, PAGE - 8, PAGE]) equal([await pass('text', address, 0), await pass('bytes', address, 0)], ['', new Uint8Array()], `address ${address}`);
    equal(await pass('words', PAGE, 0), new Uint32Array());
  },

  'what reaches out of memory, or round its end, is refused': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { process, pass } = await open(context);
        for (const [address, length] of [
          [PAGE - 3, 4],
          [PAGE, 1],
          [PAGE + 1, 1],
          [0, PAGE + 1],
          [TOP - 1, 1],
          [TOP - 1, 2],
          [TOP - 4, 8],
          [8, TOP - 8],
          [16, TOP - 1],
          [TOP - 1, TOP - 1],
        ]) {
          for (const name of ['text', 'bytes']) {
            const code = await pass(name, address, length);
            ok(code === 'bad-pointer' || (length > 2 ** 30 && code === 'too-long'), `${name} at ${address}, ${length} long: ${String(code)}`);
          }
        }
        for (const [address, count] of [
          [PAGE - 4, 2],
          [0, PAGE / 4 + 1],
          [0, 2 ** 30],
          [4, 2 ** 30 + 1],
          [TOP - 4, 1],
          [TOP - 4, 2],
        ]) {
          const code = await pass('words', address, count);
          ok(code === 'bad-pointer' || (count >= 2 ** 28 && code === 'too-long'), `${count} words at ${address}: ${String(code)}`);
        }
        process.kill();
      },
      9,
    ),

  'lists that are not aligned are refused': async (context) => {
    const { pass } = await open(context);
    for (const offset of [1, 2, 3]) equal(await pass('words', 64 + offset, 1), 'bad-pointer', `at an offset of ${offset}`);
    for (const offset of [1, 2, 4, 7]) equal(await pass('longs', 64 + offset, 1), 'bad-pointer', `at an offset of ${offset}`);
    equal(await pass('characters', 66, 1), 'bad-pointer');
    equal([await pass('words', 68, 1), await pass('longs', 72, 1), await pass('bytes', 65, 1)], [Uint32Array.of(0), Float64Array.of(0), Uint8Array.of(0)]);
  },

  'text that is no UTF-8 is refused': async (context) => {
    const { pass, store } = await open(context);
    for (const [word, length] of [
      [0xff, 1],
      [0x80, 1],
      [0xc3, 1],
      [0x28c3, 2],
      [0x80c0, 2],
      [0x80_a0_ed, 3],
      [0x80_80_90_f4, 4],
      [0x9f_f0, 2],
    ]) {
      await store(64, word);
      equal(await pass('text', 64, length), 'bad-utf8', `0x${word.toString(16)}`);
    }
    await store(64, 0x80_a6_9f_f0);
    await store(68, 0x00_bf_bb_ef);
    equal([await pass('text', 64, 4), await pass('text', 64, 8)], ['\u{1f980}', '\u{1f980}\ufeff\0']);
  },

  'what is no character is refused, alone and in lists': async (context) => {
    const { pass, store } = await open(context);
    for (const point of [0xd800, 0xdfff, 0x11_0000, 0x7fff_ffff, 0xffff_ffff]) {
      equal(await pass('character', point), 'bad-char', `0x${point.toString(16)}`);
      await store(64, 0x61);
      await store(68, point);
      equal(await pass('characters', 64, 2), 'bad-char', `0x${point.toString(16)} in a list`);
    }
    for (const point of [0, 0xd7ff, 0xe000, 0x10_ffff]) equal(await pass('character', point), String.fromCodePoint(point));
  },

  'a flag is any number, but in lists it is 0 or 1': async (context) => {
    const { pass, store } = await open(context);
    equal([await pass('flag', 0), await pass('flag', 1), await pass('flag', 2), await pass('flag', 0x100)], [false, true, true, true]);
    await store(64, 0x00_01_01_00);
    equal(await pass('flags', 64, 4), [false, true, true, false]);
    await store(64, 0x02_01);
    equal(await pass('flags', 64, 2), 'bad-char');
  },

  'a place for results that is not in memory, or not aligned, is refused before the call': async (context) => {
    const { pass } = await open(context);
    for (const address of [PAGE - 8, PAGE, TOP - 16, TOP - 8, TOP - 1, 65, 68]) equal(await pass('two', address), 'bad-pointer', `address ${address}`);
    equal(await pass('two', PAGE - 16), undefined);
  },

  'results that do not lie in memory are an error that blames the plugin': (context) =>
    besideANeighbour(context, async () => {
      const { process, bad } = await openBad(context);
      for (const address of [PAGE, PAGE - 4, TOP - 8, TOP - 4]) {
        for (const name of ['text', 'bytes', 'words', 'either']) await badResult(process, name, [address], 'that func(');
      }
      for (const [address, length] of [
        [PAGE - 1, 2],
        [TOP - 1, 1],
        [TOP - 1, 2],
        [16, TOP - 1],
        [0, PAGE + 1],
      ]) {
        await bad.put(64, address);
        await bad.put(68, length);
        for (const name of ['text', 'bytes']) await badResult(process, name, [64]);
      }
      process.kill();
    }),

  'results that are not aligned are an error that blames the plugin': async (context) => {
    const { process, bad } = await openBad(context);
    for (const address of [65, 66, 67]) await badResult(process, 'text', [address]);
    await bad.put(68, 2);
    for (const address of [129, 130, 131]) {
      await bad.put(64, address);
      await badResult(process, 'words', [64]);
      equal(await bad.bytes(64), new Uint8Array(2));
    }
    await bad.put(64, 132);
    equal(await bad.words(64), new Uint32Array(2));
  },

  'results that are not of their type are an error that blames the plugin': async (context) => {
    const { process, bad } = await openBad(context);
    await bad.put(64, 128);
    await bad.put(68, 1);
    for (const word of [0xff, 0x80, 0xc3]) {
      await bad.put(128, word);
      await badResult(process, 'text', [64]);
    }
    for (const point of [0xd800, 0x11_0000, 0xffff_ffff]) {
      await badResult(process, 'character', [point]);
      await bad.put(128, point);
      await badResult(process, 'characters', [64]);
    }
    await bad.put(128, 2);
    await badResult(process, 'flags', [64]);
    for (const tag of [2, 3, 0x100, 0xffff_ffff]) await badResult(process, 'plain', [tag]);
    await bad.put(192, 2);
    await badResult(process, 'either', [192]);
    await bad.put(192, 1);
    await bad.put(196, TOP - 1);
    await bad.put(200, 5);
    await badResult(process, 'either', [192]);
  },

  'numbers that are wider than their type are cut to it': async (context) => {
    const { bad } = await openBad(context);
    equal([await bad.flag(0), await bad.flag(2), await bad.flag(0x100)], [false, true, true]);
    equal([await bad.small(0x1ff), await bad.small(0x80), await bad.small(0x7f)], [-1, -128, 127]);
  },

  'a result that is no capability is an error that blames the plugin': async (context) => {
    const { process, bad } = await openBad(context);
    for (const cap of [0, 1, 7, TOP - 1]) await badResult(process, 'own', [cap]);
    await bad.put(64, 1);
    await bad.put(68, 99);
    await badResult(process, 'maybe', [64]);
    await bad.put(64, 2);
    await badResult(process, 'maybe', [64]);
    await bad.put(64, 0);
    equal(await bad.maybe(64), undefined);
    const thing = await bad.own(await bad.make());
    equal(thing.class, 'test/bad@1.thing');
    thing.release();
    equal(await bad.ended(), 1);
  },

  'of two results that are capabilities none moves when one is bad': async (context) => {
    const { kernel } = context;
    const { process, bad } = await openBad(context);
    const cap = await bad.make();
    for (const pair of [
      [cap, 99],
      [99, cap],
      [cap, cap],
    ]) {
      await bad.put(64, pair[0]);
      await bad.put(68, pair[1]);
      await badResult(process, 'both', [64]);
      equal(inspected(kernel, process).capabilities.map(({ cap: held, count }) => [held, count]), [[cap, 1]]);
      equal(kernel.inspect().transfers, 0);
    }
    await bad.put(68, await bad.make());
    await bad.put(64, cap);
    const things = await bad.both(64);
    equal(things.map(({ alive }) => alive), [true, true]);
    for (const thing of things) thing.release();
    equal(await bad.ended(), 2);
  },

  'a capability that came with a bad list is not lost between plugin and application': async (context) => {
    const { kernel } = context;
    const { process, bad } = await openBad(context);
    const cap = await bad.make();
    await bad.put(64, 128);
    await bad.put(68, 1);
    await bad.put(72, cap);
    await bad.put(128, 0xd800);
    await badResult(process, 'pair', [64]);
    equal(kernel.inspect().transfers, 0, 'transfers');
    equal(kernel.inspect().processes[0].capabilities, [], 'what the application holds');
    await bad.put(128, 0x61);
    equal([inspected(kernel, process).capabilities.length, await bad.ended()], [1, 0], 'the plugin has kept it');
    const [list, thing] = await bad.pair(64);
    equal(list, ['a']);
    thing.release();
    equal(await bad.ended(), 1);
  },

  'a capability that came with a list for which there is no room is released': async (context) => {
    const { kernel } = context;
    const { process, bad } = await openBad(context);
    await bad.put(64, 128);
    await bad.put(68, 2);
    await bad.put(72, await bad.make());
    await refused(() => process.call('test/bad@1#numbers', [64], { into: new Uint32Array(1) }), 'bad-argument', 'returned 8 bytes, more than `into` has room for');
    equal([kernel.inspect().transfers, kernel.inspect().objects], [0, 0]);
    equal(await bad.ended(), 1);
    await refused(() => process.call('test/bad@1#pair', [64], { into: new Uint32Array(1) }), 'bad-argument', '`into` takes a list of numbers');
  },

  'a plugin is told that its results were taken, once a call, unless they were bad': async (context) => {
    const { process, bad } = await openBad(context);
    await bad.put(64, 128);
    await bad.put(68, 0);
    for (let call = 1; call <= 3; call++) {
      equal(await bad.text(64), '');
      equal(await bad.posts(), call);
    }
    await badResult(process, 'text', [TOP - 8]);
    equal(await bad.posts(), 3);
    includes((await thrown(() => bad.text(1, 2))).message, 'takes 1 argument, got 2');
  },
};
