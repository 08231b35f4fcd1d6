;; Imports a system call as something else than it is.
(module
  (import "portcullis" "cap_release" (func (param i64) (result i32))))
