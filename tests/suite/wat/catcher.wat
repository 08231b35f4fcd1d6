;; Calls a function of somebody else and catches whatever can be caught.
;;@ import test/host@1 act: func()
;;@ export test/catcher@1 call: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; Gives 0, or the number of the error; 1000 if something was caught.
  (func (export "test/catcher@1#call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (try $caught
      (do (call $act))
      (catch_all (return (i32.const 1000))))
    (i32.load (i32.const 8))))
