;; Mints objects until it is told to stop, or until there are so many.
;;@ export test/minter@1 thing: resource(5)
;;@ export test/minter@1 mint: func(count: u32) -> u32
;;@ export test/minter@1 derive: func(count: u32) -> u32
;;@ export test/minter@1 error: func() -> u32
;;@ export test/minter@1 drop: func(from: u32, to: u32) -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; How many it could mint.
  (func (export "test/minter@1#mint") (param i32) (result i32)
    (local $done i32)
    (block $end
      (loop $next
        (br_if $end (i32.eq (local.get $done) (local.get 0)))
        (br_if $end (i32.eqz (call $create (local.get $done) (i32.const 5))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $next)))
    (local.get $done))
  ;; How many it could derive from capability 1.
  (func (export "test/minter@1#derive") (param i32) (result i32)
    (local $done i32)
    (block $end
      (loop $next
        (br_if $end (i32.eq (local.get $done) (local.get 0)))
        (br_if $end (i32.eqz (call $derive (i32.const 1) (i32.const 1))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $next)))
    (local.get $done))
  ;; The error that it stopped at; it is forgotten then.
  (func (export "test/minter@1#error") (result i32)
    (i32.load (i32.const 8))
    (i32.store (i32.const 8) (i32.const 0)))
  ;; Releases a range of capabilities; the last error.
  (func (export "test/minter@1#drop") (param i32 i32) (result i32)
    (local $error i32)
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get 0) (local.get 1)))
        (local.set $error (call $release (local.get 0)))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (br $next)))
    (local.get $error)))
