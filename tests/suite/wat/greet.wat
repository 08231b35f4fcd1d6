;; What the README's first plugin does: writes the name that it gets to the log, and returns a greeting.
;;@ import demo/log@1 write: func(line: string)
;;@ export demo/greet@1 hello: func(name: string) -> string
(module
  (import "demo/log@1" "write" (func $write (param i32 i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (data (i32.const 32) "Hello, ")
  ;; There is one name at a time.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "demo/greet@1#hello") (param $name i32) (param $length i32) (result i32)
    (call $write (local.get $name) (local.get $length))
    (memory.copy (i32.const 32768) (i32.const 32) (i32.const 7))
    (memory.copy (i32.const 32775) (local.get $name) (local.get $length))
    (i32.store8 (i32.add (i32.const 32775) (local.get $length)) (i32.const 33))
    (i32.store (i32.const 16) (i32.const 32768))
    (i32.store (i32.const 20) (i32.add (local.get $length) (i32.const 8)))
    (i32.const 16)))
