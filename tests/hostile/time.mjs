// Plugins that never come to an end: entries 34 and 35 of the catalogue, and the endless variants of 6, 24, 28 and 37.

import { attack, carriedOn, killed, wat } from './attack.mjs';
import { ok } from './stage.mjs';
import { openBomber } from './transit.mjs';

const PAGE = 65_536;

const attacks = [];

/** Milliseconds, and units of fuel, that are enough for everything but what has no end. */
const [deadline, fuel] = [60, 2_000_000];

/** What a call may have, and what is said when it had it. */
const budgets = {
  deadline: [{ deadline }, 'ran too long in', `its deadline was ${deadline} ms`],
  fuel: [{ fuel, deadline: Infinity }, 'used 2,', 'units of fuel in', 'the call had 2,000,000'],
};

// 34

/** Bodies without end. Each stands in a function without parameters and results, beside the functions and tables below. */
const endless = {
  'a loop': '(loop $l (br $l))',
  'a loop in a loop': '(loop $o (loop $i (br_if $i (i32.const 1)) (br $o)) (br $o))',
  'two loops that jump into each other’s arms': '(loop $a (loop $b (br_if $a (global.get $flip)) (br $b)))',
  'a loop by a table of jumps': '(loop $l (block $b (br_table $l $b $l $l (i32.const 7))))',
  'a loop that counts': '(local $n i64) (loop $l (local.set $n (i64.add (local.get $n) (i64.const 1))) (br_if $l (i64.ne (local.get $n) (i64.const -1))))',
  'a loop behind a condition': '(if (i32.eqz (global.get $flip)) (then (loop $l (br $l))) (else (nop)))',
  'a loop that grows memory by nothing': '(loop $l (drop (memory.grow (i32.const 0))) (br $l))',
  'a loop that grows memory': '(loop $l (drop (memory.grow (i32.const 1))) (br $l))',
  'a loop of calls': '(loop $l (call $leaf) (br $l))',
  'a loop of indirect calls': '(loop $l (call_indirect (type $nothing) (i32.const 0)) (br $l))',
  'a loop that throws and catches': '(loop $l (try (do (throw $exception)) (catch_all (br $l))))',
  'a loop around an exception of another function': '(loop $l (try (do (call $throws)) (catch $exception)) (br $l))',
  'tail calls of itself': '(return_call $tail)',
  'tail calls of two functions': '(return_call $ping)',
  'indirect tail calls': '(return_call_indirect (type $nothing) (i32.const 1))',
  'a call out in a loop': '(loop $l (call $act) (br $l))',
  'a system call in a loop': '(loop $l (drop (call $release (i32.const 9))) (br $l))',
  'objects minted and released in a loop': '(loop $l (drop (call $release (call $create (i32.const 1) (i32.const 5)))) (br $l))',
};

/** A module whose export `f` does that, with what it needs. */
const looping = (body) => `
;;@ import test/host@1 act: func()
;;@ export test/loop@1 thing: resource(5)
(module
  (type $nothing (func))
  (import "test/host@1" "act" (func $act))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (table 4 funcref)
  (elem (i32.const 0) $leaf $through $deep $deep)
  (tag $exception)
  (global $flip (mut i32) (i32.const 0))
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $leaf)
  (func $throws (throw $exception))
  (func $tail (return_call $tail))
  (func $ping (return_call $pong))
  (func $pong (return_call $ping))
  (func $through (return_call_indirect (type $nothing) (i32.const 1)))
  (func $deep (call_indirect (type $nothing) (i32.const 2)) (global.set $flip (i32.const 1)))
  (func $deeper (call $deeper) (global.set $flip (i32.const 1)))
  (func (export "f") ${body}))`;

const acting = (stage, act = () => {}) => ({ 'test/host@1': stage.provide('test/host@1', 'act: func()', { act }) });

