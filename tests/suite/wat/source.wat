;; Keeps a callback, and calls it without knowing who serves it.
;;@ import test/callback@1 fire: func(self: borrow<callback>, value: u32) -> u32
;;@ export test/source@1 subscribe: func(callback: own<test/callback@1.callback>)
;;@ export test/source@1 borrow: func(callback: borrow<test/callback@1.callback>, value: u32) -> u32
;;@ export test/source@1 publish: func(value: u32) -> u32
;;@ export test/source@1 forget: func() -> u32
;;@ export test/source@1 error: func() -> u32
(module
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "test/callback@1" "fire" (func $fire (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kept (mut i32) (i32.const 0))
  (func (export "test/source@1#subscribe") (param i32) (global.set $kept (local.get 0)))
  (func (export "test/source@1#borrow") (param i32 i32) (result i32) (call $fire (local.get 0) (local.get 1)))
  (func (export "test/source@1#publish") (param i32) (result i32) (call $fire (global.get $kept) (local.get 0)))
  (func (export "test/source@1#forget") (result i32) (call $release (global.get $kept)))
  (func (export "test/source@1#error") (result i32)
    (local $code i32)
    (local.set $code (i32.load (i32.const 8)))
    (i32.store (i32.const 8) (i32.const 0))
    (local.get $code)))
