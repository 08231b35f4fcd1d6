;; A build that wants more than the older one was granted.
;;@ import test/network@1 fetch: func()
;;@ export test/greeter@1 version: func() -> u32
;;@ export test/greeter@1 greet: func(times: u8) -> u32
(module
  (import "test/network@1" "fetch" (func $fetch))
  (func (export "test/greeter@1#version") (result i32)
    (call $fetch)
    (i32.const 6))
  (func (export "test/greeter@1#greet") (param i32) (result i32)
    (i32.const 6)))
