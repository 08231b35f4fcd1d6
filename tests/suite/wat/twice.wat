;; Calls the application twice.
;;@ import test/host@1 act: func()
;;@ export test/caller@1 call: func()
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/caller@1#call")
    (call $act)
    (call $act)))
