// The plugins that the figures are taken with, as WebAssembly text. Each pair has code of its own, so that no engine
// shares what it learned about one with another.

/** How many pairs of plugins call each other. */
export const pairs = 32;
/** How many of them hand over text and bytes. They have memories, of which a page of Chromium's may have 124 in all. */
export const copyingPairs = 16;

/** Serves handles and numbers. `calls` says how often it was called. */
export const canvas = (number) => `
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
    (call $handle_create (i32.const ${1000 + number}) (i32.const 1)))
  (func (export "figures/canvas@1#set-size") (param $canvas i32) (param $width i32) (param $height i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $area
      (i32.xor (i32.mul (local.get $width) (local.get $height)) (i32.add (local.get $canvas) (i32.const ${number})))))
  (func (export "figures/canvas@1#add") (param $left i32) (param $right i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.xor (i32.add (local.get $left) (local.get $right)) (i32.const ${number}))))`;

/** Takes handles that somebody else minted. */
export const viewer = (number) => `
;;@ export figures/viewer@1 show: func(canvas: borrow<figures/canvas@1.canvas>, x: u32, y: u32)
(module
  (global $calls (mut i32) (i32.const 0))
  (global $place (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "figures/viewer@1#show") (param $canvas i32) (param $x i32) (param $y i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $place
      (i32.xor (i32.mul (local.get $x) (local.get $y)) (i32.add (local.get $canvas) (i32.const ${number}))))))`;

/** A function that makes a call \`$count\` times. */
const loop = (name, call) => `
  (func (export "${name}") (param $count i32)
    (loop $again
      ${call}
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))`;

/** Calls all of them in loops. */
export const painter = (number) => `
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
  (global $canvas (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "begin") (result i32)
    (global.set $canvas (call $create))
    (global.get $canvas))
  ${loop('handle', `(call $set_size (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('numbers', `(global.set $sum (call $add (global.get $sum) (local.get $count)))`)}
  ${loop('lent', `(call $show (global.get $canvas) (local.get $count) (i32.const ${number + 1}))`)}
  ${loop('host', `(global.set $sum (call $host (global.get $sum) (local.get $count)))`)})`;

/** Takes text and bytes, into the same place each time. */
export const reader = (number) => `
;;@ export figures/reader@1 name: func(name: string)
;;@ export figures/reader@1 write: func(bytes: list<u8>)
(module
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (global $last (mut i32) (i32.const ${number}))
  (func (export "calls") (result i32) (global.get $calls))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func $take (param $address i32) (param $length i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.set $last (i32.load8_u offset=${number} (i32.add (local.get $address) (local.get $length)))))
  (func (export "figures/reader@1#name") (param i32 i32) (call $take (local.get 0) (local.get 1)))
  (func (export "figures/reader@1#write") (param i32 i32) (call $take (local.get 0) (local.get 1))))`;

/** Gives text and bytes, in loops. */
export const writer = (number) => `
;;@ import figures/reader@1 name: func(name: string)
;;@ import figures/reader@1 write: func(bytes: list<u8>)
(module
  (import "figures/reader@1" "name" (func $name (param i32 i32)))
  (import "figures/reader@1" "write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "sixteen letters!")
  (data (i32.const 16) "writer ${number}")
  ${loop('text', `(call $name (i32.const 64) (i32.const 16))`)}
  ${loop('bytes', `(call $write (i32.const 1024) (i32.const 1024))`)})`;

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
