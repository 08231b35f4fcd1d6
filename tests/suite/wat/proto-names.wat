;; Asks an interface for what every object of JavaScript has.
(module
  (import "test/host@1" "act" (func))
  (import "test/host@1" "__proto__" (func))
  (import "test/host@1" "constructor" (func)))
