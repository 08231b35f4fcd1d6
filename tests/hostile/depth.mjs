// Plugins that call with almost no stack left: entry 36 of the catalogue.

import { attack, shown, told, wat } from './attack.mjs';
import { equal, ok } from './stage.mjs';

const attacks = [];

/** Two of these throw a ball to each other: each calls the other one's object. Gives the error at the end, plus a thousand times the depth. */
const player = wat('player', `
;;@ import test/pong@1 go: func(ball: borrow<ball>, left: u32) -> u32
;;@ export test/pong@1 ball: resource(1)
;;@ export test/pong@1 go: func(ball: borrow<ball>, left: u32) -> u32
;;@ export test/pong@1 serve: func() -> own<ball>
;;@ export test/pong@1 take: func(ball: own<ball>)
(module
  (import "test/pong@1" "go" (func $go (param i32 i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global $other (mut i32) (i32.const 0))
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/pong@1#serve") (result i32) (call $create (i32.const 9) (i32.const 1)))
  (func (export "test/pong@1#take") (param i32) (global.set $other (local.get 0)))
  (func (export "test/pong@1#go") (param $badge i32) (param $left i32) (result i32)
    (local $value i32)
    (if (i32.eqz (local.get $left)) (then (return (i32.const 0))))
    (i32.store (i32.const 8) (i32.const 0))
    (local.set $value (call $go (global.get $other) (i32.sub (local.get $left) (i32.const 1))))
    (if (i32.load (i32.const 8))
      (then
        (local.set $value (i32.load (i32.const 8)))
        (i32.store (i32.const 8) (i32.const 0))))
    (i32.add (local.get $value) (i32.const 1000))))`);

async function openPlayers(stage, options) {
  const players = [];
  for (const name of ['first', 'second']) players.push(await stage.spawn(player, { name, imports: { 'test/pong@1': 'object' }, ...options }));
  const [first, second] = players;
  await first.call('test/pong@1#take', [await second.call('test/pong@1#serve')]);
  await second.call('test/pong@1#take', [await first.call('test/pong@1#serve')]);
  const ball = stage.hold(await first.call('test/pong@1#serve'));
  return { players, play: (left) => first.call('test/pong@1#go', [ball, left]) };
}

attacks.push(
  ...[1, 2, 3].map((round) =>
    attack(36, `two plugins that call each other without end, round ${round}`, {
      expect: told('depth'),
      async run(stage) {
        const { play } = await openPlayers(stage, { calls: 1_000_000 });
        const numbers = [];
        for (let game = 0; game < round; game++) {
          const result = await play(1_000_000);
          ok(result > 50_000, `they came ${Math.floor(result / 1_000)} deep`);
          numbers.push(result % 1_000);
          // With an end in sight they come to it.
          equal(await play(20), 20_000);
        }
        return numbers;
      },
    }),
  ),
  attack(36, 'two plugins that call each other without end, with a limit for calls', {
    expect: shown(['busy', 128]),
    async run(stage) {
      const { play } = await openPlayers(stage, { calls: 64 });
      const result = await play(1_000_000);
      return [stage.named(result % 1_000), Math.floor(result / 1_000)];
    },
  }),
);

