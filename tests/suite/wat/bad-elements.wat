;; Its elements do not fit its table.
(module
  (table 2 funcref)
  (elem (i32.const 1) $one $one)
  (func $one (export "run")))
