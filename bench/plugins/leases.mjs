// Plugins that lend memory, and that copy by way of a lease; and modules that copy by nobody's leave.

import { loop } from './loop.mjs';

/** Bytes of the largest range that is lent. */
export const mostLent = 48 << 20;
const pagesLent = mostLent / 65_536 + 1;
/** Bytes of a tile of 256 by 256 pixels. */
export const tile = 256 * 256 * 4;

/** Lends its memory. */
const lender = `
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
const borrower = `
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
  ;; How many bytes are not those of the lender, whose are all 1.
  (func (export "unlike") (result i32)
    (local $address i32)
    (local $unlike i32)
    (local.set $address (i32.add (i32.const 65536) (global.get $size)))
    (loop $next
      (local.set $address (i32.sub (local.get $address) (i32.const 1)))
      (local.set $unlike (i32.add (local.get $unlike) (i32.ne (i32.load8_u (local.get $address)) (i32.const 1))))
      (br_if $next (i32.gt_u (local.get $address) (i32.const 65536))))
    (local.get $unlike))
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
    .join('')}
  ${['read', 'write']
    .map((name) =>
      loop(
        `${name}-tiles`,
        `(local.set $place (global.get $size))
      (loop $tiles
        (local.set $place (i32.sub (local.get $place) (i32.const ${tile})))
        (global.set $failed (i32.or (global.get $failed)
          (call $${name} (global.get $lease) (local.get $place) (i32.add (i32.const 65536) (local.get $place)) (i32.const ${tile}))))
        (br_if $tiles (local.get $place)))`,
        '(local $place i32)',
      ),
    )
    .join('')})`;

/** Copies tile by tile. */
const inTiles = (copy) =>
  loop(
    'copy-tiles',
    `(local.set $place (global.get $size))
      (loop $tiles
        (local.set $place (i32.sub (local.get $place) (i32.const ${tile})))
        ${copy('(local.get $place)')}
        (br_if $tiles (local.get $place)))`,
    '(local $place i32)',
  );

/** Nothing but copies, from the first half of a memory to the second one. */
const plainCopy = `
(module
  (memory (export "memory") ${2 * pagesLent})
  (global $size (mut i32) (i32.const 0))
  (func (export "begin") (param $size i32)
    (memory.fill (i32.const 65536) (i32.const 1) (local.get $size))
    (global.set $size (local.get $size)))
  ${loop('copy', `(memory.copy (i32.const ${pagesLent * 65_536}) (i32.const 65536) (global.get $size))`)}
  ${inTiles((place) => `(memory.copy (i32.add (i32.const ${pagesLent * 65_536}) ${place}) (i32.add (i32.const 65536) ${place}) (i32.const ${tile}))`)})`;

/** Nothing but copies, from one memory to another. Not every engine has two. */
const pairCopy = `
(module
  (memory $from ${pagesLent})
  (memory $to ${pagesLent})
  (global $size (mut i32) (i32.const 0))
  (func (export "begin") (param $size i32)
    (memory.fill $from (i32.const 65536) (i32.const 1) (local.get $size))
    (global.set $size (local.get $size)))
  ${loop('copy', '(memory.copy $to $from (i32.const 65536) (i32.const 65536) (global.get $size))')}
  ${inTiles((place) => `(memory.copy $to $from (i32.add (i32.const 65536) ${place}) (i32.add (i32.const 65536) ${place}) (i32.const ${tile}))`)})`;

/** Each of them by name, those that not every engine takes with what they need. */
export const texts = () => [
  ['lender', lender],
  ['borrower', borrower],
  ['plain-copy', plainCopy],
  ['pair-copy', pairCopy, ['MultiMemory']],
];
