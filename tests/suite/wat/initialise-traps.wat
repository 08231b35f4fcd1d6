;; What runs after its start function traps.
(module
  (func (export "_initialize")
    (unreachable)))
