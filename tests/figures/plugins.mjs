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

/** Takes messages: 16 bytes, and with `take-own` a capability, which it releases. */
export const mailbox = (number) => `
;;@ export figures/mailbox@1 take: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ export figures/mailbox@1 take-own: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
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
    (call $release (i32.load (i32.const 2048)))))`;

/** Sends messages in loops: with one that it made before, with one for each call, and with a capability in it. */
export const mailer = (number) => `
;;@ import figures/mailbox@1 take: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ import figures/mailbox@1 take-own: func(message: borrow<portcullis/kernel@1.message>, kind: u32) -> s32
;;@ export figures/mailer@1 thing: resource(1)
(module
  (import "figures/mailbox@1" "take" (func $take (param i32 i32) (result i32)))
  (import "figures/mailbox@1" "take-own" (func $take_own (param i32 i32) (result i32)))
  (import "portcullis" "msg_create" (func $create (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "msg_free" (func $free (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $mint (param i32 i32) (result i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "sixteen letters!")
  (global $kept (mut i32) (i32.const 0))
  (global $message (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const ${number}))
  (func (export "begin")
    (i32.store (i32.const 32) (call $mint (i32.const 1) (i32.const 1)))
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
      (drop (call $free (global.get $message)))`)})`;

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

/** Bytes of the largest range that is lent. */
export const mostLent = 48 << 20;
const pagesLent = mostLent / 65_536 + 1;

/** Lends its memory. */
export const lender = `
;;@ export figures/lender@1 lend: func(size: u32) -> own<portcullis/kernel@1.lease>
(module
  (import "portcullis" "lease_create" (func $create (param i32 i32 i32) (result i32)))
  (memory ${pagesLent})
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "figures/lender@1#lend") (param $size i32) (result i32)
    ;; What was never written is not memory yet.
    (memory.fill (i32.const 65536) (i32.const 1) (local.get $size))
    (call $create (i32.const 65536) (local.get $size) (i32.const 31))))`;

/** Reads a lease, and writes into it. The number of an error is what \`failed\` says. */
export const borrower = `
;;@ import figures/lender@1 lend: func(size: u32) -> own<portcullis/kernel@1.lease>
(module
  (import "figures/lender@1" "lend" (func $lend (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "lease_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "lease_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory ${pagesLent})
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $lease (mut i32) (i32.const 0))
  (global $size (mut i32) (i32.const 0))
  (global $failed (mut i32) (i32.const 0))
  (func (export "failed") (result i32) (global.get $failed))
  (func (export "begin") (param $size i32)
    (global.set $failed (call $release (global.get $lease)))
    (global.set $size (local.get $size))
    (memory.fill (i32.const 65536) (i32.const 2) (local.get $size))
    (global.set $lease (call $lend (local.get $size)))
    (global.set $failed (i32.const 0)))
  ${['read', 'write']
    .map((name) =>
      loop(
        name,
        `(global.set $failed (i32.or (global.get $failed)
          (call $${name} (global.get $lease) (i32.const 0) (i32.const 65536) (global.get $size))))`,
      ),
    )
    .join('')})`;

/** Nothing but copies, from the first half of a memory to the second one. */
export const plainCopy = `
(module
  (memory (export "memory") ${2 * pagesLent})
  (global $size (mut i32) (i32.const 0))
  (func (export "begin") (param $size i32)
    (memory.fill (i32.const 65536) (i32.const 1) (local.get $size))
    (global.set $size (local.get $size)))
  ${loop('copy', `(memory.copy (i32.const ${pagesLent * 65_536}) (i32.const 65536) (global.get $size))`)})`;

/** Nothing but copies, from one memory to another. Not every engine has two. */
export const pairCopy = `
(module
  (memory $from ${pagesLent})
  (memory $to ${pagesLent})
  (global $size (mut i32) (i32.const 0))
  (func (export "begin") (param $size i32)
    (memory.fill $from (i32.const 65536) (i32.const 1) (local.get $size))
    (global.set $size (local.get $size)))
  ${loop('copy', '(memory.copy $to $from (i32.const 65536) (i32.const 65536) (global.get $size))')})`;
