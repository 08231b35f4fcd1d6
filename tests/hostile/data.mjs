// Plugins that attack with addresses, lengths, texts and allocators: entries 27 to 30 of the catalogue.

import { attack, carriedOn, failed, killed, told, wat } from './attack.mjs';
import { equal } from './stage.mjs';

const PAGE = 65_536;
const TOP = 2 ** 32;

const attacks = [];

// 27

const types = { text: ['string', 1], bytes: ['list<u8>', 1], flags: ['list<bool>', 1], words: ['list<u32>', 4], characters: ['list<char>', 4], longs: ['list<f64>', 8] };

const sinkSignatures = `
  ${Object.entries(types).map(([name, [type]]) => `${name}: func(${type === 'string' ? 'text' : 'list'}: ${type})`).join('\n  ')}
  character: func(one: char)
  flag: func(one: bool)
  two: func() -> tuple<u32, u64>`;

/** Takes what it is given, and counts it. */
const sinkPlugin = wat('sink', `
${Object.entries(types).map(([name, [type]]) => `;;@ export test/sink@1 ${name}: func(${type === 'string' ? 'text' : 'list'}: ${type})`).join('\n')}
;;@ export test/sink@1 character: func(one: char)
;;@ export test/sink@1 flag: func(one: bool)
;;@ export test/sink@1 two: func() -> tuple<u32, u64>
;;@ export test/sink@1 calls: func() -> u32
;;@ export test/sink@1 allocations: func() -> u32
(module
  (memory 4)
  (global $calls (mut i32) (i32.const 0))
  (global $allocations (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
    (i32.const 1024))
  (func $count (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
  ${Object.keys(types).map((name) => `(func (export "test/sink@1#${name}") (param i32 i32) (call $count))`).join('\n  ')}
  (func (export "test/sink@1#character") (param i32) (call $count))
  (func (export "test/sink@1#flag") (param i32) (call $count))
  (func (export "test/sink@1#two") (result i32) (call $count) (i32.const 16))
  (func (export "test/sink@1#calls") (result i32) (global.get $calls))
  (func (export "test/sink@1#allocations") (result i32) (global.get $allocations)))`);

/** What takes what pointers.wat passes: the application, or a plugin. `arrived` counts it. */
const takers = {
  async 'the application'(stage) {
    let count = 0;
    const note = () => void (count += 1);
    const methods = { two: () => (note(), [1, 2n]), character: note, flag: note };
    for (const name of Object.keys(types)) methods[name] = note;
    return { provider: stage.provide('test/sink@1', sinkSignatures, methods), arrived: async () => count };
  },
  async 'a plugin'(stage) {
    const process = await stage.spawn(sinkPlugin, { name: 'sink' });
    return { provider: process, arrived: () => process.call('test/sink@1#calls') };
  },
};

async function openPointers(stage, taker) {
  const { provider, arrived } = await takers[taker](stage);
  const process = await stage.spawn('pointers', { imports: { 'test/sink@1': provider } });
  const pointers = process.interface('test/pointers@1');
  return { process, pointers, arrived };
}

/** What addresses and counts a list of elements of a size is told, by what is said of them. */
function places(size) {
  const all = {
    'to the last byte': ['no error', [[PAGE - size, 1], [0, PAGE / size], [PAGE - 8 * size, 8]]],
    'with nothing in it, wherever memory is': ['no error', [[0, 0], [size, 0], [PAGE - size, 0], [PAGE, 0]]],
    'with one element too many': ['bad-pointer', [[PAGE - size, 2], [PAGE, 1], [0, PAGE / size + 1]]],
    'at an address that wraps': ['bad-pointer', [[TOP - size, 1], [TOP - size, 2], [TOP - 8, 8 / size + 1]]],
    'of a length that wraps': ['too-long', [[16, Math.floor((TOP - 16) / size)], [8, TOP / size - 1], ...(size === 1 ? [] : [[8, TOP / size], [8, TOP / size + 1], [8, TOP - 1]])]],
  };
  if (size > 1) all['that is not aligned'] = ['bad-pointer', [...Array(size - 1).keys()].map((offset) => [64 + offset + 1, 1])];
  return all;
}

