;; A filter whose start function traps. Everything else about it is in order.
(module
  (@custom "portcullis"
    "export paint/filter@1 set: func(parameter: u32, values: list<f64>) -> result<_, string>\n"
    "export paint/filter@1 prepare: func(width: u32, height: u32) -> result<_, string>\n"
    "export paint/filter@1 process: func(pixels: list<u8>, x: u32, y: u32, width: u32, height: u32) -> list<u8>\n")

  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "I broke down before I was asked for anything.")

  (start $start)
  (func $start
    (call $fault (i32.const 64) (i32.const 45))
    unreachable)

  ;; Nobody gets as far as this.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#set") (param i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#prepare") (param i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#process") (param i32 i32 i32 i32 i32 i32) (result i32) unreachable))
