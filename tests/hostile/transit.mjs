// Plugins that end with capabilities under way, and destructors that do harm: entries 23 and 24 of the catalogue.

import { attack, killed, wat } from './attack.mjs';
import { equal } from './stage.mjs';

const attacks = [];

// 23

/**
 * Takes and gives counters, and ends where it is told to: 0 nowhere, 1 in the function, 2 in the allocator, 3 after the return;
 * 4 the application ends it in the function, 5 in the allocator.
 */
const receiver = wat('receiver', `
;;@ import test/host@1 act: func()
;;@ export test/receiver@1 mode: func(kind: u32)
;;@ export test/receiver@1 take: func(counter: own<test/counter@1.counter>)
;;@ export test/receiver@1 take-two: func(first: own<test/counter@1.counter>, second: own<test/counter@1.counter>)
;;@ export test/receiver@1 take-list: func(counter: own<test/counter@1.counter>, list: list<u8>)
;;@ export test/receiver@1 borrow-list: func(counter: borrow<test/counter@1.counter>, list: list<u8>)
;;@ export test/receiver@1 echo: func(counter: own<test/counter@1.counter>) -> own<test/counter@1.counter>
;;@ export test/receiver@1 pair: func(counter: own<test/counter@1.counter>) -> tuple<own<test/counter@1.counter>, list<u8>>
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kind (mut i32) (i32.const 0))
  (func (export "test/receiver@1#mode") (param i32) (global.set $kind (local.get 0)))
  (func $end (param i32)
    (if (i32.eq (global.get $kind) (local.get 0)) (then (unreachable)))
    (if (i32.eq (global.get $kind) (i32.add (local.get 0) (i32.const 3))) (then (call $act))))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (call $end (i32.const 2))
    (i32.const 1024))
  (func (export "test/receiver@1#take") (param i32) (call $end (i32.const 1)))
  (func (export "test/receiver@1#take-two") (param i32 i32) (call $end (i32.const 1)))
  (func (export "test/receiver@1#take-list") (param i32 i32 i32) (call $end (i32.const 1)))
  (func (export "test/receiver@1#borrow-list") (param i32 i32 i32) (call $end (i32.const 1)))
  (func (export "test/receiver@1#echo") (param i32) (result i32) (call $end (i32.const 1)) (local.get 0))
  (func (export "cabi_post_test/receiver@1#echo") (param i32) (if (i32.eq (global.get $kind) (i32.const 3)) (then (unreachable))))
  (func (export "test/receiver@1#pair") (param i32) (result i32)
    (call $end (i32.const 1))
    (i32.store (i32.const 64) (local.get 0))
    (i32.store (i32.const 68) (i32.const 0))
    (i32.store (i32.const 72) (i32.const 0))
    (i32.const 64))
  (func (export "cabi_post_test/receiver@1#pair") (param i32) (if (i32.eq (global.get $kind) (i32.const 3)) (then (unreachable)))))`);

/** Passes on what it is given; gives the error. */
const passer = wat('passer', `
;;@ import test/receiver@1 take: func(counter: own<test/counter@1.counter>)
;;@ import test/receiver@1 echo: func(counter: own<test/counter@1.counter>) -> own<test/counter@1.counter>
;;@ export test/passer@1 take: func(counter: own<test/counter@1.counter>) -> u32
;;@ export test/passer@1 echo: func(counter: own<test/counter@1.counter>) -> u32
(module
  (import "test/receiver@1" "take" (func $take (param i32)))
  (import "test/receiver@1" "echo" (func $echo (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/passer@1#take") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $take (local.get 0))
    (i32.load (i32.const 8)))
  (func (export "test/passer@1#echo") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (drop (call $echo (local.get 0)))
    (i32.load (i32.const 8))))`);

async function openReceiver(stage, kind) {
  const { counters, process: server } = await stage.server();
  const process = await stage.spawn(receiver, { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act: () => process.kill('it holds a counter') }) } });
  await process.call('test/receiver@1#mode', [kind]);
  return { process, counters, server, receiver: process.interface('test/receiver@1') };
}