for (const [name, [type, size]] of Object.entries(types)) {
  for (const [what, [code, pairs]] of Object.entries(places(size))) {
    attacks.push(
      attack(27, `${type} ${what}`, {
        expect: code === 'no error' ? carriedOn(pairs.map(() => 0).concat(pairs.map(() => 0))) : told(code),
        async run(stage) {
          const numbers = [];
          for (const taker of Object.keys(takers)) {
            const { pointers, arrived } = await openPointers(stage, taker);
            for (const [address, count] of pairs) numbers.push(await pointers[name](address, count));
            equal(await arrived(), code === 'no error' ? pairs.length : 0, `what reached ${taker}`);
          }
          return numbers;
        },
      }),
    );
  }
}

for (const taker of Object.keys(takers)) {
  attacks.push(
    attack(27, `a place for results that is none, in a call of ${taker}`, {
      expect: told('bad-pointer'),
      async run(stage) {
        const { pointers, arrived } = await openPointers(stage, taker);
        const numbers = [];
        for (const address of [PAGE - 8, PAGE, PAGE + 8, TOP - 16, TOP - 8, TOP - 1, 65, 66, 68]) numbers.push(await pointers.two(address));
        equal(await arrived(), 0, 'calls');
        return numbers;
      },
    }),
    attack(27, `a place for results at the very end, in a call of ${taker}`, {
      expect: carriedOn(0),
      async run(stage) {
        const { pointers } = await openPointers(stage, taker);
        return pointers.two(PAGE - 16);
      },
    }),
    attack(27, `a place for results over the status word, in a call of ${taker}`, {
      expect: carriedOn([1, 0]),
      async run(stage) {
        const { pointers } = await openPointers(stage, taker === 'a plugin' ? 'the application' : taker);
        // The status word is at 8. What stands there is the plugin's own business.
        const seen = await pointers.two(8);
        return [seen, await pointers.text(0, 0)];
      },
    }),
  );
}

const results = {
  'a text that reaches out of memory': ['text', PAGE - 1, 2],
  'a text whose address wraps': ['text', TOP - 1, 2],
  'a text whose length wraps': ['text', 16, TOP - 1],
  'bytes one too many': ['bytes', 0, PAGE + 1],
  'words that are not aligned': ['words', 130, 1],
  'words whose length wraps': ['words', 128, TOP / 4],
  'flags that are none': ['flags', 192, 1],
  'characters that are none': ['characters', 192, 1],
};

for (const [what, [name, address, length]] of Object.entries(results)) {
  attacks.push(
    attack(27, `${what} as a result`, {
      expect: failed('bad-result', { process: 'attacker', function: `test/bad@1#${name}` }, `plugin attacker returned something from test/bad@1#${name} that`, 'does not allow'),
      async run(stage) {
        const process = await stage.spawn('bad-results');
        const bad = process.interface('test/bad@1');
        await bad.put(192, 0xffff_ffff);
        await bad.put(64, address);
        await bad.put(68, length);
        return bad[name](64);
      },
    }),
  );
}

for (const address of [PAGE, PAGE - 4, TOP - 8, TOP - 1, 65, 66, 67]) {
  attacks.push(
    attack(27, `results at ${address}`, {
      expect: failed('bad-result', { process: 'attacker', function: 'test/bad@1#text' }, 'plugin attacker returned something from test/bad@1#text that'),
      run: async (stage) => (await stage.spawn('bad-results')).call('test/bad@1#text', [address]),
    }),
  );
}

// 28

/**
 * An allocator that does what it is told, and functions that need it in both directions. What it does: 0 gives the address; 1 traps;
 * 2 grows memory by two pages and gives the first new byte; 3 calls the application first; 4 calls itself; 5 throws; 6 loops;
 * 7 fills its memory first; 8 releases number 1; 9 uses whatever stands in its frame's place.
 */
