;; A filter that calls every system call with handles that nobody gave it: small numbers, which are the likeliest to
;; be somebody's, and the neighbourhood of every power of two. It counts the calls that did anything, says so in its
;; last words, and traps.
(module
  (@custom "portcullis"
    "export paint/filter@1 set: func(parameter: u32, values: list<f64>) -> result<_, string>\n"
    "export paint/filter@1 prepare: func(width: u32, height: u32) -> result<_, string>\n"
    "export paint/filter@1 process: func(pixels: list<u8>, x: u32, y: u32, width: u32, height: u32) -> list<u8>\n")

  (import "portcullis" "cap_retain" (func $cap_retain (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $cap_release (param i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $cap_revoke (param i32) (result i32)))
  (import "portcullis" "cap_derive" (func $cap_derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_class" (func $cap_class (param i32) (result i32)))
  (import "portcullis" "cap_rights" (func $cap_rights (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $handle_create (param i32 i32) (result i32)))
  (import "portcullis" "handle_badge" (func $handle_badge (param i32 i32) (result i32)))
  (import "portcullis" "fault" (func $fault (param i32 i32)))

  (memory (export "memory") 1)

  ;; The status word: without one, the first refusal would be the end.
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; A result<_, string> that is ok.
  (global $ok i32 (i32.const 16))

  (global $tried (mut i32) (i32.const 0))
  (global $opened (mut i32) (i32.const 0))

  ;; Counts a call; `$worked` is not 0 where it did something.
  (func $count (param $worked i32)
    (global.set $tried (i32.add (global.get $tried) (i32.const 1)))
    (if (local.get $worked)
      (then (global.set $opened (i32.add (global.get $opened) (i32.const 1))))))

  (func $try (param $handle i32)
    ;; These return an error, 0 if there is none.
    (call $count (i32.eqz (call $cap_retain (local.get $handle))))
    (call $count (i32.eqz (call $cap_release (local.get $handle))))
    (call $count (i32.eqz (call $cap_revoke (local.get $handle))))
    ;; These return 0 where there is an error.
    (call $count (call $cap_derive (local.get $handle) (i32.const 7)))
    (call $count (call $cap_class (local.get $handle)))
    (call $count (call $cap_rights (local.get $handle)))
    (call $count (call $handle_badge (local.get $handle) (i32.const 1)))
    ;; A class that this plugin has not.
    (call $count (call $handle_create (i32.const 0xBADCAFE) (local.get $handle))))

  (func $try_all
    (local $handle i32)
    (local $bit i32)
    (loop $next
      (call $try (local.get $handle))
      (local.set $handle (i32.add (local.get $handle) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $handle) (i32.const 4096))))
    (local.set $bit (i32.const 12))
    (loop $next
      (local.set $handle (i32.shl (i32.const 1) (local.get $bit)))
      (call $try (i32.sub (local.get $handle) (i32.const 1)))
      (call $try (local.get $handle))
      (call $try (i32.add (local.get $handle) (i32.const 1)))
      ;; The same from the other end: 0xFFFFFFFF and so on.
      (call $try (i32.sub (i32.const 0) (local.get $handle)))
      (call $try (i32.xor (local.get $handle) (i32.const -1)))
      (local.set $bit (i32.add (local.get $bit) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $bit) (i32.const 32)))))

  ;; The last words are put together from these pieces and two numbers.
  (data (i32.const 64) "I tried ")
  (data (i32.const 80) " system calls with forged handles; ")
  (data (i32.const 128) " of them did anything.")
  (global $words i32 (i32.const 256))
  (global $words_end (mut i32) (i32.const 256))

  (func $say (param $text i32) (param $length i32)
    (memory.copy (global.get $words_end) (local.get $text) (local.get $length))
    (global.set $words_end (i32.add (global.get $words_end) (local.get $length))))

  (func $say_number (param $number i32)
    (if (i32.gt_u (local.get $number) (i32.const 9))
      (then (call $say_number (i32.div_u (local.get $number) (i32.const 10)))))
    (i32.store8 (global.get $words_end)
      (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
    (global.set $words_end (i32.add (global.get $words_end) (i32.const 1))))

  (func (export "paint/filter@1#process") (param i32 i32 i32 i32 i32 i32) (result i32)
    (call $try_all)
    (call $say (i32.const 64) (i32.const 8))
    (call $say_number (global.get $tried))
    (call $say (i32.const 80) (i32.const 35))
    (call $say_number (global.get $opened))
    (call $say (i32.const 128) (i32.const 22))
    (call $fault (global.get $words) (i32.sub (global.get $words_end) (global.get $words)))
    unreachable)

  (func (export "paint/filter@1#set") (param i32 i32 i32) (result i32) (global.get $ok))
  (func (export "paint/filter@1#prepare") (param i32 i32) (result i32) (global.get $ok))

  ;; Where the next thing that arrives is put; nothing is ever freed.
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $address i32)
    (local.set $address
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $address) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
    (local.get $address)))
