;; Takes a counter and traps.
;;@ export test/taker@1 take: func(counter: own<test/counter@1.counter>)
(module
  (func (export "test/taker@1#take") (param i32)
    (unreachable)))
