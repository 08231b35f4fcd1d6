;; Starts a plugin and gives its handle away.
;;@ import test/self@1 bytes: func() -> list<u8>
;;@ import test/keep@1 keep: func(process: own<portcullis/loader@1.process>)
;;@ import portcullis/loader@1 spawn: func(bytes: list<u8>, name: string, imports: string, memory: u32) -> result<own<process>, string>
;;@ export test/giver@1 run: func() -> u32
(module
  (import "test/self@1" "bytes" (func $bytes (param i32)))
  (import "test/keep@1" "keep" (func $keep (param i32)))
  (import "portcullis/loader@1" "spawn" (func $spawn (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory 2)
  (global (export "portcullis_status") i32 (i32.const 8))
  (data (i32.const 64) "given")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "test/giver@1#run") (result i32)
    (call $bytes (i32.const 16))
    (call $spawn (i32.load (i32.const 16)) (i32.load (i32.const 20)) (i32.const 64) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32))
    (if (i32.load8_u (i32.const 32)) (then (return (i32.const 99))))
    (call $keep (i32.load (i32.const 36)))
    (i32.load (i32.const 8))))
