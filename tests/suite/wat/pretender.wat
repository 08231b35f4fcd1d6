;; Makes objects of the loader's class itself, and passes them to the loader.
;;@ export portcullis/loader@1 process: resource(1)
;;@ import portcullis/loader@1 state: func(process: borrow<process>) -> u32
;;@ import portcullis/loader@1 kill: func(process: borrow<process>)
;;@ export test/pretender@1 try: func(which: u32) -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis/loader@1" "state" (func $state (param i32) (result i32)))
  (import "portcullis/loader@1" "kill" (func $kill (param i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/pretender@1#try") (param i32) (result i32)
    (local $process i32)
    (i32.store (i32.const 8) (i32.const 0))
    (local.set $process (call $create (i32.const 7) (i32.const 1)))
    (if (local.get 0)
      (then (drop (call $state (local.get $process))))
      (else (call $kill (local.get $process))))
    (drop (call $release (local.get $process)))
    (i32.load (i32.const 8))))