const allocator = wat('liar', `
;;@ import test/host@1 act: func()
;;@ import test/words@1 words: func() -> list<u32>
;;@ export test/liar@1 thing: resource(5)
;;@ export test/liar@1 mode: func(kind: u32, address: u32)
;;@ export test/liar@1 take: func(list: list<u32>) -> u32
;;@ export test/liar@1 two: func(first: list<u32>, second: list<u32>) -> tuple<u32, u32>
;;@ export test/liar@1 keep: func(list: list<u32>, thing: own<thing>) -> u32
;;@ export test/liar@1 fetch: func() -> tuple<u32, u32>
;;@ export test/liar@1 make: func() -> own<thing>
;;@ export test/liar@1 calls: func() -> u32
;;@ export test/liar@1 ended: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (import "test/words@1" "words" (func $words (param i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1 16)
  (tag $exception)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kind (mut i32) (i32.const 0))
  (global $address (mut i32) (i32.const 1024))
  (global $calls (mut i32) (i32.const 0))
  (global $ended (mut i32) (i32.const 0))
  (func (export "test/liar@1#[dtor]thing") (param i32) (global.set $ended (i32.add (global.get $ended) (i32.const 1))))
  (func (export "test/liar@1#ended") (result i32) (global.get $ended))
  (func (export "test/liar@1#calls") (result i32) (global.get $calls))
  (func (export "test/liar@1#make") (result i32) (call $create (i32.const 1) (i32.const 5)))
  (func (export "test/liar@1#mode") (param i32 i32)
    (global.set $kind (local.get 0))
    (global.set $address (local.get 1)))
  (func $sum (param $address i32) (param $count i32) (result i32)
    (local $sum i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $address))))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func (export "test/liar@1#take") (param i32 i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $sum (local.get 0) (local.get 1)))
  (func (export "test/liar@1#keep") (param i32 i32 i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (drop (call $release (local.get 2)))
    (call $sum (local.get 0) (local.get 1)))
  (func (export "test/liar@1#two") (param i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 512) (call $sum (local.get 0) (local.get 1)))
    (i32.store (i32.const 516) (call $sum (local.get 2) (local.get 3)))
    (i32.const 512))
  ;; The error of a call that gives words, and their sum.
  (func (export "test/liar@1#fetch") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (i64.store (i32.const 520) (i64.const 0))
    (call $words (i32.const 520))
    (i32.store (i32.const 512) (i32.load (i32.const 8)))
    (i32.store (i32.const 516) (call $sum (i32.load (i32.const 520)) (i32.load (i32.const 524))))
    (i32.const 512))
  (func $allocate (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 (global.get $kind)))
    (return (global.get $address)))
    (unreachable))
    (return (i32.shl (memory.grow (i32.const 2)) (i32.const 16))))
    (call $act)
    (return (global.get $address)))
    (return (i32.add (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 1))))
    (throw $exception))
    (loop $for-ever (br $for-ever)))
    (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))
    (return (global.get $address)))
    (drop (call $release (i32.const 1)))
    (global.get $address)))`);

async function openLiar(stage, kind, { address = 1024, act = () => {}, words = () => Uint32Array.of(1, 2, 3), options } = {}) {
  const imports = {
    'test/host@1': stage.provide('test/host@1', 'act: func()', { act }),
    'test/words@1': stage.provide('test/words@1', 'words: func() -> list<u32>', { words }),
  };
  const process = await stage.spawn(allocator, { imports, ...options });
  const liar = process.interface('test/liar@1');
  await liar.mode(kind, address);
  return { process, liar };
}

/** Passes a list of words on to whom it was granted; gives the error. */
const caller = wat('words-caller', `
;;@ import test/liar@1 take: func(list: list<u32>) -> u32
;;@ import test/liar@1 calls: func() -> u32
;;@ export test/caller@1 call: func() -> tuple<u32, u32>
(module
  (import "test/liar@1" "take" (func $take (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (data (i32.const 64) "\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00")
  (func (export "test/caller@1#call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (i32.store (i32.const 20) (call $take (i32.const 64) (i32.const 3)))
    (i32.store (i32.const 16) (i32.load (i32.const 8)))
    (i32.const 16)))`);

