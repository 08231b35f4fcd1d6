;; Asks for a counter's value, but means counters of another interface.
;;@ import test/counter@1 read: func(self: borrow<test/other@1.counter>) -> u32
(module
  (import "test/counter@1" "read" (func (param i32) (result i32))))
