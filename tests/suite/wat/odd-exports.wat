;; Exports functions with names that mean something in JavaScript, or look like something else.
;;@ export test/odd@1 then: func(x: u32) -> u32
;;@ export test/odd@1 constructor: func() -> u32
;;@ export test/odd@1 to-string: func() -> u32
(module
  (func (export "then") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1)))
  (func (export "__proto__") (result i32) (i32.const 2))
  (func (export "toJSON") (result i32) (i32.const 3))
  (func (export "constructor") (result i32) (i32.const 4))
  (func (export "toString") (result i32) (i32.const 5))
  (func (export "valueOf") (result i32) (i32.const 6))
  (func (export "hasOwnProperty") (result i32) (i32.const 7))
  (func (export "") (result i32) (i32.const 8))
  (func (export "prototype") (result i32) (i32.const 9))
  (func (export "a\nb\1b[31m\e2\80\aec\00") (result i32) (i32.const 10))
  (func (export "plugin `host` trapped") (result i32) (unreachable))
  (func (export "\f0\9f\a6\80") (result i32) (i32.const 12))
  (func (export "half#open") (result i32) (i32.const 13))
  (func (export "test/odd@1#then") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 100)))
  (func (export "test/odd@1#constructor") (result i32) (i32.const 101))
  (func (export "test/odd@1#to-string") (result i32) (i32.const 102)))
