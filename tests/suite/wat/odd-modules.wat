;; Imports from interfaces with names that are none, under which it may be granted something all the same.
(module
  (import "constructor" "act" (func $first))
  (import "__proto__" "act" (func $second))
  (func (export "run") (result i32)
    (call $first)
    (call $second)
    (i32.const 1)))
