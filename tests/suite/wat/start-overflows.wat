;; Its start function calls itself until the stack is used up.
(module
  (func $start
    (call $start)
    (call $start))
  (start $start))
