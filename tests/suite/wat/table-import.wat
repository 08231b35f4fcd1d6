;; Imports a table.
(module
  (import "test/host@1" "table" (table 1 funcref)))
