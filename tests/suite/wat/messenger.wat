;; Makes messages, receives them and answers as it is told. Numbers come back from functions as they are; errors of the status word in `error`.
;;@ import test/peer@1 take: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32
;;@ export test/peer@1 take: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32
;;@ export test/messenger@1 create: func(data: u32, size: u32, caps: u32, count: u32, reply: u32, room: u32, places-at: u32, places: u32) -> u32
;;@ export test/messenger@1 send: func(message: u32, a: u32) -> s32
;;@ export test/messenger@1 receive: func(message: u32, data: u32, size: u32, caps: u32, count: u32) -> u32
;;@ export test/messenger@1 reply: func(message: u32, data: u32, size: u32, caps: u32, count: u32) -> u32
;;@ export test/messenger@1 info: func(message: u32, what: u32) -> u32
;;@ export test/messenger@1 free: func(message: u32) -> u32
;;@ export test/messenger@1 release: func(cap: u32) -> u32
;;@ export test/messenger@1 revoke: func(cap: u32) -> u32
;;@ export test/messenger@1 error: func() -> u32
;;@ export test/messenger@1 poke: func(address: u32, word: u32)
;;@ export test/messenger@1 peek: func(address: u32) -> u32
;;@ export test/messenger@1 plan: func(data: u32, size: u32, caps: u32, count: u32, reply-size: u32, reply-count: u32)
;;@ export test/thing@1 thing: resource(1)
;;@ export test/thing@1 mint: func(badge: u32) -> u32
;;@ export test/thing@1 badge: func(cap: u32) -> u32
(module
  (import "test/peer@1" "take" (func $take (param i32 i32) (result i32)))
  (import "portcullis" "msg_create" (func $create (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "msg_recv" (func $recv (param i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "msg_reply" (func $reply (param i32 i32 i32 i32 i32) (result i32)))
  (import "portcullis" "msg_info" (func $info (param i32 i32) (result i32)))
  (import "portcullis" "msg_free" (func $free (param i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $revoke (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $mint (param i32 i32) (result i32)))
  (import "portcullis" "handle_badge" (func $badge (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  ;; The message that was lent last.
  (global $last (mut i32) (i32.const 0))
  (func (export "test/messenger@1#create") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $create (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7)))
  (func (export "test/messenger@1#send") (param i32 i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $take (local.get 0) (local.get 1)))
  (func (export "test/messenger@1#receive") (param i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $recv (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
  (func (export "test/messenger@1#reply") (param i32 i32 i32 i32 i32) (result i32)
    (call $reply (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
  (func (export "test/messenger@1#info") (param i32 i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $info (local.get 0) (local.get 1)))
  (func (export "test/messenger@1#free") (param i32) (result i32) (call $free (local.get 0)))
  (func (export "test/messenger@1#release") (param i32) (result i32) (call $release (local.get 0)))
  (func (export "test/messenger@1#revoke") (param i32) (result i32) (call $revoke (local.get 0)))
  (func (export "test/messenger@1#error") (result i32) (i32.load (i32.const 8)))
  (func (export "test/messenger@1#poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "test/messenger@1#peek") (param i32) (result i32) (i32.load (local.get 0)))
  ;; What `take` does from then on.
  (func (export "test/messenger@1#plan") (param i32 i32 i32 i32 i32 i32)
    (i32.store (i32.const 16) (local.get 0))
    (i32.store (i32.const 20) (local.get 1))
    (i32.store (i32.const 24) (local.get 2))
    (i32.store (i32.const 28) (local.get 3))
    (i32.store (i32.const 32) (local.get 4))
    (i32.store (i32.const 36) (local.get 5)))
  ;; 0: receives and answers as planned; gives what it received. 1: traps. 2: lends it on. 3: keeps its number, which it gives.
  ;; 4: frees it. 5: receives, then traps.
  (func (export "test/peer@1#take") (param $message i32) (param $what i32) (result i32)
    (local $sent i32)
    (i32.store (i32.const 8) (i32.const 0))
    (if (i32.eq (local.get $what) (i32.const 1)) (then unreachable))
    (if (i32.eq (local.get $what) (i32.const 2)) (then (return (call $take (local.get $message) (i32.const 0)))))
    (if (i32.eq (local.get $what) (i32.const 3)) (then (return (local.get $message))))
    (if (i32.eq (local.get $what) (i32.const 4)) (then (return (call $free (local.get $message)))))
    (local.set $sent
      (call $recv (local.get $message) (i32.load (i32.const 16)) (i32.load (i32.const 20)) (i32.load (i32.const 24)) (i32.load (i32.const 28))))
    (if (i32.eq (local.get $what) (i32.const 5)) (then unreachable))
    (if (i32.load (i32.const 8)) (then (return (i32.sub (i32.const 0) (i32.load (i32.const 8))))))
    (i32.store (i32.const 8)
      (call $reply (local.get $message) (i32.load (i32.const 16)) (i32.load (i32.const 32)) (i32.load (i32.const 24)) (i32.load (i32.const 36))))
    (if (i32.load (i32.const 8)) (then (return (i32.sub (i32.const 0) (i32.load (i32.const 8))))))
    (local.get $sent))
  (func (export "test/thing@1#mint") (param i32) (result i32) (call $mint (local.get 0) (i32.const 1)))
  (func (export "test/thing@1#badge") (param i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $badge (local.get 0) (i32.const 1))))
