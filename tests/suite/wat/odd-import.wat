;; Asks for something with a name that is made to be misread.
(module
  (import "test/host@1\1b[2J\nERROR: the kernel failed" "a\e2\80\aeb" (func)))
