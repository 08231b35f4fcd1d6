;; Mints a counter of its own and has another plugin read it, which calls back into this one.
;;@ import test/dispatcher@1 read: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ import test/dispatcher@1 error: func() -> u32
;;@ export test/counter@1 counter: resource(1)
;;@ export test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ export test/re-enterer@1 run: func() -> tuple<u32, u32, u32>
(module
  (import "test/dispatcher@1" "read" (func $read (param i32) (result i32)))
  (import "test/dispatcher@1" "error" (func $error (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; The badge is the value.
  (func (export "test/counter@1#read") (param i32) (result i32)
    (local.get 0))
  ;; The value that came back, the error of the call, the error that the other one got.
  (func (export "test/re-enterer@1#run") (result i32)
    (local $cap i32)
    (i32.store (i32.const 8) (i32.const 0))
    (local.set $cap (call $create (i32.const 4242) (i32.const 1)))
    (i32.store (i32.const 16) (call $read (local.get $cap)))
    (i32.store (i32.const 20) (i32.load (i32.const 8)))
    (i32.store (i32.const 24) (call $error))
    (drop (call $release (local.get $cap)))
    (i32.const 16)))
