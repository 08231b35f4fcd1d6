;; Has itself loaded when it starts, as often as it is let.
;;@ import test/self@1 bytes: func() -> list<u8>
;;@ import test/self@1 told: func(text: string)
;;@ import portcullis/loader@1 spawn: func(bytes: list<u8>, name: string, imports: string, memory: u32) -> result<own<process>, string>
(module
  (import "test/self@1" "bytes" (func $bytes (param i32)))
  (import "test/self@1" "told" (func $told (param i32 i32)))
  (import "portcullis/loader@1" "spawn" (func $spawn (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory 2)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $free (mut i32) (i32.const 4096))
  (data (i32.const 64) "portcullis/loader@1\ntest/self@1")
  (data (i32.const 128) "again")
  (data (i32.const 144) "started")
  (data (i32.const 160) "failed")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $address i32)
    (local.set $address (global.get $free))
    (global.set $free (i32.and (i32.add (i32.add (local.get $address) (local.get 3)) (i32.const 7)) (i32.const -8)))
    (local.get $address))
  (func $start
    (call $bytes (i32.const 16))
    (call $spawn
      (i32.load (i32.const 16)) (i32.load (i32.const 20))
      (i32.const 128) (i32.const 5)
      (i32.const 64) (i32.const 31)
      (i32.const 2)
      (i32.const 32))
    (if (i32.load (i32.const 8))
      (then (call $told (i32.const 160) (i32.const 6)))
      (else
        (if (i32.load8_u (i32.const 32))
          (then (call $told (i32.load (i32.const 36)) (i32.load (i32.const 40))))
          (else (call $told (i32.const 144) (i32.const 7)))))))
  (start $start))
