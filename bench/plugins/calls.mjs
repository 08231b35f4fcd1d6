// The plugins that call each other, as WebAssembly text. Each pair has code of its own, so that no engine shares what it learned about
// one with another.

import { loop } from './loop.mjs';

/** How many pairs of plugins call each other. */
export const pairs = 32;
/** How many of them hand over text and bytes. They have memories, of which a page of Chromium's may have 124 in all. */
export const copyingPairs = 6;
/** How many of them hand over a mebibyte at a time. */
export const largePairs = 4;

/** Where things are in the memories of those that have one. */
const text = 64;
const content = 1024;
/** What is handed over at most, where that arrives, and how many pages that needs. */
const small = { size: 1 << 10, arriving: 16 << 10, pages: 1 };
const large = { size: 1 << 20, arriving: 2 << 20, pages: 48 };

/** Serves handles and numbers. `calls` says how often it was called. */
const canvas = (number) => `
;;@ export figures/canvas@1 canvas: resource(1)
;;@ export figures/canvas@1 create: func() -> own<canvas>
;;@ export figures/canvas@1 set-size: func(canvas: borrow<canvas>, width: u32, height: u32)
;;@ export figures/canvas@1 add: func(left: u32, right: u32) -> u32
(module
  (import "portcullis" "handle_create" (func $handle_create (param i32 i32) (result i32)))
  (global $calls (mut i32) (i32.const 0))
  (global $area (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "figures/canvas@1#create") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $handle_create (i32.const ${1000 + number}) (i32.const 1)))
  (func (export "figures/canvas@1#set-size") (param $canvas i32) (param $width i32) (param $height i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $area
      (i32.xor (i32.mul (local.get $width) (local.get $height)) (i32.add (local.get $canvas) (i32.const ${number})))))
  (func (export "figures/canvas@1#add") (param $left i32) (param $right i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.xor (i32.add (local.get $left) (local.get $right)) (i32.const ${number}))))`;

/** Takes handles that somebody else minted. */
const viewer = (number) => `
;;@ export figures/viewer@1 show: func(canvas: borrow<figures/canvas@1.canvas>, x: u32, y: u32)
(module
  (global $calls (mut i32) (i32.const 0))
  (global $place (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "figures/viewer@1#show") (param $canvas i32) (param $x i32) (param $y i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $place
      (i32.xor (i32.mul (local.get $x) (local.get $y)) (i32.add (local.get $canvas) (i32.const ${number}))))))`;

/** Calls all of them in loops. */
const painter = (number) => `
;;@ import figures/canvas@1 create: func() -> own<canvas>
;;@ import figures/canvas@1 set-size: func(canvas: borrow<canvas>, width: u32, height: u32)
;;@ import figures/canvas@1 add: func(left: u32, right: u32) -> u32
;;@ import figures/viewer@1 show: func(canvas: borrow<figures/canvas@1.canvas>, x: u32, y: u32)
;;@ import figures/host@1 add: func(left: u32, right: u32) -> u32
(module
  (import "figures/canvas@1" "create" (func $create (result i32)))
  (import "figures/canvas@1" "set-size" (func $set_size (param i32 i32 i32)))
  (import "figures/canvas@1" "add" (func $add (param i32 i32) (result i32)))
  (import "figures/viewer@1" "show" (func $show (param i32 i32 i32)))
  (import "figures/host@1" "add" (func $host (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (global $canvas (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "sum") (result i32) (global.get $sum))
  (func (export "begin") (result i32)
    (global.set $canvas (call $create))
    (global.get $canvas))
  ${loop('handle', `(call $set_size (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('numbers', `(global.set $sum (call $add (global.get $sum) (local.get $count)))`)}
  ${loop('lent', `(call $show (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('minted', `(global.set $sum (i32.or (global.get $sum) (call $release (call $create))))`)}
  ${loop('host', `(global.set $sum (call $host (global.get $sum) (local.get $count)))`)})`;

/** Calls a method of an object that it was given, at whoever minted it. */
const visitor = (number) => `
;;@ import figures/canvas@1 set-size: func(canvas: borrow<canvas>, width: u32, height: u32)
;;@ export figures/visitor@1 begin: func(canvas: own<figures/canvas@1.canvas>)
(module
  (import "figures/canvas@1" "set-size" (func $set_size (param i32 i32 i32)))
  (global $canvas (mut i32) (i32.const ${number}))
  (func (export "figures/visitor@1#begin") (param $canvas i32) (global.set $canvas (local.get $canvas)))
  ${loop('dispatched', `(call $set_size (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)})`;

/** Takes text and bytes, into the same place each time. */
const taking = (number, { arriving, pages }) => `
;;@ export figures/reader@1 name: func(name: string)
;;@ export figures/reader@1 write: func(bytes: list<u8>)
(module
  (memory (export "memory") ${pages})
  (global $calls (mut i32) (i32.const 0))
  (global $last (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "last") (result i32) (global.get $last))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const ${arriving}))
  (func $take (param $address i32) (param $length i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $last (i32.load8_u (i32.sub (i32.add (local.get $address) (local.get $length)) (i32.const ${1 + (number % 16)})))))
  (func (export "figures/reader@1#name") (param i32 i32) (call $take (local.get 0) (local.get 1)))
  (func (export "figures/reader@1#write") (param i32 i32) (call $take (local.get 0) (local.get 1))))`;

/** A call that hands over a range; and the same after one copy of it, for whoever protects nobody. */
const giving = (name, callee, { address, length, arriving }) => `
  ${loop(name, `(call ${callee} (i32.const ${address}) (i32.const ${length}))`)}
  ${loop(
    `${name}-copied`,
    `(memory.copy (i32.const ${arriving}) (i32.const ${address}) (i32.const ${length}))
      (call ${callee} (i32.const ${arriving}) (i32.const ${length}))`,
  )}`;

/** Gives text and bytes, in loops. Their bytes are its number and one. */
const writing = (number, { size, arriving, pages }) => `
;;@ import figures/reader@1 name: func(name: string)
;;@ import figures/reader@1 write: func(bytes: list<u8>)
(module
  (import "figures/reader@1" "name" (func $name (param i32 i32)))
  (import "figures/reader@1" "write" (func $write (param i32 i32)))
  (memory (export "memory") ${pages})
  (data (i32.const ${text}) "sixteen letters!")
  (func (export "begin") (memory.fill (i32.const ${content}) (i32.const ${1 + number}) (i32.const ${size})))
  ${giving('text', '$name', { address: text, length: 16, arriving })}
  ${giving('bytes', '$write', { address: content, length: size, arriving })})`;

const each = function* (count, sources) {
  for (let number = 0; number < count; number += 1) for (const [name, source] of Object.entries(sources)) yield [`${name}-${number}`, source(number)];
};

/** Each of them by name. */
export const texts = () => [
  ...each(pairs, { canvas, viewer, painter, visitor }),
  ...each(copyingPairs, { reader: (number) => taking(number, small), writer: (number) => writing(number, small) }),
  ...each(largePairs, { 'large-reader': (number) => taking(number, large), 'large-writer': (number) => writing(number, large) }),
];
