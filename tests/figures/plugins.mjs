// The far and the near side of frames of JavaScript, as WebAssembly text. Each pair has code of its own, so that no engine shares what it
// learned about one with another.

import { loop } from '../../bench/plugins/loop.mjs';

/** One number of each kind of parameter, as core types. Integers are too large for an engine's small ones. */
const large = (index) => `(i32.xor (local.get $count) (i32.const ${0x7a5a_0000 + index}))`;
const small = (index) => `(i32.and (local.get $count) (i32.const ${0xffff - index}))`;
const real = (index) => `(f64.add (f64.convert_i32_u (local.get $count)) (f64.const ${index}.5))`;

/** What crosses a frame of JavaScript: name, and the core type and value of each argument. */
export const crossings = [
  { name: 'three-small', arguments: [0, 1, 2].map((index) => ['i32', small(index)]) },
  { name: 'three-large', arguments: [['i32', large(0)], ['i32', large(1)], ['f64', real(2)]] },
  { name: 'eight-small', arguments: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ['i32', small(index)]) },
  { name: 'eight-large', arguments: [0, 1, 2, 3].flatMap((index) => [['i32', large(index)], ['f64', real(index)]]) },
];

const types = (values) => values.map(([type]) => type).join(' ');
const gets = (values) => values.map((_, index) => `(local.get ${index})`).join(' ');
/** Adds up arguments, so that none of them is for nothing. */
const sum = (values) => values.map(([type], index) => (type === 'f64' ? `(i32.trunc_sat_f64_s (local.get ${index}))` : `(local.get ${index})`))
  .reduce((one, two) => `(i32.xor ${one} ${two})`);

/** The far side of a frame of JavaScript: takes arguments as numbers, and by the address of a record. */
export const crossingTo = (number) => `
(module
  (import "k" "memory" (memory 0))
  (global $calls (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  ${crossings
    .map(
      ({ name, arguments: values }) => `
  (func $${name} (param ${types(values)})
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $sum (i32.add (global.get $sum) ${sum(values)})))
  (func (export "${name}-numbers") (param ${types(values)}) (result i32)
    (call $${name} ${gets(values)})
    (i32.const 0))
  (func (export "${name}-record") (param i32) (result i32)
    (call $${name} ${values.map(([type], index) => `(${type}.load offset=${16 + 8 * index} (local.get 0))`).join(' ')})
    (i32.const 0))`,
    )
    .join('')})`;

/** The near side. Calls go through a table, as those of the kernel do. */
export const crossingFrom = (number) => `
(module
  (import "k" "memory" (memory 0))
  ${crossings
    .map(
      ({ name, arguments: values }) => `
  (type $${name} (func (param ${types(values)}) (result i32)))
  (import "f" "${name}-numbers" (func $${name}-numbers (type $${name})))
  (import "f" "${name}-record" (func $${name}-record (type $record)))`,
    )
    .join('')}
  (type $record (func (param i32) (result i32)))
  (table ${2 * crossings.length} funcref)
  (elem (i32.const 0) ${crossings.map(({ name }) => `$${name}-numbers $${name}-record`).join(' ')})
  (global $record i32 (i32.const ${1024 + 128 * number}))
  ${crossings
    .map(({ name, arguments: values }, index) => {
      const record = values.map(([type, value], place) => `(${type}.store offset=${16 + 8 * place} (global.get $record) ${value})`);
      return `
  ${loop(`${name}-numbers`, `(drop (call_indirect (type $${name}) ${values.map(([, value]) => value).join(' ')} (i32.const ${2 * index})))`)}
  ${loop(`${name}-record`, `${record.join(' ')} (drop (call_indirect (type $record) (global.get $record) (i32.const ${2 * index + 1})))`)}`;
    })
    .join('')})`;
