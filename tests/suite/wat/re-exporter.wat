;; Exports what it imports: as a function of an interface, and as its allocator.
;;@ import test/host@1 act: func()
;;@ import test/host@1 allocate: func(old: u32, old-size: u32, align: u32, size: u32) -> u32
;;@ export test/re@1 act: func()
;;@ export test/re@1 length: func(list: list<u8>) -> u32
(module
  (import "test/host@1" "act" (func $act))
  (import "test/host@1" "allocate" (func $allocate (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (export "test/re@1#act" (func $act))
  (export "cabi_realloc" (func $allocate))
  (export "release" (func $release))
  (func (export "test/re@1#length") (param i32 i32) (result i32)
    (local.get 1)))
