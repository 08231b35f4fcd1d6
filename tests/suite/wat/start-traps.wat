;; Its start function traps after some last words.
(module
  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (memory 1)
  (data (i32.const 16) "no licence")
  (func $start
    (call $fault (i32.const 16) (i32.const 10))
    (unreachable))
  (start $start))
