;; The newer build: it has one function more, its functions stand in another order, and the plain one is gone.
;;@ export test/greeter@1 extra: func() -> u32
;;@ export test/greeter@1 greet: func(times: u8) -> u32
;;@ export test/greeter@1 version: func() -> u32
(module
  (func (export "test/greeter@1#extra") (result i32)
    (i32.const 9))
  (func (export "test/greeter@1#greet") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 20)))
  (func (export "test/greeter@1#version") (result i32)
    (i32.const 2)))
