// Core modules of components that do what the plugins of calls do, with the names that the Component Model gives imports and exports.

import { largePairs } from './calls.mjs';
import { loop } from './loop.mjs';

/** How many pairs of components there are, each with JavaScript of its own. */
export const pairs = 8;

/** What they import and export. */
export const wit = `
package bench:calls;

interface canvas {
  resource canvas { set-size: func(width: u32, height: u32); }
  create: func() -> canvas;
  add: func(left: u32, right: u32) -> u32;
}
interface viewer {
  use canvas.{canvas};
  show: func(canvas: borrow<canvas>, x: u32, y: u32);
}
interface host { add: func(left: u32, right: u32) -> u32; }
interface reader {
  name: func(name: string);
  write: func(bytes: list<u8>);
}
world canvas-world { export canvas; export calls: func() -> u32; }
world viewer-world { import canvas; export viewer; export calls: func() -> u32; }
world painter-world {
  import canvas;
  import viewer;
  import host;
  export begin: func();
  export handle: func(count: u32);
  export numbers: func(count: u32);
  export lent: func(count: u32);
  export minted: func(count: u32);
  export host-calls: func(count: u32);
}
world reader-world { export reader; export calls: func() -> u32; }
world writer-world { import reader; export begin: func(); export text: func(count: u32); export bytes: func(count: u32); }
`;

const canvas = (number) => `
(module
  (import "[export]bench:calls/canvas" "[resource-new]canvas" (func $new (param i32) (result i32)))
  (global $calls (mut i32) (i32.const 0))
  (global $area (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "bench:calls/canvas#create") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $new (i32.const ${1000 + number})))
  (func (export "bench:calls/canvas#[method]canvas.set-size") (param $canvas i32) (param $width i32) (param $height i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $area
      (i32.xor (i32.mul (local.get $width) (local.get $height)) (i32.add (local.get $canvas) (i32.const ${number})))))
  (func (export "bench:calls/canvas#add") (param $left i32) (param $right i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.xor (i32.add (local.get $left) (local.get $right)) (i32.const ${number}))))`;

const viewer = (number) => `
(module
  (import "bench:calls/canvas" "[resource-drop]canvas" (func $drop (param i32)))
  (global $calls (mut i32) (i32.const 0))
  (global $place (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "bench:calls/viewer#show") (param $canvas i32) (param $x i32) (param $y i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $place
      (i32.xor (i32.mul (local.get $x) (local.get $y)) (i32.add (local.get $canvas) (i32.const ${number}))))
    (call $drop (local.get $canvas))))`;

const painter = (number) => `
(module
  (import "bench:calls/canvas" "create" (func $create (result i32)))
  (import "bench:calls/canvas" "[method]canvas.set-size" (func $set_size (param i32 i32 i32)))
  (import "bench:calls/canvas" "[resource-drop]canvas" (func $release (param i32)))
  (import "bench:calls/canvas" "add" (func $add (param i32 i32) (result i32)))
  (import "bench:calls/viewer" "show" (func $show (param i32 i32 i32)))
  (import "bench:calls/host" "add" (func $host (param i32 i32) (result i32)))
  (global $canvas (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "begin") (global.set $canvas (call $create)))
  ${loop('handle', `(call $set_size (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('numbers', `(global.set $sum (call $add (global.get $sum) (local.get $count)))`)}
  ${loop('lent', `(call $show (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('minted', '(call $release (call $create))')}
  ${loop('host-calls', `(global.set $sum (call $host (global.get $sum) (local.get $count)))`)})`;

const reader = (number, { arriving, pages }) => `
(module
  (memory (export "memory") ${pages})
  (global $calls (mut i32) (i32.const 0))
  (global $last (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const ${arriving}))
  (func $take (param $address i32) (param $length i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $last (i32.load8_u (i32.sub (i32.add (local.get $address) (local.get $length)) (i32.const 1)))))
  (func (export "bench:calls/reader#name") (param i32 i32) (call $take (local.get 0) (local.get 1)))
  (func (export "bench:calls/reader#write") (param i32 i32) (call $take (local.get 0) (local.get 1))))`;

const writer = (number, { size, pages }) => `
(module
  (import "bench:calls/reader" "name" (func $name (param i32 i32)))
  (import "bench:calls/reader" "write" (func $write (param i32 i32)))
  (memory (export "memory") ${pages})
  (data (i32.const 64) "sixteen letters!")
  (func (export "begin") (memory.fill (i32.const 1024) (i32.const ${1 + number}) (i32.const ${size})))
  ${loop('text', '(call $name (i32.const 64) (i32.const 16))')}
  ${loop('bytes', `(call $write (i32.const 1024) (i32.const ${size}))`)})`;

const small = { size: 1 << 10, arriving: 16 << 10, pages: 1 };
const large = { size: 1 << 20, arriving: 2 << 20, pages: 48 };

/** Each core module by name, and the world that it is for. */
export function cores() {
  const made = [];
  for (let number = 0; number < pairs; number += 1) {
    made.push([`canvas-${number}`, 'canvas-world', canvas(number)], [`viewer-${number}`, 'viewer-world', viewer(number)], [`painter-${number}`, 'painter-world', painter(number)]);
    made.push([`reader-${number}`, 'reader-world', reader(number, small)], [`writer-${number}`, 'writer-world', writer(number, small)]);
    if (number < largePairs) made.push([`large-reader-${number}`, 'reader-world', reader(number, large)], [`large-writer-${number}`, 'writer-world', writer(number, large)]);
  }
  return made;
}