let serial = 0;
for (const [what, body] of Object.entries(endless)) {
  const plugin = wat(`endless-${serial++}`, looping(body));
  for (const [code, [budget, ...says]] of Object.entries(budgets)) {
    attacks.push(
      attack(34, `${what}, until its ${code} is over`, {
        expect: killed({ process: 'attacker', code, function: 'f', says }, { caller: code }),
        async run(stage) {
          const process = await stage.spawn(plugin, { imports: acting(stage), memory: { maximum: 16 * PAGE } });
          return process.call('f', [], budget);
        },
      }),
    );
  }
}

const recursions = {
  'a function that calls itself': '(call $deeper)',
  'a function that calls itself by a table': '(call $deep)',
};

for (const [what, body] of Object.entries(recursions)) {
  const plugin = wat(`endless-${serial++}`, looping(body));
  attacks.push(
    attack(34, `${what}, until the stack is used up`, {
      expect: killed({ process: 'attacker', code: 'overflow', function: 'f', says: ['used up the stack in `f`'] }, { caller: 'trapped' }),
      async run(stage) {
        const process = await stage.spawn(plugin, { imports: acting(stage) });
        return process.call('f', [], { deadline: Infinity });
      },
    }),
    attack(34, `${what}, until its fuel is over`, {
      expect: killed({ process: 'attacker', code: 'fuel', function: 'f', says: ['units of fuel in `f`'] }, { caller: 'fuel' }),
      async run(stage) {
        const process = await stage.spawn(plugin, { imports: acting(stage) });
        return process.call('f', [], { fuel: 100 });
      },
    }),
  );
}

/** Calls another plugin: once, or for ever. */
const asker = wat('loop-asker', `
;;@ import test/loop@1 quick: func() -> u32
;;@ import test/loop@1 loop: func()
;;@ export test/asker@1 once: func() -> u32
;;@ export test/asker@1 for-ever: func()
;;@ export test/asker@1 both: func() -> u32
(module
  (import "test/loop@1" "quick" (func $quick (result i32)))
  (import "test/loop@1" "loop" (func $loop))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $once (export "test/asker@1#once") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $loop)
    (i32.load (i32.const 8)))
  (func (export "test/asker@1#for-ever")
    (loop $l (drop (call $quick)) (br $l)))
  ;; Asks again although the first one ended, and then goes on for ever.
  (func (export "test/asker@1#both") (result i32)
    (drop (call $once))
    (loop $l (br $l))
    (i32.const 0)))`);
const served = wat('loop-server', `
;;@ export test/loop@1 quick: func() -> u32
;;@ export test/loop@1 loop: func()
(module
  (global $calls (mut i32) (i32.const 0))
  (func (export "test/loop@1#quick") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.get $calls))
  (func (export "test/loop@1#loop") (loop $l (br $l))))`);

async function openAsker(stage) {
  stage.countLooks();
  const server = await stage.spawn(served, { name: 'server' });
  return { server, process: await stage.spawn(asker, { imports: { 'test/loop@1': server } }) };
}

attacks.push(
  attack(34, 'a plugin that is called and loops is to blame, and who called it is told', {
    expect: killed({ process: 'server', code: 'deadline', function: 'test/loop@1#loop', says: ['ran too long in `test/loop@1#loop`'] }, { told: 'trapped' }),
    async run(stage) {
      const { process } = await openAsker(stage);
      return process.call('test/asker@1#once', [], { deadline });
    },
  }),
  attack(34, 'a plugin that calls another one for ever is to blame, not whom it calls', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/asker@1#for-ever', says: ['ran too long in `test/asker@1#for-ever`'] }, { caller: 'deadline' }),
    async run(stage) {
      const { process, server } = await openAsker(stage);
      try {
        return await process.call('test/asker@1#for-ever', [], { deadline });
      } finally {
        ok(server.alive && (await server.call('test/loop@1#quick')) > 1, 'the server goes on');
      }
    },
  }),
  attack(34, 'a plugin that calls a plugin that loops, and loops itself: both end', {
    expect: killed(
      [
        { process: 'server', code: 'deadline', function: 'test/loop@1#loop' },
        { process: 'attacker', code: 'deadline', function: 'test/asker@1#both' },
      ],
      { caller: 'deadline', says: ['attacker', 'its deadline was'] },
    ),
    async run(stage) {
      const { process } = await openAsker(stage);
      return process.call('test/asker@1#both', [], { deadline });
    },
  }),
  attack(34, 'what ran out of time is not called again', {
    expect: killed({ process: 'attacker', code: 'fuel', function: 'f' }, { caller: 'dead' }),
    async run(stage) {
      const process = await stage.spawn({ plugin: 'endless-0' }, { imports: acting(stage) });
      await process.call('f', [], { fuel: 1_000 }).catch(() => {});
      return process.call('f', [], { fuel: 1_000 });
    },
  }),
  attack(34, 'a loop in a call in a function of the application has no more than the outer call', {
    expect: killed([{ process: 'inner', code: 'fuel', function: 'f' }], { gives: ['fuel', true] }),
    async run(stage) {
      let result;
      const inner = await stage.spawn({ plugin: 'endless-0' }, { name: 'inner', imports: acting(stage) });
      const outer = await stage.spawn('caller', {
        imports: acting(stage, () => {
          result = inner.call('f', [], { deadline: Infinity, fuel: 1e15 }).catch(({ code }) => code);
        }),
      });
      await outer.call('test/caller@1#call', [], { fuel, deadline: Infinity });
      return [await result, outer.alive];
    },
  }),
);

