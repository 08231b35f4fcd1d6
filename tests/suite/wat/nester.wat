;; Mints boxes that hold each other: each box's badge is its number of the box inside of it, which its destructor releases.
;;@ export test/nester@1 box: resource(3)
;;@ export test/nester@1 nest: func(depth: u32) -> own<box>
;;@ export test/nester@1 drop: func(box: own<box>) -> u32
;;@ export test/nester@1 ended: func() -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $ended (mut i32) (i32.const 0))
  ;; The outermost of so many boxes.
  (func (export "test/nester@1#nest") (param $depth i32) (result i32)
    (local $inner i32)
    (loop $next
      (local.set $inner (call $create (local.get $inner) (i32.const 3)))
      (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
      (br_if $next (local.get $depth)))
    (local.get $inner))
  (func (export "test/nester@1#[dtor]box") (param i32)
    (global.set $ended (i32.add (global.get $ended) (i32.const 1)))
    (if (local.get 0)
      (then (drop (call $release (local.get 0))))))
  (func (export "test/nester@1#drop") (param i32) (result i32)
    (drop (call $release (local.get 0)))
    (global.get $ended))
  (func (export "test/nester@1#ended") (result i32)
    (global.get $ended)))
