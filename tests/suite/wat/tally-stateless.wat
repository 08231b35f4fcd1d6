;; A build of tally-1 that knows of no state.
;;@ export test/worker@1 work: func(value: u32) -> u32
;;@ export test/worker@1 spin: func(turns: u32) -> u32
(module
  (func (export "test/worker@1#spin") (param i32) (result i32) (i32.const 0))
  (func (export "test/worker@1#work") (param i32) (result i32) (i32.const 7000000)))
