;; Says what it is told to say, and traps.
;;@ export test/speaker@1 say: func(text: list<u8>)
;;@ export test/speaker@1 say-and-live: func(text: list<u8>)
;;@ export test/speaker@1 say-at: func(address: u32, length: u32)
(module
  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (memory 1)
  ;; There is one list at a time.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "test/speaker@1#say") (param i32 i32)
    (call $fault (local.get 0) (local.get 1))
    (unreachable))
  (func (export "test/speaker@1#say-and-live") (param i32 i32)
    (call $fault (local.get 0) (local.get 1)))
  (func (export "test/speaker@1#say-at") (param i32 i32)
    (call $fault (local.get 0) (local.get 1))
    (unreachable)))
