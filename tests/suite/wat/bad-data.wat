;; One of its data segments does not fit its memory; what was placed before it must not be reached.
;;@ import test/host@1 act: func()
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (table (export "table") 2 funcref)
  (elem (i32.const 0) $act)
  (data (i32.const 0) "first")
  (data (i32.const 65534) "does not fit")
  (func (export "run")))
