;; A build that lacks a function.
;;@ export test/greeter@1 version: func() -> u32
(module
  (func (export "test/greeter@1#version") (result i32)
    (i32.const 3)))
