;; Asks for what every object of JavaScript has.
(module
  (import "constructor" "constructor" (func (param i32) (result i32)))
  (import "__proto__" "toString" (func (result i32)))
  (import "hasOwnProperty" "call" (func (param i32)))
  (import "toString" "__proto__" (func)))
