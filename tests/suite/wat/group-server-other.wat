;; A newer build of group-server.wat that takes the things for somebody else's.
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
  (memory (export "memory") 2)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "test/group@1#create") (result i32) (i32.const 0))
  (func (export "test/group@1#badge") (param i32 i32) (result i32) (i32.const 0))
  (func (export "test/group@1#both") (param i32 i32) (result i32) (i32.const 0))
  (func (export "test/group@1#narrow") (param i32 i32 f64 i32) (result i32) (i32.const 0))
  (func (export "test/group@1#length") (param i32 i32) (result i32) (i32.const 0))
  (func (export "test/group@1#keep") (param i32))
  (func (export "test/group@1#version") (result i32) (i32.const 3))
  (func (export "test/group@1#destroyed") (result i32) (i32.const 0))
  (func (export "test/group@1#trap"))
  (func (export "test/group@1#spin"))
  (func (export "test/group@1#act") (result i32) (i32.const 0)))