const trapped = (name) => ({ process: 'attacker', code: 'trapped', function: `test/receiver@1#${name}`, says: [`trapped in \`test/receiver@1#${name}\``] });
const stopped = { process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: it holds a counter'] };

/** Where it ends, with which function, who is blamed, and how many counters are alive then, of three. */
const ends = [
  ['in the function that took one', 1, 'take', (first) => [first], trapped('take'), 2],
  ['in the function that took two', 1, 'takeTwo', (first, second) => [first, second], trapped('take-two'), 1],
  ['in the function that took one and a list', 1, 'takeList', (first) => [first, Uint8Array.of(1)], trapped('take-list'), 2],
  ['in the allocator, with one still to come', 2, 'takeList', (first) => [first, Uint8Array.of(1)], trapped('take-list'), 3],
  ['in the function that was lent one', 1, 'borrowList', (first) => [first, Uint8Array.of(1)], trapped('borrow-list'), 3],
  ['in the allocator, with one lent', 2, 'borrowList', (first) => [first, Uint8Array.of(1)], trapped('borrow-list'), 3],
  ['in the function that was to give it back', 1, 'echo', (first) => [first], trapped('echo'), 2],
  ['after it had returned it', 3, 'echo', (first) => [first], trapped('echo'), 2],
  ['after it had returned it with a list', 3, 'pair', (first) => [first], trapped('pair'), 2],
  ['by the application, in the function that took one', 4, 'take', (first) => [first], stopped, 2],
  ['by the application, in the allocator', 5, 'takeList', (first) => [first, Uint8Array.of(1)], stopped, 3],
  ['by the application, in the allocator, with one lent', 5, 'borrowList', (first) => [first, Uint8Array.of(1)], stopped, 3],
];

for (const [what, kind, name, values, blame, alive] of ends) {
  attacks.push(
    attack(23, `the receiver ends ${what}`, {
      expect: killed(blame, { caller: 'trapped' }),
      async run(stage) {
        const { receiver: plugin, counters } = await openReceiver(stage, kind);
        const [first, second] = [stage.hold(await counters.create(1)), stage.hold(await counters.create(2))];
        const third = stage.hold(await counters.create(3));
        try {
          return await plugin[name](...values(first, second));
        } finally {
          // What was under way is released once: neither lost nor released twice.
          const left = await counters.alive();
          equal([first.alive, second.alive, third.alive].filter(Boolean).length, left, 'handles of the web app');
          equal(left, alive, 'counters alive');
          third.release();
          equal(await counters.alive(), alive - 1, 'and one fewer');
        }
      },
    }),
  );
}

for (const [name, kind] of [['take', 1], ['echo', 1], ['echo', 3]]) {
  attacks.push(
    attack(23, `the receiver of what another plugin passes on ends in ${name}${kind === 3 ? ', after it had returned' : ''}`, {
      expect: killed(trapped(name), { told: 'trapped' }),
      async run(stage) {
        const { process, counters } = await openReceiver(stage, kind);
        const passing = await stage.spawn(passer, { name: 'passer', imports: { 'test/receiver@1': process } });
        const number = await passing.call(`test/passer@1#${name}`, [await counters.create(1)]);
        equal([await counters.alive(), stage.inspect(passing).capabilities], [0, []], 'what is left');
        return number;
      },
    }),
  );
}

attacks.push(
  attack(23, 'the minter of what is under way ends in the allocator of the receiver', {
    expect: killed({ process: 'server', code: 'killed', function: undefined, says: ['was stopped'] }, { gives: [undefined, false] }),
    async run(stage) {
      let server;
      const opened = await stage.server();
      server = opened.process;
      const process = await stage.spawn(receiver, { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act: () => server.kill() }) } });
      await process.call('test/receiver@1#mode', [5]);
      const counter = stage.hold(await opened.counters.create(1));
      const result = await process.call('test/receiver@1#take-list', [counter, Uint8Array.of(1)]);
      // It has what it was to have: a capability on an object that is dead.
      return [result, stage.inspect(process).capabilities[0].alive];
    },
  }),
  attack(23, 'a dead receiver is sent nothing', {
    expect: killed(trapped('take'), { caller: 'dead' }),
    async run(stage) {
      const { receiver: plugin, counters } = await openReceiver(stage, 1);
      await plugin.take(await counters.create(1)).catch(() => {});
      const counter = stage.hold(await counters.create(2));
      try {
        return await plugin.take(counter);
      } finally {
        equal([counter.alive, await counters.alive()], [true, 1]);
      }
    },
  }),
);

// 24

/** Mints bombs. What their destructors do is in the badge: 0 nothing, 1 trap, 2 recursion, 3 throw, 4 call the application, 5 mint and release. */
const bomber = wat('bomber', `
;;@ import test/host@1 act: func()
;;@ export test/bomb@1 bomb: resource(3)
;;@ export test/bomb@1 make: func(kind: u32) -> own<bomb>
;;@ export test/bomb@1 release: func(kind: u32, times: u32) -> u32
;;@ export test/bomb@1 poke: func() -> u32
;;@ export test/bomb@1 ended: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (tag $exception)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $ended (mut i32) (i32.const 0))
  (global $left (mut i32) (i32.const 0))
  (func $recurse (param i64) (result i64) (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func (export "test/bomb@1#make") (param i32) (result i32) (call $create (local.get 0) (i32.const 3)))
  (func (export "test/bomb@1#poke") (result i32) (i32.const 7))
  (func (export "test/bomb@1#ended") (result i32) (global.get $ended))
  (func (export "test/bomb@1#release") (param i32 i32) (result i32)
    (global.set $left (local.get 1))
    (call $release (call $create (local.get 0) (i32.const 3))))
  (func (export "test/bomb@1#[dtor]bomb") (param $kind i32)
    (global.set $ended (i32.add (global.get $ended) (i32.const 1)))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (unreachable)))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then (drop (call $recurse (i64.const 0)))))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then (throw $exception)))
    (if (i32.eq (local.get $kind) (i32.const 4)) (then (call $act)))
    (if (i32.and (i32.eq (local.get $kind) (i32.const 5)) (i32.ne (global.get $left) (i32.const 0)))
      (then
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (drop (call $release (call $create (i32.const 5) (i32.const 3))))))
    (if (i32.eq (local.get $kind) (i32.const 6))
      (then (loop $for-ever (br $for-ever))))))`);

