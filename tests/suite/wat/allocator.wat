;; Its allocator does what it is told to do.
;;@ import test/host@1 act: func()
;;@ export test/allocator@1 mode: func(kind: u32, address: u32)
;;@ export test/allocator@1 take: func(list: list<u32>) -> u32
;;@ export test/allocator@1 calls: func() -> u32
(module
  (import "test/host@1" "act" (func $act))
  (memory 1 8)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kind (mut i32) (i32.const 0))
  (global $address (mut i32) (i32.const 1024))
  (global $calls (mut i32) (i32.const 0))
  (func (export "test/allocator@1#mode") (param i32 i32)
    (global.set $kind (local.get 0))
    (global.set $address (local.get 1)))
  ;; How often a list has arrived.
  (func (export "test/allocator@1#calls") (result i32)
    (global.get $calls))
  ;; The sum of the words that arrived.
  (func (export "test/allocator@1#take") (param $address i32) (param $count i32) (result i32)
    (local $sum i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $address))))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  ;; 0: gives the address; 1: traps; 2: grows memory and gives the first new byte; 3: calls the application first;
  ;; 4: calls itself for ever.
  (func $allocate (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (if (i32.eq (global.get $kind) (i32.const 1))
      (then (unreachable)))
    (if (i32.eq (global.get $kind) (i32.const 2))
      (then (return (i32.shl (memory.grow (i32.const 2)) (i32.const 16)))))
    (if (i32.eq (global.get $kind) (i32.const 3))
      (then (call $act)))
    (if (i32.eq (global.get $kind) (i32.const 4))
      (then (return (i32.add (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 1)))))
    (global.get $address)))
