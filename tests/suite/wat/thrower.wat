;; Serves a function that throws an exception.
;;@ export test/host@1 act: func()
(module
  (tag $exception)
  (func (export "test/host@1#act")
    (throw $exception)))
