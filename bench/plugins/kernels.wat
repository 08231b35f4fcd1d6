;; Three programs whose loops are as small as loops get: what metering costs at most, near enough.
(module
  (memory (export "memory") 16)

  ;; The tightest loop: counts, and does nothing else.
  (func (export "count") (param $count i32) (result i32)
    (local $index i32)
    (loop $again
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $again (i32.ne (local.get $index) (local.get $count))))
    (local.get $index))

  ;; Adds up so many bytes of the first mebibyte, again and again.
  (func (export "sum") (param $count i32) (result i32)
    (local $index i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.and (local.get $index) (i32.const 0xfffff)))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $index) (local.get $count))))
    (local.get $sum))

  ;; A Fibonacci number by recursion: nothing but calls.
  (func $fib (export "fib") (param $place i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $place) (i32.const 2))
      (then (local.get $place))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $place) (i32.const 1)))
          (call $fib (i32.sub (local.get $place) (i32.const 2))))))))
