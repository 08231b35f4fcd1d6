;; Imports a global that could change.
(module
  (import "js" "number" (global (mut i32))))