/** Goes down its own stack so far, and does something there. Gives the error that came of it. */
const diver = wat('diver', `
;;@ import test/counter@1 create: func(start: u32) -> own<counter>
;;@ import test/counter@1 increment: func(self: borrow<counter>, by: u32) -> u32
;;@ import test/counter@1 finish: func(counter: own<counter>) -> result<u32, error>
;;@ import test/echo@1 list-u8: func(list: list<u8>) -> list<u8>
;;@ import test/host@1 act: func()
;;@ export test/diver@1 thing: resource(5)
;;@ export test/diver@1 take: func(counter: own<test/counter@1.counter>)
;;@ export test/diver@1 dive: func(depth: u32, kind: u32) -> u32
(module
  (import "test/counter@1" "create" (func $create (param i32) (result i32)))
  (import "test/counter@1" "increment" (func $increment (param i32 i32) (result i32)))
  (import "test/counter@1" "finish" (func $finish (param i32 i32)))
  (import "test/echo@1" "list-u8" (func $list (param i32 i32 i32)))
  (import "test/host@1" "act" (func $act))
  (import "portcullis" "handle_create" (func $mint (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global $counter (mut i32) (i32.const 0))
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "test/diver@1#take") (param i32) (global.set $counter (local.get 0)))
  (func $status (result i32) (i32.load (i32.const 8)))
  (func $do (param $kind i32) (result i32)
    (local $cap i32)
    (i32.store (i32.const 8) (i32.const 0))
    (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 (local.get $kind)))
    (drop (call $increment (global.get $counter) (i32.const 1)))
    (return (call $status)))
    (local.set $cap (call $create (i32.const 1)))
    (if (call $status) (then (return (call $status))))
    (call $finish (local.get $cap) (i32.const 16))
    (return (call $status)))
    (local.set $cap (call $mint (i32.const 1) (i32.const 5)))
    (if (call $status) (then (return (call $status))))
    (return (call $release (local.get $cap))))
    (local.set $cap (call $create (i32.const 1)))
    (if (call $status) (then (return (call $status))))
    (return (call $release (local.get $cap))))
    (call $act)
    (return (call $status)))
    (call $list (i32.const 64) (i32.const 1000) (i32.const 16))
    (call $status))
  (func $dive (export "test/diver@1#dive") (param $depth i32) (param $kind i32) (result i32)
    (if (i32.eqz (local.get $depth)) (then (return (call $do (local.get $kind)))))
    (i32.add (call $dive (i32.sub (local.get $depth) (i32.const 1)) (local.get $kind)) (i32.const 0))))`);

/** What is done at the end of the stack. */
const deeds = ['a call that borrows', 'objects minted, moved and ended by another plugin', 'system calls', 'the last release of an object of another plugin', 'a call of the application', 'lists to another plugin and back'];

for (const [kind, deed] of deeds.entries()) {
  attacks.push(
    attack(36, `${deed}, from everywhere near the end of the stack`, {
      expect: shown('nothing but no error and depth'),
      async run(stage) {
        const { process: server, counters } = await stage.server();
        const host = stage.provide('test/host@1', 'act: func()', { act() {} });
        const compiled = await stage.compile(diver);
        const codes = new Set();
        let held;
        const open = async () => {
          held = await stage.kernel.spawn(compiled, { name: 'diver', imports: { 'test/counter@1': server, 'test/echo@1': server, 'test/host@1': host } });
          stage.setAside.add(held);
          await held.call('test/diver@1#take', [await counters.create(1)]);
        };
        /** Whether it comes back from that depth. If not, it has used up its own stack, and nobody else's. */
        const comesBack = async (depth) => {
          try {
            codes.add(stage.named(await held.call('test/diver@1#dive', [depth, kind])));
          } catch {
            equal(held.reason?.code, 'overflow', 'how the diver ended');
            await open();
            return false;
          }
          ok(server.alive, 'the server lives');
          return true;
        };
        await open();
        let high = 64;
        while (await comesBack(high)) high *= 2;
        let low = high / 2;
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (await comesBack(middle)) low = middle;
          else high = middle;
        }
        for (let depth = Math.max(0, low - 1_500); depth <= low; depth += 13) await comesBack(depth);
        for (let depth = Math.max(0, low - 40); depth <= low + 5; depth++) await comesBack(depth);
        stage.expectKill(held);
        equal(await counters.alive(), 0, 'what is left of the counters');
        codes.delete('no error');
        codes.delete('depth');
        return codes.size === 0 ? 'nothing but no error and depth' : [...codes].join();
      },
    }),
  );
}

export default attacks;
