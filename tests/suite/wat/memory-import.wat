;; Imports its memory, as some toolchains have it.
(module
  (import "env" "memory" (memory 1 50))
  (func (export "put") (param i32) (result i32)
    (i32.store (i32.const 100) (local.get 0))
    (i32.load (i32.const 100)))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0))))
