;; Derives capabilities from one of its own: each from the one before, or all from the first.
;;@ export test/grafter@1 thing: resource(5)
;;@ export test/grafter@1 deep: func(count: u32) -> u32
;;@ export test/grafter@1 wide: func(count: u32) -> u32
;;@ export test/grafter@1 revoke: func(cap: u32) -> u32
;;@ export test/grafter@1 usable: func(from: u32, to: u32) -> u32
;;@ export test/grafter@1 release: func(from: u32, to: u32) -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "cap_rights" (func $rights (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; The last capability.
  (func (export "test/grafter@1#deep") (param $count i32) (result i32)
    (local $cap i32)
    (local.set $cap (call $create (i32.const 1) (i32.const 5)))
    (loop $next
      (local.set $cap (call $derive (local.get $cap) (i32.const 7)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $next (local.get $count)))
    (local.get $cap))
  (func (export "test/grafter@1#wide") (param $count i32) (result i32)
    (local $first i32) (local $cap i32)
    (local.set $first (call $create (i32.const 1) (i32.const 5)))
    (loop $next
      (local.set $cap (call $derive (local.get $first) (i32.const 7)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $next (local.get $count)))
    (local.get $cap))
  (func (export "test/grafter@1#revoke") (param i32) (result i32)
    (call $revoke (local.get 0)))
  ;; How many of a range of capabilities can be used.
  (func (export "test/grafter@1#usable") (param $from i32) (param $to i32) (result i32)
    (local $count i32)
    (loop $next
      (local.set $count (i32.add (local.get $count) (i32.ne (call $rights (local.get $from)) (i32.const 0))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $to))))
    (local.get $count))
  ;; Releases a range of capabilities; the sum of the errors.
  (func (export "test/grafter@1#release") (param $from i32) (param $to i32) (result i32)
    (local $errors i32)
    (loop $next
      (local.set $errors (i32.add (local.get $errors) (call $release (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $to))))
    (local.get $errors)))
