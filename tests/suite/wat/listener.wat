;; Makes callbacks, and gives them to whoever serves `test/source@1`. The badge of a callback is its number.
;;@ export test/callback@1 callback: resource(1)
;;@ export test/callback@1 fire: func(self: borrow<callback>, value: u32) -> u32
;;@ export test/callback@1 explode: func(self: borrow<callback>)
;;@ export test/callback@1 turn-forever: func(self: borrow<callback>)
;;@ export test/callback@1 count: func(list: u32) -> u32
;;@ import test/source@1 subscribe: func(callback: own<test/callback@1.callback>)
;;@ import test/source@1 borrow: func(callback: borrow<test/callback@1.callback>, value: u32) -> u32
;;@ export test/listener@1 listen: func(number: u32)
;;@ export test/listener@1 lend: func(number: u32, value: u32) -> u32
;;@ export test/listener@1 make: func(number: u32) -> own<test/callback@1.callback>
;;@ export test/listener@1 heard: func() -> u32
;;@ export test/listener@1 gone: func() -> u32
;;@ export test/listener@1 error: func() -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "test/source@1" "subscribe" (func $subscribe (param i32)))
  (import "test/source@1" "borrow" (func $borrow (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $heard (mut i32) (i32.const 0))
  (global $gone (mut i32) (i32.const 0))
  (func (export "test/callback@1#fire") (param $number i32) (param $value i32) (result i32)
    (global.set $heard (i32.add (global.get $heard) (local.get $value)))
    (i32.add (i32.mul (local.get $number) (i32.const 1000)) (local.get $value)))
  (func (export "test/callback@1#explode") (param i32) (unreachable))
  (func (export "test/callback@1#turn-forever") (param i32) (loop $again (br $again)))
  (func (export "test/callback@1#count") (param i32) (result i32) (local.get 0))
  (func (export "test/callback@1#[dtor]callback") (param i32)
    (global.set $gone (i32.add (global.get $gone) (i32.const 1))))
  (func $make (export "test/listener@1#make") (param i32) (result i32)
    (call $create (local.get 0) (i32.const 1)))
  (func (export "test/listener@1#listen") (param i32)
    (call $subscribe (call $make (local.get 0))))
  (func (export "test/listener@1#lend") (param i32 i32) (result i32)
    (local $callback i32) (local $answer i32)
    (local.set $callback (call $make (local.get 0)))
    (local.set $answer (call $borrow (local.get $callback) (local.get 1)))
    (drop (call $release (local.get $callback)))
    (local.get $answer))
  (func (export "test/listener@1#heard") (result i32) (global.get $heard))
  (func (export "test/listener@1#gone") (result i32) (global.get $gone))
  (func (export "test/listener@1#error") (result i32)
    (local $code i32)
    (local.set $code (i32.load (i32.const 8)))
    (i32.store (i32.const 8) (i32.const 0))
    (local.get $code)))
