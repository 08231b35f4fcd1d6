;; Does with leases what it is told. Functions that give a number of an error leave the value that they got behind, for `value`.
;;@ import test/peer@1 use-borrowed: func(lease: borrow<portcullis/kernel@1.lease>, what: u32, offset: u32, address: u32, size: u32) -> u32
;;@ import test/peer@1 take-lease: func(lease: own<portcullis/kernel@1.lease>) -> u32
;;@ import portcullis/kernel@1 lease: resource(77)
;;@ export test/leaser@1 use: func(what: u32, cap: u32, a: u32, b: u32, c: u32) -> u32
;;@ export test/leaser@1 value: func() -> u32
;;@ export test/leaser@1 lend: func(cap: u32, what: u32, offset: u32, address: u32, size: u32) -> u32
;;@ export test/leaser@1 give: func(cap: u32) -> u32
;;@ export test/leaser@1 make: func(address: u32, size: u32, rights: u32) -> own<portcullis/kernel@1.lease>
;;@ export test/leaser@1 poke: func(address: u32, byte: u32)
;;@ export test/leaser@1 peek: func(address: u32) -> u32
;;@ export test/leaser@1 grow: func() -> u32
;;@ export test/leaser@1 repeat: func(what: u32, cap: u32, size: u32, count: u32)
;;@ export test/leaser@1 plain: func(size: u32, count: u32)
;;@ export test/peer@1 use-borrowed: func(lease: borrow<portcullis/kernel@1.lease>, what: u32, offset: u32, address: u32, size: u32) -> u32
;;@ export test/peer@1 take-lease: func(lease: own<portcullis/kernel@1.lease>) -> u32
(module
  (import "test/peer@1" "use-borrowed" (func $use_borrowed (param i32 i32 i32 i32 i32) (result i32)))
  (import "test/peer@1" "take-lease" (func $take_lease (param i32) (result i32)))
  (import "portcullis" "lease_create" (func $create (param i32 i32 i32) (result i32)))
  (import "portcullis" "lease_narrow" (func $narrow (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "lease_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "lease_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "lease_len" (func $len (param i32) (result i32)))
  (import "portcullis" "lease_written" (func $written (param i32) (result i32)))
  (import "portcullis" "cap_same" (func $same (param i32 i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (import "portcullis" "cap_rights" (func $rights (param i32) (result i32)))
  (import "portcullis" "cap_class" (func $class (param i32) (result i32)))
  (import "portcullis" "handle_badge" (func $badge (param i32 i32) (result i32)))
  (import "portcullis" "handle_create" (func $mint (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $value (mut i32) (i32.const 0))
  (func (export "test/leaser@1#value") (result i32) (global.get $value))
  (func $status (param i32) (result i32)
    (global.set $value (local.get 0))
    (i32.load (i32.const 8)))
  (func $use (export "test/leaser@1#use") (param $what i32) (param $cap i32) (param $a i32) (param $b i32) (param $c i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (block $15
    (block $14
    (block $13
    (block $12
    (block $11
    (block $10
    (block $9
    (block $8
    (block $7
    (block $6
    (block $5
    (block $4
    (block $3
    (block $2
    (block $1
    (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 $13 $14 $15 (local.get $what)))
    (return (call $status (call $create (local.get $cap) (local.get $a) (local.get $b)))))
    (return (call $status (call $narrow (local.get $cap) (local.get $a) (local.get $b) (local.get $c)))))
    (return (call $read (local.get $cap) (local.get $a) (local.get $b) (local.get $c))))
    (return (call $write (local.get $cap) (local.get $a) (local.get $b) (local.get $c))))
    (return (call $status (call $len (local.get $cap)))))
    (return (call $status (call $written (local.get $cap)))))
    (return (call $status (call $same (local.get $cap) (local.get $a)))))
    (return (call $status (call $derive (local.get $cap) (local.get $a)))))
    (return (call $revoke (local.get $cap))))
    (return (call $release (local.get $cap))))
    (return (call $retain (local.get $cap))))
    (return (call $status (call $rights (local.get $cap)))))
    (return (call $status (call $class (local.get $cap)))))
    (return (call $status (call $badge (local.get $cap) (i32.const 77)))))
    (return (call $status (call $mint (local.get $cap) (i32.const 77)))))
    (global.set $value (local.get $cap))
    (i32.const 0))
  (func (export "test/leaser@1#lend") (param i32 i32 i32 i32 i32) (result i32)
    (local $answer i32)
    (i32.store (i32.const 8) (i32.const 0))
    (local.set $answer (call $use_borrowed (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
    (select (local.get $answer) (i32.load (i32.const 8)) (i32.eqz (i32.load (i32.const 8)))))
  (func (export "test/leaser@1#give") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $status (call $take_lease (local.get 0))))
  (func (export "test/leaser@1#make") (param i32 i32 i32) (result i32)
    (call $create (local.get 0) (local.get 1) (local.get 2)))
  (func (export "test/leaser@1#poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "test/leaser@1#peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "test/leaser@1#grow") (result i32) (memory.grow (i32.const 1)))
  ;; Reads (2) or writes (3) so often.
  (func (export "test/leaser@1#repeat") (param $what i32) (param $cap i32) (param $size i32) (param $count i32)
    (loop $again
      (if (i32.eq (local.get $what) (i32.const 2))
        (then (drop (call $read (local.get $cap) (i32.const 0) (i32.const 65536) (local.get $size))))
        (else (drop (call $write (local.get $cap) (i32.const 0) (i32.const 65536) (local.get $size)))))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  ;; As often, with a copy inside of its own memory.
  (func (export "test/leaser@1#plain") (param $size i32) (param $count i32)
    (loop $again
      (memory.copy (i32.const 65536) (i32.add (i32.const 65536) (local.get $size)) (local.get $size))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  (func (export "test/peer@1#use-borrowed") (param $lease i32) (param $what i32) (param $offset i32) (param $address i32) (param $size i32) (result i32)
    ;; 99: lends it on.
    (if (i32.eq (local.get $what) (i32.const 99))
      (then
        (i32.store (i32.const 8) (i32.const 0))
        (return (call $use_borrowed (local.get $lease) (i32.const 2) (local.get $offset) (local.get $address) (local.get $size)))))
    (call $use (local.get $what) (local.get $lease) (local.get $offset) (local.get $address) (local.get $size)))
  (func (export "test/peer@1#take-lease") (param i32) (result i32) (local.get 0)))