const words = Uint32Array.of(1, 2, 3);

/** Addresses that an allocator may give for twelve bytes, and that are no memory for them. */
const lies = { 'one word too far': PAGE - 8, 'the end': PAGE, 'beyond the end': PAGE + 4096, 'the last address': TOP - 4, 'an address that wraps': TOP - 12, nothing: 0, 'an odd address': 1025, 'half a word': 1026 };

for (const [what, address] of Object.entries(lies)) {
  attacks.push(
    attack(28, `an allocator that gives ${what}, to the web app’s call`, {
      expect: failed('no-memory', { process: 'attacker', function: 'test/liar@1#take' }, 'test/liar@1#take of plugin attacker could not be called'),
      async run(stage) {
        const { liar } = await openLiar(stage, 0, { address });
        try {
          return await liar.take(words);
        } finally {
          equal(await liar.calls(), 0, 'calls that arrived');
        }
      },
    }),
    attack(28, `an allocator that gives ${what}, to a plugin’s call`, {
      expect: told('no-memory'),
      async run(stage) {
        const { process, liar } = await openLiar(stage, 0, { address });
        const asking = await stage.spawn(caller, { name: 'caller', imports: { 'test/liar@1': process } });
        const [code] = await asking.call('test/caller@1#call');
        equal(await liar.calls(), 0, 'calls that arrived');
        return code;
      },
    }),
    attack(28, `an allocator that gives ${what}, for what its plugin asked for`, {
      expect: told('no-memory'),
      async run(stage) {
        const { liar } = await openLiar(stage, 0, { address });
        const [code] = await liar.fetch();
        return code;
      },
    }),
  );
}

/** What an allocator may do that ends its plugin: the reason's code, and what is said. */
const deadly = {
  'that traps': [1, 'trapped', 'trapped in'],
  'that calls itself without end': [4, 'overflow', 'used up the stack in'],
  'that throws': [5, 'trapped', 'threw an exception in'],
};

for (const [what, [kind, code, says]] of Object.entries(deadly)) {
  const blame = (name) => ({ process: 'attacker', code, function: `test/liar@1#${name}`, says: [says, `\`test/liar@1#${name}\``] });
  attacks.push(
    attack(28, `an allocator ${what}, in the web app’s call`, {
      expect: killed(blame('take'), { caller: 'trapped' }),
      async run(stage) {
        const { liar } = await openLiar(stage, kind);
        return liar.take(words);
      },
    }),
    attack(28, `an allocator ${what}, in a plugin’s call`, {
      expect: killed(blame('take'), { told: 'trapped' }),
      async run(stage) {
        const { process } = await openLiar(stage, kind);
        const asking = await stage.spawn(caller, { name: 'caller', imports: { 'test/liar@1': process } });
        return (await asking.call('test/caller@1#call'))[0];
      },
    }),
    attack(28, `an allocator ${what}, for what its plugin asked for`, {
      expect: killed(blame('fetch'), { caller: 'trapped' }),
      async run(stage) {
        const { liar } = await openLiar(stage, kind);
        return liar.fetch();
      },
    }),
    attack(28, `an allocator ${what}, with an owned argument beside the list`, {
      expect: killed({ ...blame('keep'), says: [says] }, { caller: 'trapped' }),
      async run(stage) {
        const { liar } = await openLiar(stage, 0);
        const thing = stage.hold(await liar.make());
        await liar.mode(kind, 1024);
        return liar.keep(words, thing);
      },
    }),
  );
}

