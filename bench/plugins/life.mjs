// The plugins that are started and ended: one of some hundred bytes with a page of memory, the filter `invert`, and the first as Extism
// wants it. There are many of each, for an engine knows code that it has seen.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { build } from '../../xtask/paths.mjs';
import { variants } from './life-variants.mjs';

const each = (make) => Array.from({ length: variants }, (_, number) => make(number));

/** Adds, and traps when it is told to. */
const small = (number) => `
;;@ export bench/small@1 add: func(left: u32, right: u32) -> u32
;;@ export bench/small@1 fail: func()
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "small ${number}")
  (func (export "bench/small@1#fail") (unreachable))
  (func (export "bench/small@1#add") (param $left i32) (param $right i32) (result i32)
    (i32.store (i32.const 0) (i32.const ${number}))
    (i32.add (local.get $left) (local.get $right))))`;

/** The same for Extism, which hands over bytes. */
const extism = (number) => `
(module
  (import "extism:host/env" "input_load_u64" (func $input_load (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 1)
  (data (i32.const 64) "small ${number}")
  (func (export "fail") (result i32) (unreachable))
  (func (export "add") (result i32)
    (local $both i64)
    (local $block i64)
    (local.set $both (call $input_load (i64.const 0)))
    (local.set $block (call $alloc (i64.const 8)))
    (call $store (local.get $block) (i64.and
      (i64.add (local.get $both) (i64.shr_u (local.get $both) (i64.const 32)))
      (i64.const 0xffffffff)))
    (call $output (local.get $block) (i64.const 8))
    (i32.const 0)))`;

/** Each of them by name. */
export const texts = () => [...each((number) => [`small-${number}`, small(number)]), ...each((number) => [`extism-${number}`, extism(number)])];

/** The same program with one more constant in it. */
function variant(bytes, number) {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(binaryen.Features.All);
    module.addGlobal(`variant-${number}`, binaryen.i32, false, module.i32.const(number));
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

export function modules() {
  const invert = new Uint8Array(readFileSync(join(build, 'plugins/invert.wasm')));
  return each((number) => [`invert-${number}`, variant(invert, number)]);
}

export const sources = ['build/plugins/invert.wasm'];