/** Holds a bomb, and releases it. */
const holder = wat('bomb-holder', `
;;@ export test/holder@1 drop: func(bomb: own<test/bomb@1.bomb>) -> u32
;;@ export test/holder@1 keep: func(bomb: own<test/bomb@1.bomb>)
;;@ export test/holder@1 end: func()
(module
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/holder@1#drop") (param i32) (result i32) (call $release (local.get 0)))
  (func (export "test/holder@1#keep") (param i32))
  (func (export "test/holder@1#end") (unreachable)))`);

export async function openBomber(stage, { act = () => {}, options } = {}) {
  const process = await stage.spawn(bomber, { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act }) }, ...options });
  return { process, bombs: process.interface('test/bomb@1') };
}

const bombs = {
  'traps': [1, 'trapped', 'trapped in'],
  'uses up the stack': [2, 'overflow', 'used up the stack in'],
  'throws': [3, 'trapped', 'threw an exception in'],
};

for (const [what, [kind, code, says]] of Object.entries(bombs)) {
  const blame = { process: 'attacker', code, function: 'test/bomb@1#[dtor]bomb', says: [says, '`test/bomb@1#[dtor]bomb`'] };
  attacks.push(
    attack(24, `a destructor that ${what}, when the web app lets go`, {
      expect: killed(blame, { gives: 'released' }),
      async run(stage) {
        const { bombs: plugin } = await openBomber(stage);
        const bomb = await plugin.make(kind);
        bomb.release();
        return 'released';
      },
    }),
    attack(24, `a destructor that ${what}, when another plugin lets go`, {
      expect: killed(blame, { gives: 0 }),
      async run(stage) {
        const { bombs: plugin } = await openBomber(stage);
        const holding = await stage.spawn(holder, { name: 'holder' });
        const released = await holding.call('test/holder@1#drop', [await plugin.make(kind)]);
        // Whoever released it has no part in it.
        return released;
      },
    }),
    attack(24, `a destructor that ${what}, when another plugin ends`, {
      expect: killed([{ process: 'holder', code: 'trapped', function: 'test/holder@1#end' }, blame], { gives: true }),
      async run(stage) {
        const { bombs: plugin } = await openBomber(stage);
        const holding = await stage.spawn(holder, { name: 'holder' });
        await holding.call('test/holder@1#keep', [await plugin.make(kind)]);
        return holding.call('test/holder@1#end').catch(({ code: of }) => of === 'trapped');
      },
    }),
    attack(24, `a destructor that ${what}, after its own plugin’s call`, {
      expect: killed(blame, { gives: 0 }),
      async run(stage) {
        const { bombs: plugin } = await openBomber(stage);
        return plugin.release(kind, 0);
      },
    }),
  );
}

attacks.push(
  attack(24, 'a destructor that calls the application, which calls the plugin back', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined }, { gives: [7, 1] }),
    async run(stage) {
      const inner = [];
      const open = await openBomber(stage, { act: () => inner.push(open.bombs.poke()) });
      (await open.bombs.make(4)).release();
      const values = [...(await Promise.all(inner)), await open.bombs.ended()];
      open.process.kill();
      return values;
    },
  }),
  attack(24, 'a destructor that calls the application, which ends the plugin', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: in its destructor'] }, { gives: 'released' }),
    async run(stage) {
      const open = await openBomber(stage, { act: () => open.process.kill('in its destructor') });
      (await open.bombs.make(4)).release();
      return 'released';
    },
  }),
  attack(24, 'a destructor that mints and releases the next one, ten thousand times', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined }, { gives: [0, 10_001] }),
    async run(stage) {
      const { bombs: plugin, process } = await openBomber(stage);
      const values = [await plugin.release(5, 10_000), await plugin.ended()];
      equal(stage.inspect(process).objects, 0);
      process.kill();
      return values;
    },
  }),
);

export default attacks;
