// Plugins that go deep into the stack, and plugins that find out how much of it they have. Their text is too long to be written by hand.

import { assemble } from './assemble.mjs';

const times = (count, text) => Array.from({ length: count }, (_, index) => text(index)).join('\n');

/**
 * `$use` takes up the stack for real: each of its frames keeps that many vectors of 16 bytes, which it loads before and stores after
 * it goes deeper. No engine can hold them anywhere else.
 */
const vectors = 128;
const use = `
  (global $used (mut i32) (i32.const 0))
  (func $use (param $levels i32)
    ${times(vectors, (index) => `(local $v${index} v128)`)}
    (if (i32.eqz (local.get $levels)) (then (return)))
    ${times(vectors, (index) => `(local.set $v${index} (v128.load offset=${4096 + 16 * index} (i32.const 0)))`)}
    (call $use (i32.sub (local.get $levels) (i32.const 1)))
    ${times(vectors, (index) => `(v128.store offset=${4096 + 16 * index} (i32.const 0) (local.get $v${index}))`)})
  ;; The headroom that was promised.
  (func $headroom
    (call $use (global.get $levels))
    (global.set $used (i32.add (global.get $used) (i32.const 1))))
  (global $levels (mut i32) (i32.const 0))
  (func (export "levels") (param i32) (global.set $levels (local.get 0)))
  (func (export "used") (result i32) (global.get $used))`;

/** Bytes that one level of `$use` takes at least. */
export const levelBytes = 16 * vectors;

/** The frames by which {@link deepPlugins} `digger` goes down: how many integers each of them keeps. */
export const digs = [0, 6, 40];

const dig = (kept, index) => `
  (func $dig${index} (param $levels i32) (param $then i32) (param $levels_then i32) (param $action i32) (result i32)
    (local $result i32)
    ${times(kept, (place) => `(local $v${place} i64)`)}
    ${times(kept, (place) => `(local.set $v${place} (i64.load offset=${8192 + 8 * place} (i32.const 0)))`)}
    (local.set $result
      (if (result i32) (i32.eqz (local.get $levels))
        (then (call $bottom (local.get $then) (local.get $levels_then) (local.get $action)))
        (else (call $dig${index} (i32.sub (local.get $levels) (i32.const 1)) (local.get $then) (local.get $levels_then) (local.get $action)))))
    ${times(kept, (place) => `(i64.store offset=${8192 + 8 * place} (i32.const 0) (local.get $v${place}))`)}
    (local.get $result))`;

/** What the digger does when it is at the bottom; each gives 1 when it was done, and otherwise 1,000 and the error's number. */
export const actions = ['numbers', 'lent', 'text', 'moved', 'kernel', 'host', 'edge', 'again'];

