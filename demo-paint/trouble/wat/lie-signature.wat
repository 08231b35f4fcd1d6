;; A filter that declares `prepare` with a number of another type than its code takes.
(module
  (@custom "portcullis"
    "export paint/filter@1 set: func(parameter: u32, values: list<f64>) -> result<_, string>\n"
    "export paint/filter@1 prepare: func(width: f64, height: f64) -> result<_, string>\n"
    "export paint/filter@1 process: func(pixels: list<u8>, x: u32, y: u32, width: u32, height: u32) -> list<u8>\n")

  (memory (export "memory") 1)

  ;; Would only be reached if the numbers of another type had been passed on.
  (func (export "paint/filter@1#prepare") (param i32 i32) (result i32) unreachable)

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#set") (param i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#process") (param i32 i32 i32 i32 i32 i32) (result i32) unreachable))
