;; A build that has a function with another signature.
;;@ export test/greeter@1 version: func() -> u32
;;@ export test/greeter@1 greet: func(times: u16) -> u32
(module
  (func (export "test/greeter@1#version") (result i32)
    (i32.const 4))
  (func (export "test/greeter@1#greet") (param i32) (result i32)
    (i32.const 4)))
