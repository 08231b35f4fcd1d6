;; Calls functions that may have to wait, from every place from which a plugin can call.
;;@ import test/slow@1 get: func(number: u32) -> u32
;;@ import test/slow@1 text: func(name: string) -> string
;;@ import test/slow@1 bytes: func(bytes: list<u8>) -> list<u8>
;;@ import test/slow@1 try: func(number: u32) -> result<u32, u32>
;;@ import test/slow@1 make: func() -> own<test/counter@1.counter>
;;@ import test/waiter@1 get: func(number: u32) -> tuple<u32, u32>
;;@ export test/waiter@1 get: func(number: u32) -> tuple<u32, u32>
;;@ export test/waiter@1 both: func(first: u32, second: u32) -> tuple<u32, u32, u32>
;;@ export test/waiter@1 text: func(name: string) -> string
;;@ export test/waiter@1 bytes: func(bytes: list<u8>) -> list<u8>
;;@ export test/waiter@1 try: func(number: u32) -> tuple<u32, u32, u32>
;;@ export test/waiter@1 make: func() -> own<test/counter@1.counter>
;;@ export test/waiter@1 relay: func(number: u32) -> tuple<u32, u32>
;;@ export test/waiter@1 get-and-spin: func(number: u32)
;;@ export test/waiter@1 get-for-ever: func(number: u32)
;;@ export test/waiter@1 get-and-trap: func(number: u32)
;;@ export test/waiter@1 work: func(rounds: u32) -> u32
;;@ export test/waiter@1 count: func() -> u32
;;@ export test/waiter@1 status: func() -> u32
;;@ export test/waiter@1 mode: func(mode: u32)
;;@ export test/waiter@1 thing: resource(1)
;;@ export test/waiter@1 create: func() -> own<thing>
(module
  (import "test/slow@1" "get" (func $get (param i32) (result i32)))
  (import "test/slow@1" "text" (func $text (param i32 i32 i32)))
  (import "test/slow@1" "bytes" (func $bytes (param i32 i32 i32)))
  (import "test/slow@1" "try" (func $try (param i32 i32)))
  (import "test/slow@1" "make" (func $make (result i32)))
  (import "test/waiter@1" "get" (func $next (param i32 i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory (export "memory") 16)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; Calls that it made.
  (global $count (mut i32) (i32.const 0))
  ;; 1: its allocator asks for something first. What its allocator and its destructor were told is at 64.
  (global $mode (mut i32) (i32.const 0))
  (global $free (mut i32) (i32.const 4096))
  ;; Asks, and notes the number and the status at the address.
  (func $ask (param $number i32) (param $to i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 8) (i32.const 0))
    (i32.store (local.get $to) (call $get (local.get $number)))
    (i32.store offset=4 (local.get $to) (i32.load (i32.const 8))))
  (func (export "test/waiter@1#get") (param i32) (result i32)
    (call $ask (local.get 0) (i32.const 16))
    (i32.const 16))
  (func (export "test/waiter@1#both") (param i32 i32) (result i32)
    (local $first i32)
    (local.set $first (call $get (local.get 0)))
    (i32.store (i32.const 20) (call $get (local.get 1)))
    (i32.store (i32.const 16) (local.get $first))
    (i32.store (i32.const 24) (i32.add (local.get 0) (local.get 1)))
    (i32.const 16))
  (func (export "test/waiter@1#text") (param i32 i32) (result i32)
    (call $text (local.get 0) (local.get 1) (i32.const 16))
    (i32.const 16))
  (func (export "test/waiter@1#bytes") (param i32 i32) (result i32)
    (call $bytes (local.get 0) (local.get 1) (i32.const 16))
    (i32.const 16))
  (func (export "test/waiter@1#try") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (i64.store (i32.const 16) (i64.const 0))
    (call $try (local.get 0) (i32.const 16))
    (i32.store (i32.const 24) (i32.load (i32.const 8)))
    (i32.const 16))
  (func (export "test/waiter@1#make") (result i32)
    (call $make))
  (func (export "test/waiter@1#relay") (param i32) (result i32)
    (call $next (local.get 0) (i32.const 16))
    (i32.const 16))
  (func (export "test/waiter@1#get-and-spin") (param i32)
    (call $ask (local.get 0) (i32.const 64))
    (loop $again (br $again)))
  (func (export "test/waiter@1#get-for-ever") (param i32)
    (loop $again
      (call $ask (local.get 0) (i32.const 64))
      (br $again)))
  (func (export "test/waiter@1#get-and-trap") (param i32)
    (call $ask (local.get 0) (i32.const 64))
    (unreachable))
  (func (export "test/waiter@1#work") (param i32) (result i32)
    (local i32)
    (loop $again
      (local.set 1 (i32.mul (i32.add (local.get 1) (local.get 0)) (i32.const 31)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (local.get 0)))
    (local.get 1))
  (func (export "test/waiter@1#count") (result i32)
    (global.get $count))
  (func (export "test/waiter@1#status") (result i32)
    (i32.load (i32.const 68)))
  (func (export "test/waiter@1#mode") (param i32)
    (global.set $mode (local.get 0)))
  (func (export "test/waiter@1#create") (result i32)
    (call $create (i32.const 7) (i32.const 1)))
  (func (export "test/waiter@1#[dtor]thing") (param i32)
    (call $ask (local.get 0) (i32.const 64)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local i32)
    (if (i32.eq (global.get $mode) (i32.const 1))
      (then (call $ask (local.get 3) (i32.const 64))))
    (local.set 4 (global.get $free))
    (global.set $free (i32.and (i32.add (i32.add (local.get 4) (local.get 3)) (i32.const 15)) (i32.const -16)))
    (local.get 4)))
