;; Imports a function that passes a vector.
(module
  (import "test/host@1" "mix" (func (param v128))))
