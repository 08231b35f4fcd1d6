;; A build of tally-1 that traps when it is to hand over.
;;@ export test/worker@1 work: func(value: u32) -> u32
;;@ export test/worker@1 spin: func(turns: u32) -> u32
;;@ export portcullis/state@1 save: func() -> list<u8>
;;@ export portcullis/state@1 restore: func(state: list<u8>) -> result<_, string>
(module
  (memory 1)
  (data (i32.const 64) "no thanks")
  (global $total (mut i32) (i32.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "test/worker@1#work") (param i32) (result i32)
    (global.set $total (i32.add (global.get $total) (local.get 0)))
    (i32.add (global.get $total) (i32.const 5000000)))
  (func (export "test/worker@1#spin") (param i32) (result i32)
    (local $left i32)
    (local.set $left (local.get 0))
    (loop $again
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (global.set $total (i32.add (global.get $total) (i32.const 1)))
    (global.get $total))
  (func (export "portcullis/state@1#save") (result i32)
    (unreachable))
  (func (export "portcullis/state@1#restore") (param i32 i32) (result i32)
    (global.set $total (i32.load (local.get 0)))
    (i32.store (i32.const 40) (i32.const 0))
    (i32.const 40)))
