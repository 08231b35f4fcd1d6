;; Uses whatever numbers it is told to use as capabilities. Its functions give the number of the error that came of it.
;;@ import test/counter@1 counter: resource(9)
;;@ import test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ import test/counter@1 finish: func(counter: own<counter>) -> result<u32, error>
;;@ import test/counter@1 same: func(self: borrow<counter>, other: borrow<counter>) -> bool
;;@ export test/forger@1 thing: resource(5)
;;@ export test/forger@1 take: func(counter: own<test/counter@1.counter>) -> u32
;;@ export test/forger@1 keep: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ export test/forger@1 within: func(counter: borrow<test/counter@1.counter>, function: u32, second: u32) -> u32
;;@ export test/forger@1 use: func(function: u32, cap: u32, second: u32) -> u32
;;@ export test/forger@1 value: func() -> u32
(module
  (import "test/counter@1" "read" (func $read (param i32) (result i32)))
  (import "test/counter@1" "finish" (func $finish (param i32 i32)))
  (import "test/counter@1" "same" (func $same (param i32 i32) (result i32)))
  (import "portcullis" "cap_retain" (func $retain (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_class" (func $class (param i32) (result i32)))
  (import "portcullis" "cap_rights" (func $rights (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "handle_badge" (func $badge (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; What the last function gave.
  (global $value (mut i32) (i32.const 0))
  ;; Its number of what it was given.
  (func (export "test/forger@1#take") (param i32) (result i32)
    (local.get 0))
  (func (export "test/forger@1#keep") (param i32) (result i32)
    (local.get 0))
  (func (export "test/forger@1#within") (param $cap i32) (param $function i32) (param $second i32) (result i32)
    (call $use (local.get $function) (local.get $cap) (local.get $second)))
  (func (export "test/forger@1#value") (result i32)
    (global.get $value))
  (func $code (param i32) (result i32)
    (global.set $value (local.get 0))
    (local.get 0))
  (func $status (param i32) (result i32)
    (global.set $value (local.get 0))
    (i32.load (i32.const 8)))
  (func $use (export "test/forger@1#use") (param $function i32) (param $cap i32) (param $second i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
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
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 (local.get $function)))
    (return (call $status (call $read (local.get $cap)))))
    (call $finish (local.get $cap) (i32.const 16))
    (return (call $status (i32.load (i32.const 20)))))
    (return (call $status (call $same (local.get $cap) (local.get $second)))))
    (return (call $code (call $retain (local.get $cap)))))
    (return (call $code (call $release (local.get $cap)))))
    (return (call $code (call $revoke (local.get $cap)))))
    (return (call $status (call $derive (local.get $cap) (local.get $second)))))
    (return (call $status (call $class (local.get $cap)))))
    (return (call $status (call $rights (local.get $cap)))))
    (return (call $status (call $create (local.get $cap) (local.get $second)))))
    (call $status (call $badge (local.get $cap) (local.get $second)))))
