// A plugin that holds many handles of another one, and works with some of them.

import { loop } from './loop.mjs';

/** How many of its handles it works with, spread evenly over all of them. */
export const worked = 64;

/** The handle whose turn it is. Numbers of handles begin at 1. */
const turn = `(i32.add (i32.const 1) (i32.mul (i32.rem_u (local.get $count) (global.get $worked)) (global.get $apart)))`;

const holder = `
;;@ import figures/canvas@1 canvas: resource(3)
;;@ import figures/canvas@1 create: func() -> own<canvas>
;;@ import figures/canvas@1 set-size: func(canvas: borrow<canvas>, width: u32, height: u32)
(module
  (import "figures/canvas@1" "create" (func $create (result i32)))
  (import "figures/canvas@1" "set-size" (func $set_size (param i32 i32 i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "cap_class" (func $class (param i32) (result i32)))
  (global $worked (mut i32) (i32.const 1))
  (global $apart (mut i32) (i32.const 1))
  (global $last (mut i32) (i32.const 0))
  (global $failed (mut i32) (i32.const 0))
  (global $wrong (mut i32) (i32.const 0))
  ;; Gets handles until it has so many, and says what the last one's number is.
  (func (export "begin") (param $count i32) (result i32)
    (global.set $worked (select (local.get $count) (i32.const ${worked}) (i32.lt_u (local.get $count) (i32.const ${worked}))))
    (global.set $apart (i32.div_u (local.get $count) (global.get $worked)))
    (loop $again
      (global.set $last (call $create))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count)))
    (global.get $last))
  ;; What went wrong: an error, or a class that is another.
  (func (export "failed") (result i32) (i32.or (global.get $failed) (global.get $wrong)))
  ${loop('retain', `
      (global.set $failed (i32.or (global.get $failed) (call $retain ${turn})))
      (global.set $failed (i32.or (global.get $failed) (call $release ${turn})))`)}
  ${loop('derive', `
      (global.set $last (call $derive ${turn} (i32.const 1)))
      (global.set $failed (i32.or (global.get $failed) (call $revoke (global.get $last))))
      (global.set $failed (i32.or (global.get $failed) (call $release (global.get $last))))`)}
  ${loop('look', `(global.set $wrong (i32.or (global.get $wrong) (i32.xor (i32.const 3) (call $class ${turn}))))`)}
  ${loop('mint', '(global.set $failed (i32.or (global.get $failed) (call $release (call $create))))')}
  ${loop('call', `(call $set_size ${turn} (local.get $count) (i32.const 7))`)})`;

/** Each of them by name. */
export const texts = () => [['holder', holder]];
