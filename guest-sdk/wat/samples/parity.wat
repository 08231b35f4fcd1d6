;; The guest of tests/parity, by hand: everything that a plugin can do, without a compiler. What each function has to do stands in
;; tests/parity/README.md, how values cross in docs/abi.md.
;;
;; Memory: 8 the status word; 16 two words for a capability and a number; 64 results that do not fit into a number;
;; 256 the buffer that is lent; 512 a buffer for messages and leases; 1,024 cells; 65,536 what arrives and what is returned.
(module
  (@custom "portcullis"
    "import parity/host@1 value: func(thing: borrow<thing>) -> u32\n"
    "import parity/host@1 fail: func() -> u32\n"
    "import parity/host@1 set-callback: func(cell: own<parity/cell@1.cell>)\n"
    "import parity/host@1 answer: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32\n"
    "import parity/host@1 fill: func(lease: borrow<portcullis/kernel@1.lease>) -> u32\n"
    "import parity/counter@1 count: func(counter: borrow<counter>, by: u32) -> u32\n"
    "export parity/guest@1 scalars: func(a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32, h: s64, i: u64, j: f32, k: f64, l: char) -> tuple<bool, s8, u8, s16, u16, s32, u32, s64, u64, f32, f64, char>\n"
    "export parity/guest@1 greet: func(name: string) -> string\n"
    "export parity/guest@1 reverse: func(values: list<u16>) -> list<u16>\n"
    "export parity/guest@1 sum: func(values: list<f64>) -> f64\n"
    "export parity/guest@1 divide: func(left: s32, right: s32) -> result<s32, error>\n"
    "export parity/guest@1 last-error: func() -> u32\n"
    "export parity/guest@1 look: func(thing: borrow<parity/host@1.thing>) -> u32\n"
    "export parity/guest@1 keep: func(thing: own<parity/host@1.thing>)\n"
    "export parity/guest@1 give: func() -> option<own<parity/host@1.thing>>\n"
    "export parity/guest@1 count: func(counter: borrow<parity/counter@1.counter>, by: u32) -> u32\n"
    "export parity/guest@1 register: func()\n"
    "export parity/guest@1 receive: func(message: borrow<portcullis/kernel@1.message>, a: u32, b: u32) -> s32\n"
    "export parity/guest@1 send: func(data: list<u8>) -> s32\n"
    "export parity/guest@1 invert: func(lease: borrow<portcullis/kernel@1.lease>) -> u32\n"
    "export parity/guest@1 lend: func(size: u32) -> u32\n"
    "export parity/guest@1 trap: func()\n"
    "export parity/guest@1 panic: func(words: string)\n"
    "export parity/cell@1 cell: resource(1)\n"
    "export parity/cell@1 create: func(value: u32) -> own<cell>\n"
    "export parity/cell@1 add: func(cell: borrow<cell>, by: u32) -> u32\n"
    "export parity/cell@1 consume: func(cell: own<cell>) -> u32\n"
    "export parity/cell@1 revoke: func(cell: own<cell>)\n"
    "export parity/cell@1 destroyed: func() -> u32\n")

  (import "parity/host@1" "value" (func $value (param $thing i32) (result i32)))
  (import "parity/host@1" "fail" (func $fail (result i32)))
  (import "parity/host@1" "set-callback" (func $set_callback (param $cell i32)))
  (import "parity/host@1" "answer" (func $answer (param $message i32) (param $a i32) (result i32)))
  (import "parity/host@1" "fill" (func $fill (param $lease i32) (result i32)))
  (import "parity/counter@1" "count" (func $count (param $counter i32) (param $by i32) (result i32)))
  (import "portcullis" "cap_release" (func $cap_release (param $cap i32) (result i32)))
  (import "portcullis" "cap_revoke" (func $cap_revoke (param $cap i32) (result i32)))
  (import "portcullis" "handle_create" (func $handle_create (param $badge i32) (param $class i32) (result i32)))
  (import "portcullis" "handle_badge" (func $handle_badge (param $cap i32) (param $class i32) (result i32)))
  (import "portcullis" "fault" (func $fault (param $address i32) (param $length i32)))
  (import "portcullis" "msg_create"
    (func $msg_create (param $data i32) (param $size i32) (param $caps i32) (param $count i32)
      (param $reply i32) (param $room i32) (param $reply_caps i32) (param $places i32) (result i32)))
  (import "portcullis" "msg_recv"
    (func $msg_recv (param $message i32) (param $data i32) (param $size i32) (param $caps i32) (param $count i32) (result i32)))
  (import "portcullis" "msg_reply"
    (func $msg_reply (param $message i32) (param $data i32) (param $size i32) (param $caps i32) (param $count i32) (result i32)))
  (import "portcullis" "msg_info" (func $msg_info (param $message i32) (param $what i32) (result i32)))
  (import "portcullis" "msg_free" (func $msg_free (param $message i32) (result i32)))
  (import "portcullis" "lease_create" (func $lease_create (param $address i32) (param $size i32) (param $rights i32) (result i32)))
  (import "portcullis" "lease_read" (func $lease_read (param $lease i32) (param $offset i32) (param $address i32) (param $size i32) (result i32)))
  (import "portcullis" "lease_write" (func $lease_write (param $lease i32) (param $offset i32) (param $address i32) (param $size i32) (result i32)))
  (import "portcullis" "lease_len" (func $lease_len (param $lease i32) (result i32)))
  (import "portcullis" "lease_written" (func $lease_written (param $lease i32) (result i32)))

  (memory (export "memory") 2)
  (data (i32.const 32) "Hello, ")

  (global (export "portcullis_status") i32 (i32.const 8))
  (global $capability i32 (i32.const 16))
  (global $number i32 (i32.const 20))
  (global $results i32 (i32.const 64))
  (global $lent i32 (i32.const 256))
  (global $buffer i32 (i32.const 512))
  (global $things i32 (i32.const 768))
  ;; CALL, READ and WRITE.
  (global $read_and_write i32 (i32.const 25))
  ;; The class number of the record above.
  (global $cell i32 (i32.const 1))

  ;; Where the next byte of what arrives or is returned goes.
  (global $top (mut i32) (i32.const 65536))
  ;; The first cell that is free again: its word has the next one. 0 for none.
  (global $free (mut i32) (i32.const 0))
  ;; The end of the cells.
  (global $cells (mut i32) (i32.const 1024))
  (global $destroyed (mut i32) (i32.const 0))
  (global $kept (mut i32) (i32.const 0))

  ;; Memory for what arrives. It is given back as a whole when the call is over.
  (func $allocate (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $address i32)
    (local $missing i32)
    (local.set $address
      (i32.and
        (i32.sub (i32.add (global.get $top) (local.get $align)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get $align))))
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (i32.add (local.get $address) (local.get $size)) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (return (i32.const 0))))))
    (global.set $top (i32.add (local.get $address) (local.get $size)))
    (local.get $address))

  (func $give_back
    (global.set $top (i32.const 65536)))

  ;; Ends the process unless a system call went well.
  (func $expect (param $code i32)
    (if (local.get $code) (then unreachable)))

  ;; parity/guest@1

  (func (export "parity/guest@1#scalars")
    (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32) (param $g i32)
    (param $h i64) (param $i i64) (param $j f32) (param $k f64) (param $l i32) (result i32)
    (i32.store8 offset=0 (global.get $results) (local.get $a))
    (i32.store8 offset=1 (global.get $results) (local.get $b))
    (i32.store8 offset=2 (global.get $results) (local.get $c))
    (i32.store16 offset=4 (global.get $results) (local.get $d))
    (i32.store16 offset=6 (global.get $results) (local.get $e))
    (i32.store offset=8 (global.get $results) (local.get $f))
    (i32.store offset=12 (global.get $results) (local.get $g))
    (i64.store offset=16 (global.get $results) (local.get $h))
    (i64.store offset=24 (global.get $results) (local.get $i))
    (f32.store offset=32 (global.get $results) (local.get $j))
    (f64.store offset=40 (global.get $results) (local.get $k))
    (i32.store offset=48 (global.get $results) (local.get $l))
    (global.get $results))

  (func (export "parity/guest@1#greet") (param $name i32) (param $length i32) (result i32)
    (local $text i32)
    (local.set $text (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $length) (i32.const 8))))
    (memory.copy (local.get $text) (i32.const 32) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $length))
    (i32.store8 offset=7 (i32.add (local.get $text) (local.get $length)) (i32.const 33)) ;; !
    (i32.store offset=0 (global.get $results) (local.get $text))
    (i32.store offset=4 (global.get $results) (i32.add (local.get $length) (i32.const 8)))
    (global.get $results))
  (func (export "cabi_post_parity/guest@1#greet") (param $result i32)
    (call $give_back))

  (func (export "parity/guest@1#reverse") (param $values i32) (param $count i32) (result i32)
    (local $low i32)
    (local $high i32)
    (local $value i32)
    (local.set $low (local.get $values))
    (local.set $high (i32.add (local.get $values) (i32.mul (i32.sub (local.get $count) (i32.const 1)) (i32.const 2))))
    (block $end
      (loop $next
        (br_if $end (i32.ge_s (local.get $low) (local.get $high)))
        (local.set $value (i32.load16_u (local.get $low)))
        (i32.store16 (local.get $low) (i32.load16_u (local.get $high)))
        (i32.store16 (local.get $high) (local.get $value))
        (local.set $low (i32.add (local.get $low) (i32.const 2)))
        (local.set $high (i32.sub (local.get $high) (i32.const 2)))
        (br $next)))
    (i32.store offset=0 (global.get $results) (local.get $values))
    (i32.store offset=4 (global.get $results) (local.get $count))
    (global.get $results))
  (func (export "cabi_post_parity/guest@1#reverse") (param $result i32)
    (call $give_back))

  (func (export "parity/guest@1#sum") (param $values i32) (param $count i32) (result f64)
    (local $sum f64)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $values))))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (call $give_back)
    (local.get $sum))

  (func (export "parity/guest@1#divide") (param $left i32) (param $right i32) (result i32)
    (if (local.get $right)
      (then
        (i32.store8 offset=0 (global.get $results) (i32.const 0))
        (i32.store offset=4 (global.get $results) (i32.div_s (local.get $left) (local.get $right))))
      (else
        (i32.store8 offset=0 (global.get $results) (i32.const 1))
        (i32.store offset=4 (global.get $results) (i32.const 256))))
    (global.get $results))

  (func (export "parity/guest@1#last-error") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (drop (call $fail))
    (i32.load (i32.const 8)))

  (func (export "parity/guest@1#look") (param $thing i32) (result i32)
    (i32.add (call $value (local.get $thing)) (i32.const 1)))

  (func (export "parity/guest@1#keep") (param $thing i32)
    (if (global.get $kept) (then (call $expect (call $cap_release (global.get $kept)))))
    (global.set $kept (local.get $thing)))

  (func (export "parity/guest@1#give") (result i32)
    (i32.store8 offset=0 (global.get $results) (i32.ne (global.get $kept) (i32.const 0)))
    (i32.store offset=4 (global.get $results) (global.get $kept))
    (global.set $kept (i32.const 0))
    (global.get $results))

  (func (export "parity/guest@1#count") (param $counter i32) (param $by i32) (result i32)
    (call $count (local.get $counter) (local.get $by)))

  (func (export "parity/guest@1#register")
    (call $set_callback (call $create (i32.const 100))))

  (func (export "parity/guest@1#receive") (param $message i32) (param $a i32) (param $b i32) (result i32)
    (local $size i32)
    (local $index i32)
    (local $count i32)
    (local.set $count (call $msg_info (local.get $message) (i32.const 1)))
    (local.set $size
      (call $msg_recv (local.get $message) (global.get $buffer) (i32.const 256) (global.get $things) (i32.const 4)))
    (block $end
      (loop $next
        (br_if $end (i32.eq (local.get $index) (local.get $size)))
        (i32.store8 (i32.add (global.get $buffer) (local.get $index))
          (i32.add (i32.load8_u (i32.add (global.get $buffer) (local.get $index))) (i32.const 1)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (call $expect (call $msg_reply (local.get $message) (global.get $buffer) (local.get $size) (global.get $things) (local.get $count)))
    (i32.add (i32.add (local.get $a) (local.get $b)) (local.get $size)))

  (func (export "parity/guest@1#send") (param $data i32) (param $size i32) (result i32)
    (local $message i32)
    (local $result i32)
    (local $index i32)
    (i32.store (global.get $capability) (call $create (i32.const 7)))
    (local.set $message
      (call $msg_create (local.get $data) (local.get $size) (global.get $capability) (i32.const 1)
        (global.get $buffer) (i32.const 256) (global.get $number) (i32.const 1)))
    (local.set $result (call $answer (local.get $message) (i32.const 5)))
    (local.set $index (call $msg_info (local.get $message) (i32.const 4)))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $index)))
        (local.set $index (i32.sub (local.get $index) (i32.const 1)))
        (local.set $result (i32.add (local.get $result) (i32.load8_u (i32.add (global.get $buffer) (local.get $index)))))
        (br $next)))
    (if (call $msg_info (local.get $message) (i32.const 5))
      (then
        (call $expect (call $cap_release (i32.load (global.get $number))))
        (local.set $result (i32.add (local.get $result) (i32.const 1000)))))
    (call $expect (call $msg_free (local.get $message)))
    (call $give_back)
    (local.get $result))

  (func (export "parity/guest@1#invert") (param $lease i32) (result i32)
    (local $size i32)
    (local.set $size (call $lease_len (local.get $lease)))
    (call $expect (call $lease_read (local.get $lease) (i32.const 0) (global.get $buffer) (local.get $size)))
    (call $invert (global.get $buffer) (local.get $size))
    (call $expect (call $lease_write (local.get $lease) (i32.const 0) (global.get $buffer) (local.get $size)))
    (local.get $size))

  ;; Makes each byte 255 - byte.
  (func $invert (param $from i32) (param $size i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $size)))
        (i32.store8 (local.get $from) (i32.sub (i32.const 255) (i32.load8_u (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br $next))))

  (func (export "parity/guest@1#lend") (param $size i32) (result i32)
    (local $lease i32)
    (local $index i32)
    (local $sum i32)
    (loop $next
      (i32.store8 (i32.add (global.get $lent) (local.get $index)) (local.get $index))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (i32.const 256))))
    (local.set $lease (call $lease_create (global.get $lent) (local.get $size) (global.get $read_and_write)))
    (drop (call $fill (local.get $lease)))
    (loop $next
      (local.set $index (i32.sub (local.get $index) (i32.const 1)))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (global.get $lent) (local.get $index)))))
      (br_if $next (local.get $index)))
    (local.set $sum (i32.add (local.get $sum) (i32.mul (call $lease_written (local.get $lease)) (i32.const 100000))))
    (call $expect (call $cap_release (local.get $lease)))
    (local.get $sum))

  (func (export "parity/guest@1#trap")
    unreachable)

  (func (export "parity/guest@1#panic") (param $words i32) (param $length i32)
    (call $fault (local.get $words) (local.get $length))
    unreachable)

  ;; parity/cell@1: a cell is a word of memory, and its badge the address of that

  (func $create (export "parity/cell@1#create") (param $value i32) (result i32)
    (local $cell i32)
    (local.set $cell (global.get $free))
    (if (local.get $cell)
      (then (global.set $free (i32.load (local.get $cell))))
      (else
        (local.set $cell (global.get $cells))
        (if (i32.ge_u (local.get $cell) (i32.const 65536)) (then unreachable))
        (global.set $cells (i32.add (local.get $cell) (i32.const 4)))))
    (i32.store (local.get $cell) (local.get $value))
    (call $handle_create (local.get $cell) (global.get $cell)))

  (func (export "parity/cell@1#add") (param $cell i32) (param $by i32) (result i32)
    (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (local.get $by)))
    (i32.load (local.get $cell)))

  (func (export "parity/cell@1#consume") (param $cap i32) (result i32)
    (local $value i32)
    (local.set $value (i32.load (call $handle_badge (local.get $cap) (global.get $cell))))
    (call $expect (call $cap_release (local.get $cap)))
    (local.get $value))

  (func (export "parity/cell@1#revoke") (param $cap i32)
    (call $expect (call $cap_revoke (local.get $cap)))
    (call $expect (call $cap_release (local.get $cap))))

  (func (export "parity/cell@1#destroyed") (result i32)
    (global.get $destroyed))

  (func (export "parity/cell@1#[dtor]cell") (param $cell i32)
    (i32.store (local.get $cell) (global.get $free))
    (global.set $free (local.get $cell))
    (global.set $destroyed (i32.add (global.get $destroyed) (i32.const 1)))))
