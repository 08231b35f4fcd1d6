;; A filter that returns lists which lie, wholly or in part, outside of its memory.
(module
  (@custom "portcullis"
    "export paint/filter@1 set: func(parameter: u32, values: list<f64>) -> result<_, string>\n"
    "export paint/filter@1 prepare: func(width: u32, height: u32) -> result<_, string>\n"
    "export paint/filter@1 process: func(pixels: list<u8>, x: u32, y: u32, width: u32, height: u32) -> list<u8>\n")

  (memory (export "memory") 1)

  ;; A result<_, string> that is ok.
  (global $ok i32 (i32.const 16))
  ;; A list<u8> that begins 65,536 bytes before the end of all addresses, and is longer than that.
  (global $list i32 (i32.const 32))
  (data (i32.const 32) "\00\00\ff\ff\ff\ff\ff\7f")

  ;; Where the next thing that arrives is put; nothing is ever freed.
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $address i32)
    (local.set $address
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $address) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
    (local.get $address))

  (func (export "paint/filter@1#set") (param i32 i32 i32) (result i32) (global.get $ok))
  (func (export "paint/filter@1#prepare") (param i32 i32) (result i32) (global.get $ok))
  (func (export "paint/filter@1#process") (param i32 i32 i32 i32 i32 i32) (result i32) (global.get $list)))
