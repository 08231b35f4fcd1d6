;; Calls what group-server.wat serves. Functions that can fail give the error in the upper half of their result.
;;@ import test/group@1 create: func() -> own<thing>
;;@ import test/group@1 badge: func(thing: borrow<thing>, more: u32) -> u32
;;@ import test/group@1 both: func(one: borrow<thing>, two: borrow<thing>) -> u32
;;@ import test/group@1 narrow: func(byte: u8, short: s16, real: f64, flag: bool) -> u8
;;@ import test/group@1 length: func(text: string) -> u32
;;@ import test/group@1 keep: func(thing: own<thing>)
;;@ import test/group@1 version: func() -> u32
;;@ import test/group@1 trap: func()
;;@ import test/group@1 spin: func()
;;@ import test/group@1 act: func() -> u32
;;@ export test/client@1 create: func() -> u32
;;@ export test/client@1 badge: func(cap: u32, more: u32) -> u64
;;@ export test/client@1 both: func(one: u32, two: u32) -> u64
;;@ export test/client@1 narrow: func(byte: u32, short: u32, real: f64, flag: u32) -> u32
;;@ export test/client@1 length: func(address: u32, length: u32) -> u64
;;@ export test/client@1 keep: func(cap: u32) -> u64
;;@ export test/client@1 release: func(cap: u32) -> u32
;;@ export test/client@1 version: func() -> u64
;;@ export test/client@1 trap: func() -> u64
;;@ export test/client@1 spin: func() -> u64
;;@ export test/client@1 act: func() -> u64
;;@ export test/client@1 fail: func()
;;@ export test/client@1 catch: func() -> u64
(module
  (import "test/group@1" "create" (func $create (result i32)))
  (import "test/group@1" "badge" (func $badge (param i32 i32) (result i32)))
  (import "test/group@1" "both" (func $both (param i32 i32) (result i32)))
  (import "test/group@1" "narrow" (func $narrow (param i32 i32 f64 i32) (result i32)))
  (import "test/group@1" "length" (func $length (param i32 i32) (result i32)))
  (import "test/group@1" "keep" (func $keep (param i32)))
  (import "test/group@1" "version" (func $version (result i32)))
  (import "test/group@1" "trap" (func $trap))
  (import "test/group@1" "spin" (func $spin))
  (import "test/group@1" "act" (func $act (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory (export "memory") 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (data (i32.const 1024) "sixteen letters!")
  (func $clear (i32.store (i32.const 8) (i32.const 0)))
  ;; The value, with the error above it.
  (func $told (param i32) (result i64)
    (i64.or (i64.extend_i32_u (local.get 0)) (i64.shl (i64.load32_u (i32.const 8)) (i64.const 32))))
  (func (export "test/client@1#create") (result i32) (call $create))
  (func (export "test/client@1#badge") (param i32 i32) (result i64)
    (call $clear) (call $told (call $badge (local.get 0) (local.get 1))))
  (func (export "test/client@1#both") (param i32 i32) (result i64)
    (call $clear) (call $told (call $both (local.get 0) (local.get 1))))
  (func (export "test/client@1#narrow") (param i32 i32 f64 i32) (result i32)
    (call $narrow (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "test/client@1#length") (param i32 i32) (result i64)
    (call $clear) (call $told (call $length (local.get 0) (local.get 1))))
  (func (export "test/client@1#keep") (param i32) (result i64)
    (call $clear) (call $keep (local.get 0)) (call $told (i32.const 0)))
  (func (export "test/client@1#release") (param i32) (result i32) (call $release (local.get 0)))
  (func (export "test/client@1#version") (result i64)
    (call $clear) (call $told (call $version)))
  (func (export "test/client@1#trap") (result i64)
    (call $clear) (call $trap) (call $told (i32.const 1)))
  (func (export "test/client@1#spin") (result i64)
    (call $clear) (call $spin) (call $told (i32.const 1)))
  (func (export "test/client@1#act") (result i64)
    (call $clear) (call $told (call $act)))
  (func (export "test/client@1#fail") (unreachable))
  ;; Nothing that ends somebody else can be caught.
  (func (export "test/client@1#catch") (result i64)
    (try (do (call $trap)) (catch_all))
    (i64.const 1)))
