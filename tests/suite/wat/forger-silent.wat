;; Uses a number as a capability, and has no status word to be told what came of it.
;;@ import test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ export test/forger@1 read: func(cap: u32) -> u32
;;@ export test/forger@1 derive: func(cap: u32) -> u32
;;@ export test/forger@1 release: func(cap: u32) -> u32
(module
  (import "test/counter@1" "read" (func $read (param i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (func (export "test/forger@1#read") (param i32) (result i32)
    (call $read (local.get 0)))
  (func (export "test/forger@1#derive") (param i32) (result i32)
    (call $derive (local.get 0) (i32.const 1)))
  (func (export "test/forger@1#release") (param i32) (result i32)
    (call $release (local.get 0))))