const digger = `
;;@ import test/deep@1 numbers: func(left: u32, right: u32) -> u32
;;@ import test/deep@1 lent: func(thing: borrow<test/dug@1.thing>) -> u32
;;@ import test/deep@1 text: func(text: string) -> string
;;@ import test/deep@1 moved: func(thing: own<test/dug@1.thing>) -> u32
;;@ import test/surface@1 host: func(number: u32) -> u32
;;@ import test/surface@1 edge: func(number: u32) -> u32
;;@ import test/surface@1 again: func(number: u32) -> u32
;;@ export test/dug@1 thing: resource(7)
;;@ export test/dug@1 dig: func(kind: u32, levels: u32, then: u32, levels-then: u32, action: u32) -> u32
(module
  (import "test/deep@1" "numbers" (func $numbers (param i32 i32) (result i32)))
  (import "test/deep@1" "lent" (func $lent (param i32) (result i32)))
  (import "test/deep@1" "text" (func $text (param i32 i32 i32)))
  (import "test/deep@1" "moved" (func $moved (param i32) (result i32)))
  (import "test/surface@1" "host" (func $host (param i32) (result i32)))
  (import "test/surface@1" "edge" (func $edge (param i32) (result i32)))
  (import "test/surface@1" "again" (func $again (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "thirty-two bytes of text, at last")
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $thing (mut i32) (i32.const 0))
  ${use}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $headroom) (i32.const 1024))
  (func (export "test/dug@1#[dtor]thing") (param i32) (call $headroom))
  (func (export "prepare")
    (global.set $thing (call $create (i32.const 1) (i32.const 7))))
  ;; 1, or what went wrong.
  (func $outcome (param $result i32) (param $expected i32) (result i32)
    (local $error i32)
    (local.set $error (i32.load (i32.const 8)))
    (i32.store (i32.const 8) (i32.const 0))
    (if (local.get $error) (then (return (i32.add (i32.const 1000) (local.get $error)))))
    (i32.eq (local.get $result) (local.get $expected)))
  (func $act (param $action i32) (result i32)
    (local $cap i32)
    (if (i32.eq (local.get $action) (i32.const 0))
      (then (return (call $outcome (call $numbers (i32.const 40) (i32.const 2)) (i32.const 42)))))
    (if (i32.eq (local.get $action) (i32.const 1))
      (then (return (call $outcome (call $lent (global.get $thing)) (i32.const 43)))))
    (if (i32.eq (local.get $action) (i32.const 2))
      (then
        (call $text (i32.const 64) (i32.const 33) (i32.const 16))
        (return (call $outcome (i32.const 0) (i32.const 0)))))
    (if (i32.eq (local.get $action) (i32.const 3))
      (then
        (local.set $cap (call $create (i32.const 2) (i32.const 7)))
        (local.set $action (call $moved (local.get $cap)))
        ;; It did not move when the call failed.
        (if (i32.load (i32.const 8)) (then (drop (call $release (local.get $cap)))))
        (return (call $outcome (local.get $action) (i32.const 44)))))
    (if (i32.eq (local.get $action) (i32.const 4))
      (then
        (local.set $cap (call $create (i32.const 3) (i32.const 7)))
        (drop (call $retain (local.get $cap)))
        (drop (call $release (local.get $cap)))
        (return (call $outcome (call $release (local.get $cap)) (i32.const 0)))))
    (if (i32.eq (local.get $action) (i32.const 5))
      (then (return (call $outcome (call $host (i32.const 5)) (i32.const 6)))))
    (if (i32.eq (local.get $action) (i32.const 6))
      (then (return (call $outcome (call $edge (i32.const 6)) (i32.const 7)))))
    (call $outcome (call $again (i32.const 7)) (i32.const 8)))
  (func $bottom (param $then i32) (param $levels i32) (param $action i32) (result i32)
    (if (local.get $levels)
      (then
        ${times(digs.length, (index) => `
        (if (i32.eq (local.get $then) (i32.const ${index}))
          (then (return (call $dig${index} (local.get $levels) (i32.const 0) (i32.const 0) (local.get $action)))))`)}))
    (call $act (local.get $action)))
  ${digs.map(dig).join('\n')}
  (func (export "test/dug@1#dig") (param $kind i32) (param $levels i32) (param $then i32) (param $levels_then i32) (param $action i32) (result i32)
    ${times(digs.length, (index) => `
    (if (i32.eq (local.get $kind) (i32.const ${index}))
      (then (return (call $dig${index} (local.get $levels) (local.get $then) (local.get $levels_then) (local.get $action)))))`)}
    (i32.const 0)))`;

const deep = `
;;@ export test/deep@1 numbers: func(left: u32, right: u32) -> u32
;;@ export test/deep@1 lent: func(thing: borrow<test/dug@1.thing>) -> u32
;;@ export test/deep@1 text: func(text: string) -> string
;;@ export test/deep@1 moved: func(thing: own<test/dug@1.thing>) -> u32
(module
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory (export "memory") 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ${use}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $headroom) (i32.const 1024))
  (func (export "test/deep@1#numbers") (param i32 i32) (result i32)
    (call $headroom)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "test/deep@1#lent") (param i32) (result i32) (call $headroom) (i32.const 43))
  (func (export "test/deep@1#text") (param i32 i32) (result i32)
    (call $headroom)
    (i32.store (i32.const 16) (local.get 0))
    (i32.store (i32.const 20) (local.get 1))
    (i32.const 16))
  (func (export "cabi_post_test/deep@1#text") (param i32) (call $headroom))
  (func (export "test/deep@1#moved") (param i32) (result i32)
    (call $headroom)
    (drop (call $release (local.get 0)))
    (i32.const 44))
  (func $forever (param i32) (result i32)
    (i32.add (call $forever (i32.add (local.get 0) (i32.const 1))) (i32.load (i32.const 64))))
  (func (export "forever") (result i32) (call $forever (i32.const 0))))`;

/** Uses the stack for a function of the application. */
const raw = `
(module
  (memory 1)
  ${use}
  (func (export "headroom") (call $headroom)))`;

/** Hands a call on, and counts. It has no memory, of which no engine lets a page have thousands. */
const deeper = `
;;@ import test/deeper@1 call: func() -> u32
;;@ export test/deeper@1 call: func() -> u32
(module
  (import "test/deeper@1" "call" (func $call (result i32)))
  (func (export "test/deeper@1#call") (result i32) (i32.add (call $call) (i32.const 1))))`;

/** @returns {Map<string, Uint8Array>} by name */
export function deepPlugins() {
  return new Map(Object.entries({ digger, deep, 'deep-raw': raw, deeper }).map(([name, text]) => [name, assemble(text)]));
}
