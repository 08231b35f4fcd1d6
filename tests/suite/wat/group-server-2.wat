;; A newer build of group-server.wat.
;;@ import test/host@1 act: func()
;;@ export test/group@1 thing: resource(1)
;;@ export test/group@1 create: func() -> own<thing>
;;@ export test/group@1 badge: func(thing: borrow<thing>, more: u32) -> u32
;;@ export test/group@1 both: func(one: borrow<thing>, two: borrow<thing>) -> u32
;;@ export test/group@1 narrow: func(byte: u8, short: s16, real: f64, flag: bool) -> u8
;;@ export test/group@1 length: func(text: string) -> u32
;;@ export test/group@1 keep: func(thing: own<thing>)
;;@ export test/group@1 version: func() -> u32
;;@ export test/group@1 destroyed: func() -> u32
;;@ export test/group@1 trap: func()
;;@ export test/group@1 spin: func()
;;@ export test/group@1 act: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $next (mut i32) (i32.const 100))
  (global $kept (mut i32) (i32.const 0))
  (global $destroyed (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "test/group@1#create") (result i32)
    (global.set $next (i32.add (global.get $next) (i32.const 1)))
    (call $create (global.get $next) (i32.const 1)))
  (func (export "test/group@1#badge") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "test/group@1#both") (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 1000)) (local.get 1)))
  ;; The sum of what arrived, in all its bits.
  (func (export "test/group@1#narrow") (param i32 i32 f64 i32) (result i32)
    (i32.add (i32.add (local.get 0) (local.get 1)) (i32.add (i32.trunc_sat_f64_s (local.get 2)) (local.get 3))))
  (func (export "test/group@1#length") (param i32 i32) (result i32)
    (local.get 1))
  (func (export "test/group@1#keep") (param i32)
    (global.set $kept (local.get 0)))
  (func (export "test/group@1#version") (result i32)
    (i32.const 2))
  (func (export "test/group@1#[dtor]thing") (param i32)
    (global.set $destroyed (i32.add (global.get $destroyed) (i32.const 1))))
  (func (export "test/group@1#destroyed") (result i32)
    (global.get $destroyed))
  (func (export "test/group@1#trap")
    (unreachable))
  (func (export "test/group@1#spin")
    (loop $again (br $again)))
  ;; Has the application act, and gives the error of that.
  (func (export "test/group@1#act") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $act)
    (i32.load (i32.const 8))))