// 35

const bulk = {
  'memory.fill': '(memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))',
  'memory.copy': '(memory.copy (i32.const 0) (i32.const 1) (i32.const 67108863))',
  'table.fill': '(table.fill $table (i32.const 0) (ref.null func) (i32.const 65536))',
  'table.copy': '(table.copy $table $table (i32.const 0) (i32.const 1) (i32.const 65535))',
};

for (const [what, instruction] of Object.entries(bulk)) {
  const text = (body) => `(module (memory 1024) (table $table 65536 funcref) (func (export "f") ${body}))`;
  const once = wat(`bulk-${what}`, text(instruction));
  const forEver = wat(`bulk-loop-${what}`, text(`(loop $l ${instruction} (br $l))`));
  const options = { memory: { maximum: 1024 * PAGE } };
  attacks.push(
    ...Object.entries(budgets).map(([code, [budget, ...says]]) =>
      attack(35, `${what} of the largest size in a loop, until its ${code} is over`, {
        expect: killed({ process: 'attacker', code, function: 'f', says: code === 'fuel' ? ['units of fuel in', 'the call had 2,000,000'] : says }, { caller: code }),
        run: async (stage) => (await stage.spawn(forEver, options)).call('f', [], budget),
      }),
    ),
    attack(35, `${what} of the largest size, without the fuel for it`, {
      expect: killed({ process: 'attacker', code: 'fuel', function: 'f', says: ['units of fuel in'] }, { caller: 'fuel' }),
      run: async (stage) => (await stage.spawn(once, options)).call('f', [], { fuel: 1_000 }),
    }),
    attack(35, `${what} of the largest size, once, with time for it`, {
      expect: carriedOn(undefined),
      run: async (stage) => (await stage.spawn(once, options)).call('f'),
    }),
  );
}

// 6

const endlessStarts = {
  'a start function': '(func $start (loop $l (br $l))) (start $start)',
  'a start function of tail calls': '(func $start (return_call $start)) (start $start)',
  'an initialisation': '(func (export "_initialize") (loop $l (br $l)))',
  'the function that gives the address of the status word': '(memory 1) (func (export "portcullis_status") (result i32) (loop $l (br $l)) (i32.const 8))',
};

for (const [what, fields] of Object.entries(endlessStarts)) {
  const plugin = wat(`endless-${serial++}`, `(module ${fields})`);
  for (const [code, [budget, ...says]] of Object.entries(budgets)) {
    attacks.push(
      attack(6, `${what} without end, until its ${code} is over`, {
        expect: {
          ...killed({ process: 'attacker', code, function: 'start' }, { caller: code }),
          says: ['plugin `attacker`', ...(code === 'deadline' ? says : ['units of fuel'])],
          at: { process: 'attacker', function: undefined },
          blamed: [],
        },
        run: (stage) => stage.spawn(plugin, budget),
      }),
    );
  }
}

