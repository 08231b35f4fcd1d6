;; Has another one of its group trap while it starts.
;;@ import test/group@1 trap: func()
(module
  (import "test/group@1" "trap" (func $trap))
  (start $trap))
