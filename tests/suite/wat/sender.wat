;; Sends bytes to whoever takes them, and gives the number of the error that came of it, or 0.
;;@ import test/sink@1 take: func(first: list<u8>, second: list<u8>) -> u32
;;@ export test/sender@1 send: func(first: u32, second: u32) -> u32
;;@ export test/sink@1 take: func(first: list<u8>, second: list<u8>) -> u32
(module
  (import "test/sink@1" "take" (func $take (param i32 i32 i32 i32) (result i32)))
  (memory 8)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  ;; Two lists of so many bytes each.
  (func (export "test/sender@1#send") (param $first i32) (param $second i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (drop (call $take (i32.const 1024) (local.get $first) (i32.const 1024) (local.get $second)))
    (i32.load (i32.const 8)))
  ;; Takes them itself.
  (func (export "test/sink@1#take") (param i32 i32 i32 i32) (result i32)
    (i32.add (local.get 1) (local.get 3))))