// 24

/** What a destructor may use of its own, in milliseconds, is little: it runs in somebody else's time. */
attacks.push(
  attack(24, 'a destructor that loops, when the web app lets go', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/bomb@1#[dtor]bomb', says: ['ran too long in `test/bomb@1#[dtor]bomb`'] }, { gives: 'released' }),
    async run(stage) {
      const { bombs } = await openBomber(stage);
      (await bombs.make(6)).release();
      return 'released';
    },
  }),
  attack(24, 'a destructor that loops, when another plugin lets go', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/bomb@1#[dtor]bomb', says: ['ran too long in'] }, { gives: 0 }),
    async run(stage) {
      const { bombs } = await openBomber(stage);
      const holding = await stage.spawn({ plugin: 'bomb-holder' }, { name: 'holder' });
      return holding.call('test/holder@1#drop', [await bombs.make(6)]);
    },
  }),
  attack(24, 'a hundred destructors that loop, when their holder ends', {
    expect: killed(
      [
        { process: 'holder', code: 'killed', function: undefined },
        { process: 'attacker', code: 'deadline', function: 'test/bomb@1#[dtor]bomb' },
      ],
      { gives: [100, 0] },
    ),
    async run(stage) {
      const { bombs } = await openBomber(stage);
      const holding = await stage.spawn({ plugin: 'bomb-holder' }, { name: 'holder' });
      for (let count = 0; count < 100; count++) await holding.call('test/holder@1#keep', [await bombs.make(6)]);
      const { length } = stage.inspect(holding).capabilities;
      holding.kill();
      return [length, stage.kernel.inspect().objects - 2];
    },
  }),
  attack(24, 'destructors that mint and release the next one, without end', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/bomb@1#[dtor]bomb', says: ['ran too long in'] }, { gives: true }),
    async run(stage) {
      const { bombs } = await openBomber(stage);
      stage.countLooks();
      const released = await bombs.release(5, 2 ** 32 - 1).catch(() => 0);
      return released === 0;
    },
  }),
);

// 28

for (const [what, name, values] of [
  ['the web app’s call', 'take', [Uint32Array.of(1)]],
  ['what its plugin asked for', 'fetch', []],
]) {
  for (const [code, [budget, ...says]] of Object.entries(budgets)) {
    attacks.push(
      attack(28, `an allocator that loops, in ${what}, until the ${code} is over`, {
        expect: killed({ process: 'attacker', code, function: `test/liar@1#${name}`, says }, { caller: code }),
        async run(stage) {
          const imports = { ...acting(stage), 'test/words@1': stage.provide('test/words@1', 'words: func() -> list<u32>', { words: () => Uint32Array.of(1) }) };
          const process = await stage.spawn({ plugin: 'liar' }, { imports });
          await process.call('test/liar@1#mode', [6, 0]);
          return process.call(`test/liar@1#${name}`, values, budget);
        },
      }),
    );
  }
}

const afterwards = wat('endless-after', `
;;@ export test/after@1 give: func() -> list<u8>
(module (memory 1)
  (func (export "test/after@1#give") (result i32) (i32.const 16))
  (func (export "cabi_post_test/after@1#give") (param i32) (loop $l (br $l))))`);

for (const [code, [budget, ...says]] of Object.entries(budgets)) {
  attacks.push(
    attack(34, `what is called after a return loops, until the ${code} is over`, {
      expect: killed({ process: 'attacker', code, function: 'test/after@1#give', says }, { caller: code }),
      run: async (stage) => (await stage.spawn(afterwards)).call('test/after@1#give', [], budget),
    }),
    ...[
      [6, 'a loop'],
      [7, 'tail calls'],
    ].map(([kind, what]) =>
      attack(37, `\`catch_all\` around ${what} without end, until the ${code} is over`, {
        expect: killed({ process: 'attacker', code, function: 'test/catcher@1#call', says }, { caller: code }),
        run: async (stage) => (await stage.spawn({ plugin: 'catches-all' }, { imports: acting(stage) })).call('test/catcher@1#call', [kind], budget),
      }),
    ),
  );
}

export default attacks;
