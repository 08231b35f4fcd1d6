;; Never says where its status word lies.
(module
  (memory 1)
  (func (export "portcullis_status") (result i32) (loop $again (br $again)) (unreachable))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