attacks.push(
  attack(28, 'an allocator that gives one place twice', {
    expect: carriedOn([[15, 15], true]),
    async run(stage) {
      const { liar, process } = await openLiar(stage, 0);
      return [await liar.two(words, Uint32Array.of(4, 5, 6)), process.alive];
    },
  }),
  attack(28, 'an allocator that gives the place of the status word', {
    expect: carriedOn([6, 0]),
    async run(stage) {
      const { liar } = await openLiar(stage, 0, { address: 8 });
      return [await liar.take(words), (await liar.fetch())[0] === 1 ? 0 : 1];
    },
  }),
  attack(28, 'an allocator that grows memory each time', {
    expect: carriedOn([6, 499_500, 5 * PAGE]),
    async run(stage) {
      const { liar, process } = await openLiar(stage, 2);
      return [await liar.take(words), await liar.take(Uint32Array.from({ length: 1_000 }, (_, index) => index)), process.memoryBytes];
    },
  }),
  attack(28, 'an allocator that grows memory until it cannot', {
    expect: failed('no-memory', { process: 'attacker', function: 'test/liar@1#take' }, 'test/liar@1#take of plugin attacker could not be called'),
    async run(stage) {
      const { liar, process } = await openLiar(stage, 2);
      for (let count = 0; count < 7; count++) await liar.take(words);
      equal(process.memoryBytes, 15 * PAGE);
      return liar.take(words);
    },
  }),
  attack(28, 'an allocator that fills its memory first', {
    expect: carriedOn(6),
    run: async (stage) => (await openLiar(stage, 7)).liar.take(words),
  }),
  attack(28, 'an allocator that calls the application, which calls it back with lists', {
    expect: carriedOn([6, [10, 11]]),
    async run(stage) {
      const inner = [];
      let nested = 2;
      const open = await openLiar(stage, 3, {
        act() {
          if (nested-- > 0) inner.push(open.liar.take(Uint32Array.of(10, nested)));
        },
      });
      const outer = await open.liar.take(words);
      return [outer, (await Promise.all(inner)).sort((a, b) => a - b)];
    },
  }),
  attack(28, 'an allocator that calls the application, which throws', {
    expect: carriedOn([6, 1]),
    async run(stage) {
      const { liar } = await openLiar(stage, 3, {
        act() {
          throw new Error('not so');
        },
      });
      return [await liar.take(words), stage.failures().length];
    },
  }),
  attack(28, 'an allocator that calls the application, which ends its plugin', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: while it allocated'] }, { caller: 'trapped' }),
    async run(stage) {
      const open = await openLiar(stage, 3, { act: () => open.process.kill('while it allocated') });
      return open.liar.take(words);
    },
  }),
  attack(28, 'an allocator that calls the application, which ends the plugin that called', {
    expect: killed({ process: 'caller', code: 'killed', function: undefined, says: ['was stopped: while it waited'] }, { caller: 'trapped' }),
    async run(stage) {
      let asking;
      const { process, liar } = await openLiar(stage, 3, { act: () => asking.kill('while it waited') });
      asking = await stage.spawn(caller, { name: 'caller', imports: { 'test/liar@1': process } });
      try {
        return await asking.call('test/caller@1#call');
      } finally {
        // The one that was called has done its work, and goes on.
        equal(await liar.calls(), 1);
      }
    },
  }),
  attack(28, 'an allocator that releases the thing that arrives beside the list', {
    expect: carriedOn([6, 1, 1]),
    async run(stage) {
      const { liar } = await openLiar(stage, 0);
      const thing = stage.hold(await liar.make());
      await liar.mode(8, 1024);
      return [await liar.keep(words, thing), await liar.calls(), await liar.ended()];
    },
  }),
  attack(28, 'an allocator that gives no memory leaves the thing beside the list where it was', {
    expect: failed('no-memory', { process: 'attacker', function: 'test/liar@1#keep' }, 'test/liar@1#keep of plugin attacker could not be called'),
    async run(stage) {
      const { liar } = await openLiar(stage, 0);
      const thing = stage.hold(await liar.make());
      await liar.mode(0, PAGE);
      try {
        return await liar.keep(words, thing);
      } finally {
        equal([thing.alive, await liar.ended(), await liar.calls()], [true, 0, 0]);
      }
    },
  }),
);

