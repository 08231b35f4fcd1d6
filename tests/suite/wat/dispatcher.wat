;; Uses counters of whoever minted them. Errors are given by the numbers that the status word holds.
;;@ import test/counter@1 increment: func(self: borrow<counter>, by: u32) -> u32
;;@ import test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ import test/counter@1 same: func(self: borrow<counter>, other: borrow<counter>) -> bool
;;@ export test/dispatcher@1 increment: func(counter: borrow<test/counter@1.counter>, by: u32) -> u32
;;@ export test/dispatcher@1 read: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ export test/dispatcher@1 same: func(left: borrow<test/counter@1.counter>, right: borrow<test/counter@1.counter>) -> bool
;;@ export test/dispatcher@1 error: func() -> u32
(module
  (import "test/counter@1" "increment" (func $increment (param i32 i32) (result i32)))
  (import "test/counter@1" "read" (func $read (param i32) (result i32)))
  (import "test/counter@1" "same" (func $same (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/dispatcher@1#increment") (param i32 i32) (result i32)
    (call $increment (local.get 0) (local.get 1)))
  (func (export "test/dispatcher@1#read") (param i32) (result i32)
    (call $read (local.get 0)))
  (func (export "test/dispatcher@1#same") (param i32 i32) (result i32)
    (call $same (local.get 0) (local.get 1)))
  ;; The number of the last error, which is then forgotten.
  (func (export "test/dispatcher@1#error") (result i32)
    (i32.load (i32.const 8))
    (i32.store (i32.const 8) (i32.const 0))))
