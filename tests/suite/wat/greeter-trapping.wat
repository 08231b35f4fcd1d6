;; A build that traps when it starts.
;;@ export test/greeter@1 version: func() -> u32
;;@ export test/greeter@1 greet: func(times: u8) -> u32
(module
  (func $start
    (unreachable))
  (func (export "test/greeter@1#version") (result i32)
    (i32.const 5))
  (func (export "test/greeter@1#greet") (param i32) (result i32)
    (i32.const 5))
  (start $start))
