// The plugin that attacks with handles: it uses whatever number it is told to use, in every place where one can stand.

import { wat } from './attack.mjs';
import { equal } from './stage.mjs';

/** Where a number can stand for a handle, in the order of the plugin's table. */
export const kinds = [
  'cap_retain',
  'cap_release',
  'cap_revoke',
  'cap_derive',
  'cap_class',
  'cap_rights',
  'handle_badge',
  'a borrow',
  'a second borrow',
  'an own',
  'an option of an own',
  'a borrow by the application',
  'an own for the application',
];

/** Numbers of the actor's classes: what it mints, twice, and counters. */
export const [THING, OTHER, COUNTER] = [5, 6, 9];

/** Bits of rights. */
export const [CALL, GRANT, DERIVE, ALL] = [1, 2, 4, 7];

export const actor = wat('actor', `
;;@ import test/counter@1 counter: resource(9)
;;@ import test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ import test/counter@1 finish: func(counter: own<counter>) -> result<u32, error>
;;@ import test/counter@1 finish-if-any: func(counter: option<own<counter>>) -> result<u32, error>
;;@ import test/counter@1 same: func(self: borrow<counter>, other: borrow<counter>) -> bool
;;@ import test/sink@1 lend: func(thing: borrow<test/actor@1.thing>)
;;@ import test/sink@1 take: func(thing: own<test/actor@1.thing>)
;;@ import test/sink@1 five: func(a: own<test/actor@1.thing>, b: own<test/actor@1.thing>, c: own<test/actor@1.thing>, d: own<test/actor@1.thing>, e: own<test/actor@1.thing>)
;;@ import test/sink@1 two: func(a: own<test/actor@1.thing>, b: own<test/actor@1.thing>)
;;@ import test/sink@1 own-and-borrow: func(a: own<test/actor@1.thing>, b: borrow<test/actor@1.thing>)
;;@ import test/sink@1 borrow-and-own: func(a: borrow<test/actor@1.thing>, b: own<test/actor@1.thing>)
;;@ import test/sink@1 two-borrows: func(a: borrow<test/actor@1.thing>, b: borrow<test/actor@1.thing>)
;;@ export test/actor@1 thing: resource(5)
;;@ export test/actor@1 other: resource(6)
;;@ export test/actor@1 attempt: func(kind: u32, cap: u32, second: u32) -> u32
;;@ export test/actor@1 value: func() -> u32
;;@ export test/actor@1 create: func(badge: u32, class: u32) -> u32
;;@ export test/actor@1 take: func(counter: own<test/counter@1.counter>) -> u32
;;@ export test/actor@1 keep: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ export test/actor@1 within: func(counter: borrow<test/counter@1.counter>, kind: u32, second: u32) -> u32
;;@ export test/actor@1 return: func(counter: borrow<test/counter@1.counter>) -> own<test/counter@1.counter>
;;@ export test/actor@1 give: func(cap: u32) -> own<thing>
;;@ export test/actor@1 seen: func(thing: borrow<thing>) -> u32
;;@ export test/actor@1 ended: func() -> u32
;;@ export test/actor@1 skip: func(a: u32, b: u32, c: u32, d: u32, held: u32)
;;@ export test/actor@1 sweep: func(kind: u32, first: u32, tries: u32, second: u32) -> tuple<u32, u32>
;;@ export test/actor@1 search: func(kind: u32, seed: u32, tries: u32, second: u32) -> tuple<u32, u32>
;;@ export test/actor@1 sweep-within: func(counter: borrow<test/counter@1.counter>, kind: u32, tries: u32, second: u32) -> tuple<u32, u32>
;;@ export test/actor@1 group: func(kind: u32, a: u32, b: u32, c: u32, d: u32, e: u32) -> u32
;;@ export test/actor@1 mint: func(times: u32) -> u32
;;@ export test/actor@1 chain: func(cap: u32, times: u32) -> u32
;;@ export test/actor@1 fan: func(cap: u32, times: u32) -> u32
;;@ export test/actor@1 churn: func(times: u32) -> u32
;;@ export test/actor@1 drop: func(first: u32, times: u32) -> u32
(module
  (import "test/counter@1" "read" (func $read (param i32) (result i32)))
  (import "test/counter@1" "finish" (func $finish (param i32 i32)))
  (import "test/counter@1" "finish-if-any" (func $finish-if-any (param i32 i32 i32)))
  (import "test/counter@1" "same" (func $same (param i32 i32) (result i32)))
  (import "test/sink@1" "lend" (func $lend (param i32)))
  (import "test/sink@1" "take" (func $give-away (param i32)))
  (import "test/sink@1" "five" (func $five (param i32 i32 i32 i32 i32)))
  (import "test/sink@1" "two" (func $two (param i32 i32)))
  (import "test/sink@1" "own-and-borrow" (func $own-and-borrow (param i32 i32)))
  (import "test/sink@1" "borrow-and-own" (func $borrow-and-own (param i32 i32)))
  (import "test/sink@1" "two-borrows" (func $two-borrows (param i32 i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_class" (func $class (param i32) (result i32)))
  (import "portcullis" "cap_rights" (func $rights (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "handle_badge" (func $badge (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $value (mut i32) (i32.const 0))
  (global $held (mut i32) (i32.const 0))
  (global $a (mut i32) (i32.const 0))
  (global $b (mut i32) (i32.const 0))
  (global $c (mut i32) (i32.const 0))
  (global $d (mut i32) (i32.const 0))
  (global $ended (mut i32) (i32.const 0))
  (func (export "test/actor@1#[dtor]thing") (param i32)
    (global.set $ended (i32.add (global.get $ended) (i32.const 1))))
  (func (export "test/actor@1#ended") (result i32) (global.get $ended))
  (func (export "test/actor@1#seen") (param i32) (result i32) (local.get 0))
  (func (export "test/actor@1#give") (param i32) (result i32) (local.get 0))
  (func (export "test/actor@1#value") (result i32) (global.get $value))
  ;; What stands in the status word, which is cleared: another call's error must not be taken for one's own.
  (func $status (result i32)
    (i32.load (i32.const 8))
    (call $clear))
  (func $clear (i32.store (i32.const 8) (i32.const 0)))
  (func (export "test/actor@1#create") (param i32 i32) (result i32)
    (call $clear)
    (global.set $value (call $create (local.get 0) (local.get 1)))
    (call $status))
  (func (export "test/actor@1#take") (param i32) (result i32) (local.get 0))
  (func (export "test/actor@1#keep") (param i32) (result i32) (local.get 0))
  (func (export "test/actor@1#return") (param i32) (result i32) (local.get 0))
  (func (export "test/actor@1#within") (param $cap i32) (param $kind i32) (param $second i32) (result i32)
    (call $attempt (local.get $kind) (local.get $cap) (local.get $second)))
  ;; The error of a result<u32, error> at 16: the kernel's, or that of the callee.
  (func $of-result (result i32)
    (local $code i32)
    (local.set $code (call $status))
    (if (local.get $code) (then (return (local.get $code))))
    (global.set $value (i32.load (i32.const 20)))
    (if (i32.load8_u (i32.const 16)) (then (return (i32.load (i32.const 20)))))
    (i32.const 0))
  (func $attempt (export "test/actor@1#attempt") (param $kind i32) (param $cap i32) (param $second i32) (result i32)
    (call $clear)
    (block $12 (block $11 (block $10 (block $9 (block $8 (block $7 (block $6
    (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 (local.get $kind)))
    (return (call $retain (local.get $cap))))
    (return (call $release (local.get $cap))))
    (return (call $revoke (local.get $cap))))
    (global.set $value (call $derive (local.get $cap) (local.get $second)))
    (return (call $status)))
    ;; These two ask, and get 0 for an answer where there is nothing.
    (global.set $value (call $class (local.get $cap)))
    (return (i32.eqz (global.get $value))))
    (global.set $value (call $rights (local.get $cap)))
    (return (i32.eqz (global.get $value))))
    (global.set $value (call $badge (local.get $cap) (local.get $second)))
    (return (call $status)))
    (global.set $value (call $read (local.get $cap)))
    (return (call $status)))
    (global.set $value (call $same (global.get $held) (local.get $cap)))
    (return (call $status)))
    (i64.store (i32.const 16) (i64.const 0))
    (call $finish (local.get $cap) (i32.const 16))
    (return (call $of-result)))
    (i64.store (i32.const 16) (i64.const 0))
    (call $finish-if-any (i32.const 1) (local.get $cap) (i32.const 16))
    (return (call $of-result)))
    (call $lend (local.get $cap))
    (return (call $status)))
    (call $give-away (local.get $cap))
    (call $status))
  (func (export "test/actor@1#skip") (param i32 i32 i32 i32 i32)
    (global.set $a (local.get 0)) (global.set $b (local.get 1)) (global.set $c (local.get 2)) (global.set $d (local.get 3))
    (global.set $held (local.get 4)))
  (func $is-held (param $cap i32) (result i32)
    (i32.or
      (i32.or (i32.eq (local.get $cap) (global.get $a)) (i32.eq (local.get $cap) (global.get $b)))
      (i32.or (i32.eq (local.get $cap) (global.get $c)) (i32.eq (local.get $cap) (global.get $d)))))
  ;; Counts what is not bad-handle, and remembers the first of it.
  (func $judge (param $kind i32) (param $cap i32) (param $second i32)
    (if (call $is-held (local.get $cap)) (then (return)))
    (if (i32.eq (call $attempt (local.get $kind) (local.get $cap) (local.get $second)) (i32.const 1)) (then (return)))
    (if (i32.eqz (i32.load (i32.const 32))) (then (i32.store (i32.const 36) (local.get $cap))))
    (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1))))
  (func $sweep (export "test/actor@1#sweep") (param $kind i32) (param $cap i32) (param $tries i32) (param $second i32) (result i32)
    (i64.store (i32.const 32) (i64.const 0))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $tries)))
        (call $judge (local.get $kind) (local.get $cap) (local.get $second))
        (local.set $cap (i32.add (local.get $cap) (i32.const 1)))
        (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
        (br $next)))
    (i32.const 32))
  ;; xorshift32, which has every number but 0 in its period.
  (func (export "test/actor@1#search") (param $kind i32) (param $cap i32) (param $tries i32) (param $second i32) (result i32)
    (i64.store (i32.const 32) (i64.const 0))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $tries)))
        (local.set $cap (i32.xor (local.get $cap) (i32.shl (local.get $cap) (i32.const 13))))
        (local.set $cap (i32.xor (local.get $cap) (i32.shr_u (local.get $cap) (i32.const 17))))
        (local.set $cap (i32.xor (local.get $cap) (i32.shl (local.get $cap) (i32.const 5))))
        (call $judge (local.get $kind) (local.get $cap) (local.get $second))
        (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
        (br $next)))
    (i32.const 32))
  (func (export "test/actor@1#sweep-within") (param $counter i32) (param $kind i32) (param $tries i32) (param $second i32) (result i32)
    (global.set $d (local.get $counter))
    (call $sweep (local.get $kind) (i32.const 0) (local.get $tries) (local.get $second)))
  (func (export "test/actor@1#group") (param $kind i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (result i32)
    (call $clear)
    (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 (local.get $kind)))
    (call $five (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $e))
    (return (call $status)))
    (call $two (local.get $a) (local.get $b))
    (return (call $status)))
    (call $own-and-borrow (local.get $a) (local.get $b))
    (return (call $status)))
    (call $borrow-and-own (local.get $a) (local.get $b))
    (return (call $status)))
    (call $two-borrows (local.get $a) (local.get $b))
    (call $status))
  ;; Mints as often as it can, at most so many; tells how often. The error stands in the status word.
  (func (export "test/actor@1#mint") (param $times i32) (result i32)
    (local $done i32)
    (call $clear)
    (block $end
      (loop $next
        (br_if $end (i32.eq (local.get $done) (local.get $times)))
        (br_if $end (i32.eqz (call $create (local.get $done) (i32.const 5))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $next)))
    (global.set $value (call $status))
    (local.get $done))
  ;; Each is derived from the one before; gives the last that could be had.
  (func (export "test/actor@1#chain") (param $cap i32) (param $times i32) (result i32)
    (local $next-cap i32)
    (call $clear)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $times)))
        (br_if $end (i32.eqz (local.tee $next-cap (call $derive (local.get $cap) (i32.const 7)))))
        (local.set $cap (local.get $next-cap))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br $next)))
    (global.set $value (call $status))
    (local.get $cap))
  ;; All are derived from one; gives how many could be had.
  (func (export "test/actor@1#fan") (param $cap i32) (param $times i32) (result i32)
    (local $done i32)
    (call $clear)
    (block $end
      (loop $next
        (br_if $end (i32.eq (local.get $done) (local.get $times)))
        (br_if $end (i32.eqz (call $derive (local.get $cap) (i32.const 7))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $next)))
    (global.set $value (call $status))
    (local.get $done))
  ;; Mints and releases; gives how often the new one did not have its own badge.
  (func (export "test/actor@1#churn") (param $times i32) (result i32)
    (local $cap i32) (local $wrong i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $times)))
        (local.set $cap (call $create (local.get $times) (i32.const 6)))
        (local.set $wrong (i32.add (local.get $wrong) (i32.ne (call $badge (local.get $cap) (i32.const 6)) (local.get $times))))
        (local.set $wrong (i32.add (local.get $wrong) (call $release (local.get $cap))))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br $next)))
    (local.get $wrong))
  ;; Releases numbers in a row; gives how many were not bad-handle.
  (func (export "test/actor@1#drop") (param $cap i32) (param $times i32) (result i32)
    (local $done i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $times)))
        (local.set $done (i32.add (local.get $done) (i32.ne (call $release (local.get $cap)) (i32.const 1))))
        (local.set $cap (i32.add (local.get $cap) (i32.const 1)))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br $next)))
    (local.get $done)))`);