// 29

/** Grows when the application says so, while lists are on their way in and out. */
const growing = wat('growing', `
;;@ import test/host@1 act: func()
;;@ import test/host@1 words: func(list: list<u32>) -> list<u32>
;;@ export test/growing@1 grow: func(pages: u32) -> u32
;;@ export test/growing@1 call: func(count: u32) -> tuple<u32, u32, u32>
;;@ export test/growing@1 give: func(count: u32) -> list<u32>
(module
  (import "test/host@1" "act" (func $act))
  (import "test/host@1" "words" (func $words (param i32 i32 i32)))
  (memory 1 100)
  (global $next (mut i32) (i32.const 32768))
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $address i32)
    (local.set $address (global.get $next))
    (global.set $next (i32.add (global.get $next) (local.get 3)))
    (local.get $address))
  (func (export "test/growing@1#grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func $fill (param $count i32)
    (loop $next
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (i32.store (i32.add (i32.const 1024) (i32.shl (local.get $count) (i32.const 2))) (local.get $count))
      (br_if $next (local.get $count))))
  ;; The error, how many words came back, and the sum of them.
  (func (export "test/growing@1#call") (param $count i32) (result i32)
    (local $address i32) (local $left i32)
    (call $fill (local.get $count))
    (i32.store (i32.const 8) (i32.const 0))
    (i64.store (i32.const 64) (i64.const 0))
    (call $words (i32.const 1024) (local.get $count) (i32.const 64))
    (i32.store (i32.const 80) (i32.load (i32.const 8)))
    (i32.store (i32.const 84) (i32.load (i32.const 68)))
    (i32.store (i32.const 88) (i32.const 0))
    (local.set $address (i32.load (i32.const 64)))
    (local.set $left (i32.load (i32.const 68)))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $left)))
        (i32.store (i32.const 88) (i32.add (i32.load (i32.const 88)) (i32.load (local.get $address))))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (i32.const 80))
  ;; Grows after it has written its result.
  (func (export "test/growing@1#give") (param $count i32) (result i32)
    (call $fill (local.get $count))
    (i32.store (i32.const 64) (i32.const 1024))
    (i32.store (i32.const 68) (local.get $count))
    (drop (memory.grow (i32.const 3)))
    (i32.const 64))
  (func (export "cabi_post_test/growing@1#give") (param i32)
    (drop (memory.grow (i32.const 2)))
    (memory.fill (i32.const 1024) (i32.const 0xff) (i32.const 1024))))`);

async function openGrowing(stage, pages) {
  let process;
  let taken;
  const host = stage.provide('test/host@1', 'act: func()\nwords: func(list: list<u32>) -> list<u32>', {
    act() {},
    words(list) {
      taken = list;
      if (pages > 0) process.call('test/growing@1#grow', [pages]);
      return list.map((word) => word * 2);
    },
  });
  process = await stage.spawn(growing, { imports: { 'test/host@1': host } });
  return { process, taken: () => taken };
}

for (const pages of [0, 1, 50]) {
  attacks.push(
    attack(29, `memory grown by ${pages} pages while the application has the plugin’s list`, {
      expect: carriedOn([[0, 100, 9_900], 4_950, (pages + 1) * PAGE]),
      async run(stage) {
        const { process, taken } = await openGrowing(stage, pages);
        const result = await process.call('test/growing@1#call', [100]);
        return [result, taken().reduce((sum, word) => sum + word, 0), process.memoryBytes];
      },
    }),
  );
}

