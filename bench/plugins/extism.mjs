// Plugins for Extism. What it hands over is in blocks of its own, which plugins read and write eight bytes at a time by calling it.

import { largePairs } from './calls.mjs';

const pairs = 8;

/** Where bytes are in the memories of those that take and give them. */
const content = 1024;

const environment = `
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u64" (func $input_load (param i64) (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "free" (func $free (param i64)))
  (import "extism:host/env" "load_u64" (func $load (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))`;

/** Adds two numbers of its input, and takes bytes into its memory. */
const server = (number, pages) => `
(module
  ${environment}
  (memory ${pages})
  (global $calls (mut i32) (i32.const 0))
  (global $last (mut i32) (i32.const ${number}))
  (func $answer (param $value i64)
    (local $block i64)
    (local.set $block (call $alloc (i64.const 8)))
    (call $store (local.get $block) (local.get $value))
    (call $output (local.get $block) (i64.const 8)))
  (func (export "calls") (result i32)
    (call $answer (i64.extend_i32_u (global.get $calls)))
    (i32.const 0))
  (func (export "add") (result i32)
    (local $both i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $both (call $input_load (i64.const 0)))
    (call $answer (i64.and
      (i64.xor (i64.add (local.get $both) (i64.shr_u (local.get $both) (i64.const 32))) (i64.const ${number}))
      (i64.const 0xffffffff)))
    (i32.const 0))
  (func (export "write") (result i32)
    (local $place i64)
    (local $length i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $length (call $input_length))
    (loop $next
      (i64.store offset=${content} (i32.wrap_i64 (local.get $place)) (call $input_load (local.get $place)))
      (local.set $place (i64.add (local.get $place) (i64.const 8)))
      (br_if $next (i64.lt_u (local.get $place) (local.get $length))))
    (global.set $last (i32.load8_u offset=${content} (i32.sub (i32.wrap_i64 (local.get $length)) (i32.const 1))))
    (i32.const 0)))`;

/** Calls functions of the page in loops: with numbers, and with bytes. Its input is how often, and how many bytes. */
const client = (number, pages) => `
(module
  ${environment}
  (import "extism:host/user" "add" (func $add (param i32 i32) (result i32)))
  (import "extism:host/user" "hand" (func $hand (param i64)))
  (memory ${pages})
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "numbers") (result i32)
    (local $count i32)
    (local.set $count (i32.wrap_i64 (call $input_load (i64.const 0))))
    (loop $again
      (global.set $sum (call $add (global.get $sum) (local.get $count)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count)))
    (i32.const 0))
  (func (export "bytes") (result i32)
    (local $count i32)
    (local $size i64)
    (local $place i64)
    (local $block i64)
    (local.set $count (i32.wrap_i64 (call $input_load (i64.const 0))))
    (local.set $size (i64.shr_u (call $input_load (i64.const 0)) (i64.const 32)))
    (loop $again
      (local.set $block (call $alloc (local.get $size)))
      (local.set $place (i64.const 0))
      (loop $next
        (call $store (i64.add (local.get $block) (local.get $place)) (i64.load offset=${content} (i32.wrap_i64 (local.get $place))))
        (local.set $place (i64.add (local.get $place) (i64.const 8)))
        (br_if $next (i64.lt_u (local.get $place) (local.get $size))))
      (call $hand (local.get $block))
      (call $free (local.get $block))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count)))
    (i32.const 0)))`;

/** Each of them by name. */
export const texts = () => [
  ...Array.from({ length: pairs }, (_, number) => [[`server-${number}`, server(number, 1)], [`client-${number}`, client(number, 1)]]).flat(),
  ...Array.from({ length: largePairs }, (_, number) => [[`large-server-${number}`, server(number, 24)], [`large-client-${number}`, client(number, 24)]]).flat(),
];
