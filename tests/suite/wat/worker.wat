;; Doubles a number, and writes a note each time.
;;@ import test/note@1 write: func(text: string)
;;@ export test/worker@1 work: func(value: u32) -> u32
(module
  (import "test/note@1" "write" (func $write (param i32 i32)))
  (memory 1)
  (data (i32.const 64) "working")
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/worker@1#work") (param i32) (result i32)
    (call $write (i32.const 64) (i32.const 7))
    (i32.mul (local.get 0) (i32.const 2))))
