;; Calls one function of the application and gives the number of the error that came of it, or 0.
;;@ import test/host@1 act: func()
;;@ export test/caller@1 call: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/caller@1#call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $act)
    (i32.load (i32.const 8))))
