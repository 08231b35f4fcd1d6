;; Passes whatever addresses it is told to pass. Its functions give the number of the error that came of it.
;;@ import test/sink@1 text: func(text: string)
;;@ import test/sink@1 bytes: func(list: list<u8>)
;;@ import test/sink@1 words: func(list: list<u32>)
;;@ import test/sink@1 longs: func(list: list<f64>)
;;@ import test/sink@1 flags: func(list: list<bool>)
;;@ import test/sink@1 characters: func(list: list<char>)
;;@ import test/sink@1 character: func(one: char)
;;@ import test/sink@1 flag: func(one: bool)
;;@ import test/sink@1 two: func() -> tuple<u32, u64>
;;@ export test/pointers@1 text: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 bytes: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 words: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 longs: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 flags: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 characters: func(address: u32, length: u32) -> u32
;;@ export test/pointers@1 character: func(one: u32) -> u32
;;@ export test/pointers@1 flag: func(one: u32) -> u32
;;@ export test/pointers@1 two: func(address: u32) -> u32
;;@ export test/pointers@1 store: func(address: u32, value: u32)
(module
  (import "test/sink@1" "text" (func $text (param i32 i32)))
  (import "test/sink@1" "bytes" (func $bytes (param i32 i32)))
  (import "test/sink@1" "words" (func $words (param i32 i32)))
  (import "test/sink@1" "longs" (func $longs (param i32 i32)))
  (import "test/sink@1" "flags" (func $flags (param i32 i32)))
  (import "test/sink@1" "characters" (func $characters (param i32 i32)))
  (import "test/sink@1" "character" (func $character (param i32)))
  (import "test/sink@1" "flag" (func $flag (param i32)))
  (import "test/sink@1" "two" (func $two (param i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $clear
    (i32.store (i32.const 8) (i32.const 0)))
  (func $status (result i32)
    (i32.load (i32.const 8)))
  (func (export "test/pointers@1#text") (param i32 i32) (result i32)
    (call $clear) (call $text (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#bytes") (param i32 i32) (result i32)
    (call $clear) (call $bytes (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#words") (param i32 i32) (result i32)
    (call $clear) (call $words (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#longs") (param i32 i32) (result i32)
    (call $clear) (call $longs (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#flags") (param i32 i32) (result i32)
    (call $clear) (call $flags (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#characters") (param i32 i32) (result i32)
    (call $clear) (call $characters (local.get 0) (local.get 1)) (call $status))
  (func (export "test/pointers@1#character") (param i32) (result i32)
    (call $clear) (call $character (local.get 0)) (call $status))
  (func (export "test/pointers@1#flag") (param i32) (result i32)
    (call $clear) (call $flag (local.get 0)) (call $status))
  (func (export "test/pointers@1#two") (param i32) (result i32)
    (call $clear) (call $two (local.get 0)) (call $status))
  (func (export "test/pointers@1#store") (param i32 i32)
    (i32.store (local.get 0) (local.get 1))))
