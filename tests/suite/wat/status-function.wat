;; Gives the address of its status word by a function.
;;@ export test/caller@1 call: func(cap: u32) -> u32
(module
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (memory 1)
  (global $asked (mut i32) (i32.const 0))
  (func (export "portcullis_status") (result i32)
    (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
    (i32.const 128))
  ;; The error of a derivation, and in the high half how often it was asked for the address.
  (func (export "test/caller@1#call") (param i32) (result i32)
    (i32.store (i32.const 128) (i32.const 0))
    (drop (call $derive (local.get 0) (i32.const 1)))
    (i32.or (i32.load (i32.const 128)) (i32.shl (global.get $asked) (i32.const 16)))))
