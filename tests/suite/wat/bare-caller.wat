;; Calls an import of two numbers, without a word about its signature.
(module
  (import "test/host@1" "mix" (func $mix (param i32 i64 f64) (result i32)))
  (func (export "run") (result i32)
    (call $mix (i32.const -1) (i64.const -2) (f64.const 0.5))))
