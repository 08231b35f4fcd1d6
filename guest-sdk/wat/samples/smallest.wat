;; The smallest plugin that does something: it adds two numbers. Numbers need no records.
(module
  (func (export "demo/sum@1#add") (param $left i32) (param $right i32) (result i32)
    (i32.add (local.get $left) (local.get $right))))
