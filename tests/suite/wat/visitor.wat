;; Asks a greeter.
;;@ import test/greeter@1 version: func() -> u32
;;@ import test/greeter@1 greet: func(times: u8) -> u32
;;@ export test/visitor@1 ask: func(times: u8) -> tuple<u32, u32>
(module
  (import "test/greeter@1" "version" (func $version (result i32)))
  (import "test/greeter@1" "greet" (func $greet (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/visitor@1#ask") (param i32) (result i32)
    (i32.store (i32.const 16) (call $version))
    (i32.store (i32.const 20) (call $greet (local.get 0)))
    (i32.const 16)))