attacks.push(
  attack(29, 'memory grown after the result was written, and again, and overwritten, when it was taken', {
    expect: carriedOn([Uint32Array.from({ length: 100 }, (_, index) => index), 6 * PAGE]),
    async run(stage) {
      const { process } = await openGrowing(stage, 0);
      const list = await process.call('test/growing@1#give', [100]);
      return [list, process.memoryBytes];
    },
  }),
  attack(29, 'a list in the page that memory has just grown by', {
    expect: carriedOn([0, 0]),
    async run(stage) {
      const { provider } = await takers['the application'](stage);
      const process = await stage.spawn('pointers', { imports: { 'test/sink@1': provider } });
      const numbers = [];
      numbers.push(await process.call('test/pointers@1#bytes', [PAGE - 1, 1]));
      numbers.push(stage.named(await process.call('test/pointers@1#bytes', [PAGE, 1])) === 'bad-pointer' ? 0 : 1);
      return numbers;
    },
  }),
  attack(29, 'a server that grows its memory in every call', {
    expect: carriedOn(true),
    async run(stage) {
      const { process } = await stage.server();
      for (const size of [10, 100_000, 1_000_000, 5, 4_000_000]) {
        const list = Uint8Array.from({ length: size }, (_, index) => index * 31);
        equal(await process.call('test/echo@1#list-u8', [list]), list, `${size} bytes`);
      }
      return process.memoryBytes > 4_000_000;
    },
  }),
);

// 30

/** Bytes that are no UTF-8. */
const badText = {
  'a byte that begins nothing': [0xff],
  'a continuation alone': [0x80],
  'a sequence that is cut': [0xc3],
  'a wrong continuation': [0xc3, 0x28],
  'an overlong zero': [0xc0, 0x80],
  'an overlong slash': [0xe0, 0x80, 0xaf],
  'half a surrogate pair': [0xed, 0xa0, 0x80],
  'a number above U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
};

const wordOf = (bytes) => bytes.reduce((word, byte, index) => (word | (byte << (8 * index))) >>> 0, 0);

for (const [what, bytes] of Object.entries(badText)) {
  attacks.push(
    attack(30, `${what} in a string for the application and for a plugin`, {
      expect: told('bad-utf8'),
      async run(stage) {
        const numbers = [];
        for (const taker of Object.keys(takers)) {
          const { pointers, arrived } = await openPointers(stage, taker);
          await pointers.store(64, wordOf(bytes));
          numbers.push(await pointers.text(64, bytes.length));
          equal(await arrived(), 0, 'what arrived');
        }
        return numbers;
      },
    }),
    attack(30, `${what} in a string as a result`, {
      expect: failed('bad-result', { process: 'attacker', function: 'test/bad@1#text' }, 'plugin attacker returned something from test/bad@1#text that'),
      async run(stage) {
        const process = await stage.spawn('bad-results');
        const bad = process.interface('test/bad@1');
        await bad.put(128, wordOf(bytes));
        await bad.put(64, 128);
        await bad.put(68, bytes.length);
        return bad.text(64);
      },
    }),
  );
}

for (const taker of Object.keys(takers)) {
  attacks.push(
    attack(30, `what is no character, for ${taker}`, {
      expect: told('bad-char'),
      async run(stage) {
        const { pointers, arrived } = await openPointers(stage, taker);
        const numbers = [];
        for (const point of [0xd800, 0xdbff, 0xdfff, 0x11_0000, 0x7fff_ffff, 0xffff_ffff]) {
          numbers.push(await pointers.character(point));
          await pointers.store(64, 0x61);
          await pointers.store(68, point);
          numbers.push(await pointers.characters(64, 2));
        }
        equal(await arrived(), 0, 'what arrived');
        return numbers;
      },
    }),
    attack(30, `a string and a list longer than the limit, for ${taker}`, {
      expect: told('too-long'),
      async run(stage) {
        const { pointers, arrived } = await openPointers(stage, taker);
        const numbers = [];
        for (const length of [2 ** 30 + 1, 2 ** 31, TOP - 1]) numbers.push(await pointers.text(0, length), await pointers.bytes(0, length));
        for (const count of [2 ** 28 + 1, 2 ** 30, 2 ** 31, TOP - 1]) numbers.push(await pointers.words(0, count));
        equal(await arrived(), 0, 'what arrived');
        return numbers;
      },
    }),
  );
}

export default attacks;
