;; Asks for a memory under the kernel's name.
(module
  (import "portcullis" "memory" (memory 1)))
