;; Its start function calls the application, and its initialisation does so once more.
;;@ import test/host@1 act: func()
;;@ export test/started@1 counts: func() -> tuple<u32, u32>
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global $started (mut i32) (i32.const 0))
  (global $initialised (mut i32) (i32.const 0))
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $start
    (call $act)
    (global.set $started (i32.add (global.get $started) (i32.const 1))))
  (func (export "_initialize")
    (call $act)
    (global.set $initialised (i32.add (global.get $initialised) (i32.const 1))))
  (func (export "test/started@1#counts") (result i32)
    (i32.store (i32.const 16) (global.get $started))
    (i32.store (i32.const 20) (global.get $initialised))
    (i32.const 16))
  (start $start))
