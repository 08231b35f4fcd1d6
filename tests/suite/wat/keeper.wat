;; Keeps the handle of a process that another plugin started, and asks how it is.
;;@ import portcullis/loader@1 state: func(process: borrow<process>) -> u32
;;@ import portcullis/loader@1 kill: func(process: borrow<process>)
;;@ export test/keep@1 keep: func(process: own<portcullis/loader@1.process>)
;;@ export test/keep@1 state: func() -> u32
;;@ export test/keep@1 kill: func()
;;@ export test/keep@1 let-go: func()
;;@ export test/keep@1 error: func() -> u32
(module
  (import "portcullis/loader@1" "state" (func $state (param i32) (result i32)))
  (import "portcullis/loader@1" "kill" (func $kill (param i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kept (mut i32) (i32.const 0))
  (func (export "test/keep@1#keep") (param i32) (global.set $kept (local.get 0)))
  (func (export "test/keep@1#state") (result i32) (call $state (global.get $kept)))
  (func (export "test/keep@1#kill") (call $kill (global.get $kept)))
  (func (export "test/keep@1#let-go") (drop (call $release (global.get $kept))))
  (func (export "test/keep@1#error") (result i32)
    (local $code i32)
    (local.set $code (i32.load (i32.const 8)))
    (i32.store (i32.const 8) (i32.const 0))
    (local.get $code)))
