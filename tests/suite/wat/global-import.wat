;; Imports a global.
(module
  (import "test/host@1" "number" (global i32)))
