;; Imports a global that is no number.
(module
  (import "js" "thing" (global externref)))
