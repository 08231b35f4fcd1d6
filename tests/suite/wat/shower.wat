;; Shows the application the counters that it is given: lends one, moves one.
;;@ import test/viewer@1 look: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ import test/viewer@1 take: func(counter: own<test/counter@1.counter>)
;;@ export test/shower@1 show: func(counter: borrow<test/counter@1.counter>) -> u32
;;@ export test/shower@1 give: func(counter: own<test/counter@1.counter>) -> u32
(module
  (import "test/viewer@1" "look" (func $look (param i32) (result i32)))
  (import "test/viewer@1" "take" (func $take (param i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; Clears the status word and gives what stood in it.
  (func $status (result i32)
    (i32.load (i32.const 8))
    (i32.store (i32.const 8) (i32.const 0)))
  (func (export "test/shower@1#show") (param i32) (result i32)
    (call $look (local.get 0)))
  ;; Gives 0, or the number of the error.
  (func (export "test/shower@1#give") (param i32) (result i32)
    (drop (call $status))
    (call $take (local.get 0))
    (call $status)))
