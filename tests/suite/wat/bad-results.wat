;; Returns whatever it is told to return: `put` writes words into its memory, and its functions give an address.
;;@ export test/bad@1 thing: resource(5)
;;@ export test/bad@1 put: func(address: u32, value: u32)
;;@ export test/bad@1 text: func(address: u32) -> string
;;@ export test/bad@1 bytes: func(address: u32) -> list<u8>
;;@ export test/bad@1 words: func(address: u32) -> list<u32>
;;@ export test/bad@1 flags: func(address: u32) -> list<bool>
;;@ export test/bad@1 characters: func(address: u32) -> list<char>
;;@ export test/bad@1 character: func(one: u32) -> char
;;@ export test/bad@1 flag: func(one: u32) -> bool
;;@ export test/bad@1 small: func(one: u32) -> s8
;;@ export test/bad@1 plain: func(one: u32) -> result
;;@ export test/bad@1 either: func(address: u32) -> result<u32, string>
;;@ export test/bad@1 own: func(one: u32) -> own<thing>
;;@ export test/bad@1 maybe: func(address: u32) -> option<own<thing>>
;;@ export test/bad@1 pair: func(address: u32) -> tuple<list<char>, own<thing>>
;;@ export test/bad@1 numbers: func(address: u32) -> tuple<list<u32>, own<thing>>
;;@ export test/bad@1 both: func(address: u32) -> tuple<own<thing>, own<thing>>
;;@ export test/bad@1 make: func() -> u32
;;@ export test/bad@1 ended: func() -> u32
;;@ export test/bad@1 posts: func() -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $ended (mut i32) (i32.const 0))
  (global $posts (mut i32) (i32.const 0))
  (func (export "test/bad@1#put") (param i32 i32)
    (i32.store (local.get 0) (local.get 1)))
  (func $given (param i32) (result i32)
    (local.get 0))
  (export "test/bad@1#text" (func $given))
  (export "test/bad@1#bytes" (func $given))
  (export "test/bad@1#words" (func $given))
  (export "test/bad@1#flags" (func $given))
  (export "test/bad@1#characters" (func $given))
  (export "test/bad@1#character" (func $given))
  (export "test/bad@1#flag" (func $given))
  (export "test/bad@1#small" (func $given))
  (export "test/bad@1#plain" (func $given))
  (export "test/bad@1#either" (func $given))
  (export "test/bad@1#own" (func $given))
  (export "test/bad@1#maybe" (func $given))
  (export "test/bad@1#pair" (func $given))
  (export "test/bad@1#numbers" (func $given))
  (export "test/bad@1#both" (func $given))
  ;; A new thing's number here.
  (func (export "test/bad@1#make") (result i32)
    (call $create (i32.const 1) (i32.const 5)))
  ;; How many things have ended.
  (func (export "test/bad@1#[dtor]thing") (param i32)
    (global.set $ended (i32.add (global.get $ended) (i32.const 1))))
  (func (export "test/bad@1#ended") (result i32)
    (global.get $ended))
  ;; How often it was told that its results were taken.
  (func (export "cabi_post_test/bad@1#text") (param i32)
    (global.set $posts (i32.add (global.get $posts) (i32.const 1))))
  (func (export "test/bad@1#posts") (result i32)
    (global.get $posts)))
