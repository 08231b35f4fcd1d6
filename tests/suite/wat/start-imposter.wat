;; Exports what the kernel calls its start function.
(module
  (func $start)
  (func (export "portcullis:start"))
  (start $start))