const sinkSignatures = `
  lend: func(thing: borrow<test/actor@1.thing>)
  take: func(thing: own<test/actor@1.thing>)
  five: func(a: own<test/actor@1.thing>, b: own<test/actor@1.thing>, c: own<test/actor@1.thing>, d: own<test/actor@1.thing>, e: own<test/actor@1.thing>)
  two: func(a: own<test/actor@1.thing>, b: own<test/actor@1.thing>)
  own-and-borrow: func(a: own<test/actor@1.thing>, b: borrow<test/actor@1.thing>)
  borrow-and-own: func(a: borrow<test/actor@1.thing>, b: own<test/actor@1.thing>)
  two-borrows: func(a: borrow<test/actor@1.thing>, b: borrow<test/actor@1.thing>)`;

/** What the application does with things that it is given: counts them, and releases those that are its own. */
export function provideSink(stage, methods = {}) {
  const seen = { lent: 0, taken: 0 };
  const take = (...handles) => {
    for (const handle of handles) {
      seen.taken += 1;
      handle.release();
    }
  };
  const lend = () => void (seen.lent += 1);
  const sink = stage.provide('test/sink@1', sinkSignatures, {
    lend,
    take,
    five: take,
    two: take,
    ownAndBorrow(own) {
      lend();
      take(own);
    },
    borrowAndOwn(_, own) {
      lend();
      take(own);
    },
    twoBorrows() {
      lend();
      lend();
    },
    ...methods,
  });
  return { sink, seen };
}

/** A server with counters, and the actor that imports it and the application's sink. */
export async function openActor(stage, { methods, options } = {}) {
  const { process: server, counters } = await stage.server();
  const { sink, seen } = provideSink(stage, methods);
  const process = await stage.spawn(actor, { imports: { 'test/counter@1': server, 'test/sink@1': sink }, ...options });
  const plugin = process.interface('test/actor@1');
  return {
    server,
    counters,
    process,
    plugin,
    seen,
    /** The number of the error when a number is used in such a place. */
    attempt: (kind, cap, second = 0) => plugin.attempt(kinds.indexOf(kind), cap, second),
    /** The number of a new thing. */
    async mint(badge = 1, class_ = THING) {
      equal(await plugin.create(badge, class_), 0, 'the error of minting');
      return plugin.value();
    },
    /** The number of a derived one. */
    async derive(cap, rights) {
      equal(await plugin.attempt(kinds.indexOf('cap_derive'), cap, rights), 0, 'the error of deriving');
      return plugin.value();
    },
  };
}
