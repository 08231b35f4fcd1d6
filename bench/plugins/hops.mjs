// What roads consist of, as WebAssembly text: plugins, halves that only hand on, the proof of stack. Nothing is checked on them, so no
// shortening of checks gets below what a call costs there.

import { loop } from './loop.mjs';
import { pairs } from './calls.mjs';

/** Where the frame is, and where in it the status and the arguments are. */
const frame = 4096;
const status = 4;
const places = [16, 24, 32];

/** What is handed on, and where it comes from. */
const passed = places.map((_, place) => `(local.get ${place})`).join(' ');
const fromFrame = places.map((place) => `(i32.load offset=${place} (local.get 0))`).join(' ');
const intoFrame = places.map((place, number) => `(i32.store offset=${place} (i32.const ${frame}) (local.get ${number}))`).join(' ');

const numbers = '(param i32 i32 i32)';
const half = '(type $half (func (param i32) (result i32)))';
const export_ = `(type $export (func ${numbers}))`;

/** A table with what is called next, at a place that is not the same in all modules. */
const table = '(table (export "next") 2 funcref)';
const next = (type, number, values) => `(call_indirect (type ${type}) ${values} (i32.const ${number & 1}))`;

/** The plugin that calls. */
const caller = (number) => `
(module
  (import "k" "road" (func $road ${numbers}))
  ${loop('call', `(call $road (i32.const ${1000 + number}) (local.get $count) (i32.const ${number + 1}))`)})`;

/** The plugin that is called. */
const callee = (number) => `
(module
  (global $calls (mut i32) (i32.const 0))
  (global $area (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "half") (param $canvas i32) (param $width i32) (param $height i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $area
      (i32.xor (i32.mul (local.get $width) (local.get $height)) (i32.add (local.get $canvas) (i32.const ${number}))))))`;

/** The half of the callee's gate: from the frame to the plugin. */
const taking = (number) => `
(module
  ${half} ${export_}
  (import "k" "memory" (memory 0))
  ${table}
  (func (export "half") (type $half) ${next('$export', number, fromFrame)} (i32.const 0)))`;

/** The half of the caller's gate: into the frame, to the other half, without containment. */
const framed = (number) => `
(module
  ${half}
  (import "k" "memory" (memory 0))
  ${table}
  (func (export "half") ${numbers} ${intoFrame} (if ${next('$half', number, `(i32.const ${frame})`)} (then unreachable))))`;

/** The half of the caller's gate that calls the plugin. */
const straight = (number) => `
(module
  ${export_}
  ${table}
  (func (export "half") ${numbers} ${next('$export', number, passed)}))`;

const failed = (number) => `(if (i32.eq (i32.load offset=${status} (i32.const ${frame})) (i32.const ${1 + number})) (then unreachable))`;

/** The half of the caller's gate: into the frame, to containment. */
const contained = (number) => `
(module
  (import "k" "memory" (memory 0))
  (import "k" "contain" (func $contain (param i32 i32)))
  (global $slot (import "k" "slot") i32)
  (func (export "half") ${numbers} ${intoFrame} (call $contain (i32.const ${frame}) (global.get $slot)) ${failed(number)}))`;

/** A half that does the work of both, and hands the arguments to containment as they are. */
const joint = (number) => `
(module
  (import "k" "memory" (memory 0))
  (import "k" "pass" (func $pass (param i32 i32 i32 i32 i32)))
  (global $slot (import "k" "slot") i32)
  (func (export "half") ${numbers} (call $pass ${passed} (i32.const ${frame}) (global.get $slot)) ${failed(number)}))`;

/** What containment calls, which proves that there is stack or does not: \x finds a half by its slot, `pass` an export. */
const entrances = (prove) => `
(module
  ${half} ${export_}
  (import "k" "memory" (memory 0))
  (import "k" "slots" (table $slots 0 funcref))
  (import "k" "headroom" (func $headroom (param i32)))
  (func (export "enter") (param i32 i32)
    ${prove ? '(call $headroom (local.get 0))' : ''}
    (i32.store offset=${status} (local.get 0) (call_indirect $slots (type $half) (local.get 0) (local.get 1))))
  (func (export "pass") (param i32 i32 i32 i32 i32)
    ${prove ? '(call $headroom (local.get 3))' : ''}
    (i32.store offset=${status} (local.get 3) (i32.const 0))
    (call_indirect $slots (type $export) ${passed} (local.get 4))))`;

/** The proof of 48 KiB, as `kernel/src/translator/stack.rs` makes it: results of calls that are never made. */
const vectors = Array(768).fill('v128').join(' ');
const proof = `
(module
  (type $gives (func (result ${vectors})))
  (type $takes (func (param ${vectors})))
  (table 1 funcref)
  (func (export "headroom") (param i32)
    (if (i32.eqz (local.get 0))
      (then
        ${'(call_indirect (type $gives) (i32.const 0)) '.repeat(3)}
        ${'(call_indirect (type $takes) (i32.const 0)) '.repeat(3)}))))`;

const numbered = { caller, callee, taking, framed, straight, contained, joint };

/** Each of them by name. The machine has to have vectors. */
export const texts = () => [
  ...Object.entries(numbered).flatMap(([name, text]) => Array.from({ length: pairs }, (_, number) => [`${name}-${number}`, text(number)])),
  ['entrances', entrances(false)],
  ['entrances-proving', entrances(true)],
  ['proof', proof, ['SIMD128', 'Multivalue']],
];
