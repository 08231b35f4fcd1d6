;; The plugin `{{name}}`: it greets, and says in the log whom.

(module
  ;; What the web app has to grant, and what it can call as `demo/greet@1#hello`. The signatures are written down in custom
  ;; sections of the name `portcullis`, a line each; the kernel compares them with the types of the functions below.
  (@custom "portcullis" "import demo/log@1 write: func(line: string)\n")
  (@custom "portcullis" "export demo/greet@1 hello: func(name: string) -> string\n")

  ;; A string is passed as its address and its length in bytes.
  (import "demo/log@1" "write" (func $write (param $address i32) (param $length i32)))

  ;; From 0, where `hello` leaves its result: address and length. From 16, the status word. From 32, texts. From 1024, what
  ;; is allocated.
  (memory (export "memory") 1)
  (data (i32.const 32) "Hello, ")
  (data (i32.const 40) "!")

  ;; The kernel puts an error's number here when a call of the plugin's own fails. Without it, such a failure ends the plugin.
  (global (export "portcullis_status") i32 (i32.const 16))

  ;; Where the next allocation begins, and how many calls are running.
  (global $next (mut i32) (i32.const 1024))
  (global $running (mut i32) (i32.const 0))

  ;; Gives memory for a string that arrives; 0 if there is none. It is all free again when no call is running.
  (func $allocate (export "cabi_realloc")
    (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $address i32) (local $end i32)
    ;; $next, rounded up.
    (local.set $address
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i32.add (local.get $address) (local.get $size)))
    (if (i32.lt_u (local.get $end) (local.get $address)) (then (return (i32.const 0))))
    (block $enough
      (br_if $enough (i32.le_u (local.get $end) (i32.mul (memory.size) (i32.const 65536))))
      ;; As many pages more as it takes.
      (br_if $enough
        (i32.ne
          (memory.grow
            (i32.shr_u
              (i32.add
                (i32.sub (local.get $end) (i32.mul (memory.size) (i32.const 65536)))
                (i32.const 65535))
              (i32.const 16)))
          (i32.const -1)))
      (return (i32.const 0)))
    (global.set $next (local.get $end))
    (local.get $address))

  ;; Gives the address of the result: that of a string and its length.
  (func (export "demo/greet@1#hello") (param $name i32) (param $length i32) (result i32)
    (local $greeting i32)
    (global.set $running (i32.add (global.get $running) (i32.const 1)))
    (call $write (local.get $name) (local.get $length))
    ;; A log that is gone is no reason not to greet.
    (i32.store (i32.const 16) (i32.const 0))
    (local.set $greeting
      (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $length) (i32.const 8))))
    (if (i32.eqz (local.get $greeting)) (then (unreachable)))
    (memory.copy (local.get $greeting) (i32.const 32) (i32.const 7))
    (memory.copy (i32.add (local.get $greeting) (i32.const 7)) (local.get $name) (local.get $length))
    (memory.copy
      (i32.add (i32.add (local.get $greeting) (i32.const 7)) (local.get $length))
      (i32.const 40)
      (i32.const 1))
    (i32.store (i32.const 0) (local.get $greeting))
    (i32.store (i32.const 4) (i32.add (local.get $length) (i32.const 8)))
    (i32.const 0))

  ;; The kernel has copied the result.
  (func (export "cabi_post_demo/greet@1#hello") (param $result i32)
    (global.set $running (i32.sub (global.get $running) (i32.const 1)))
    (if (i32.eqz (global.get $running)) (then (global.set $next (i32.const 1024)))))
)
