;; The older build, which can be made to trap.
;;@ export test/greeter@1 version: func() -> u32
;;@ export test/greeter@1 greet: func(times: u8) -> u32
(module
  (func (export "test/greeter@1#version") (result i32)
    (i32.const 1))
  (func (export "test/greeter@1#greet") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 10)))
  (func (export "trap")
    (unreachable)))
