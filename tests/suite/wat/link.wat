;; One of a chain: hands the call on to the next one until the depth is used up, then traps.
;;@ import test/link@1 call: func(depth: u32) -> u32
;;@ export test/link@1 call: func(depth: u32) -> u32
(module
  (import "test/link@1" "call" (func $call (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; Gives what the next one gives, or 100 and the number of the error that the call to it came to.
  (func (export "test/link@1#call") (param i32) (result i32)
    (local i32)
    (if (i32.eqz (local.get 0))
      (then (unreachable)))
    (i32.store (i32.const 8) (i32.const 0))
    (local.set 1 (call $call (i32.sub (local.get 0) (i32.const 1))))
    (if (i32.load (i32.const 8))
      (then (return (i32.add (i32.const 100) (i32.load (i32.const 8))))))
    (local.get 1)))
