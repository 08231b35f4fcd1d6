// Plugins that send messages, and that take them.

import { copyingPairs } from './calls.mjs';
import { loop } from './loop.mjs';

/** Takes messages: 16 bytes, and with `take-own` a capability, which it releases, with `take-four` four. */
const mailbox = (number) => `
;;@ export figures/mailbox@1 take: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ export figures/mailbox@1 take-own: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ export figures/mailbox@1 take-four: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
(module
  (import "portcullis" "msg_recv" (func $recv (param i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "figures/mailbox@1#take") (param $message i32) (param $kind i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.xor (call $recv (local.get $message) (i32.const 1024) (i32.const 16) (i32.const 0) (i32.const 0)) (i32.const ${number})))
  (func (export "figures/mailbox@1#take-own") (param $message i32) (param $kind i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (drop (call $recv (local.get $message) (i32.const 1024) (i32.const 16) (i32.const 2048) (i32.const 1)))
    (call $release (i32.load (i32.const 2048))))
  (func (export "figures/mailbox@1#take-four") (param $message i32) (param $kind i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (drop (call $recv (local.get $message) (i32.const 1024) (i32.const 16) (i32.const 2048) (i32.const 4)))
    (i32.or
      (i32.or (call $release (i32.load (i32.const 2048))) (call $release (i32.load (i32.const 2052))))
      (i32.or (call $release (i32.load (i32.const 2056))) (call $release (i32.load (i32.const 2060)))))))`;

/** Sends messages in loops: with one that it made before, with one for each call, and with a capability or four in it. */
const mailer = (number) => `
;;@ import figures/mailbox@1 take: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ import figures/mailbox@1 take-own: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ import figures/mailbox@1 take-four: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ export figures/mailer@1 thing: resource(1)
(module
  (import "figures/mailbox@1" "take" (func $take (param i32 i32) (result i32)))
  (import "figures/mailbox@1" "take-own" (func $take_own (param i32 i32) (result i32)))
  (import "figures/mailbox@1" "take-four" (func $take_four (param i32 i32) (result i32)))
  (import "portcullis" "msg_create" (func $create (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "msg_free" (func $free (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $mint (param i32 i32) (result i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "sixteen letters!")
  (global $kept (mut i32) (i32.const 0))
  (global $message (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (global $failed (mut i32) (i32.const 0))
  ;; What the other one said of the capabilities that it got.
  (func (export "failed") (result i32) (global.get $failed))
  (func (export "begin")
    (i32.store (i32.const 32) (call $mint (i32.const 1) (i32.const 1)))
    (i32.store (i32.const 36) (call $mint (i32.const 2) (i32.const 1)))
    (i32.store (i32.const 40) (call $mint (i32.const 3) (i32.const 1)))
    (i32.store (i32.const 44) (call $mint (i32.const 4) (i32.const 1)))
    (global.set $kept (call $create (i32.const 64) (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  ${loop('again', `(global.set $sum (call $take (global.get $kept) (local.get $count)))`)}
  ${loop('fresh', `
      (global.set $message (call $create (i32.const 64) (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
      (global.set $sum (call $take (global.get $message) (local.get $count)))
      (drop (call $free (global.get $message)))`)}
  ${loop('moving', `
      (drop (call $retain (i32.load (i32.const 32))))
      (global.set $message (call $create (i32.const 64) (i32.const 16) (i32.const 32) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
      (global.set $sum (call $take_own (global.get $message) (local.get $count)))
      (drop (call $free (global.get $message)))`)}
  ${loop('four', `
      (drop (call $retain (i32.load (i32.const 32))))
      (drop (call $retain (i32.load (i32.const 36))))
      (drop (call $retain (i32.load (i32.const 40))))
      (drop (call $retain (i32.load (i32.const 44))))
      (global.set $message (call $create (i32.const 64) (i32.const 16) (i32.const 32) (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
      (global.set $failed (i32.or (global.get $failed) (call $take_four (global.get $message) (local.get $count))))
      (drop (call $free (global.get $message)))`)})`;

/** Each of them by name. */
export const texts = () =>
  Array.from({ length: copyingPairs }, (_, number) => [
    [`mailbox-${number}`, mailbox(number)],
    [`mailer-${number}`, mailer(number)],
  ]).flat();
