;; A filter whose metadata is not in the grammar: types that there are not, a list of lists, a function twice with
;; different parameters, one that the module has not, a record that is cut off.
(module
  (@custom "portcullis"
    "export paint/filter@1 prepare: func(width: u32, height: pointer) -> everything\n"
    "export paint/filter@1 process: func(pixels: list<list<u8>>) -> list<u8>\n"
    "export paint/filter@1 process: func() -> u32\n"
    "export paint/filter@1 rule-the-world: func()\n"
    "export paint/filter@1 set: func(parameter: u3")

  (memory (export "memory") 1)

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#set") (param i32 i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#prepare") (param i32 i32) (result i32) unreachable)
  (func (export "paint/filter@1#process") (param i32 i32 i32 i32 i32 i32) (result i32) unreachable))
