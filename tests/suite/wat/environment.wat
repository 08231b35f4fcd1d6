;; Imports functions of a module that is no interface: one with a signature that the host gives, one of numbers alone.
(module
  (import "env" "print_line" (func $print (param i32 i32)))
  (import "env" "count" (func $count (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello")
  (func (export "run") (result i32)
    (call $print (i32.const 16) (i32.const 5))
    (call $count (i32.const -1) (i64.const -1))))
