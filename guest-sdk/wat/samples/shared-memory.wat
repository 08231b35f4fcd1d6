;; A plugin written by hand that shares its world with the page: it computes in a memory that both use, from the place that
;; the page names, with the page's own Math. It has no records: what it imports is numbers only.
;;
;;   const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
;;   const math = kernel.provide('math', 'sin: func(x: f64) -> f64\ncos: func(x: f64) -> f64\nlog: func(x: f64) -> f64', Math);
;;   const plugin = await kernel.spawn('shared-memory.wasm', {
;;     imports: { math },
;;     constants: { 'js#data_offset': 1024 },
;;     memory: { use: memory },
;;   });
;;   const bytes = await plugin.call('expensive_calc', [12, 34]);
;;   const numbers = new Float64Array(memory.buffer, 1024, bytes / 8);
(module
  (import "math" "sin" (func $sin (param f64) (result f64)))
  (import "math" "cos" (func $cos (param f64) (result f64)))
  (import "math" "log" (func $log (param f64) (result f64)))
  (import "js" "shared_mem" (memory 1))
  (import "js" "data_offset" (global $data_offset i32))

  ;; sin(x + index) + cos(y * index) + log(1 + index)
  (func $value (param $x f64) (param $y f64) (param $index f64) (result f64)
    (f64.add
      (f64.add
        (call $sin (f64.add (local.get $x) (local.get $index)))
        (call $cos (f64.mul (local.get $y) (local.get $index))))
      (call $log (f64.add (f64.const 1) (local.get $index)))))

  ;; Writes ten values of 8 bytes, from the place that the page gave, and tells how many bytes that are.
  (func (export "expensive_calc") (param $x i32) (param $y i32) (result i32)
    (local $index i32)
    (loop $next
      (f64.store
        (i32.add (global.get $data_offset) (i32.shl (local.get $index) (i32.const 3)))
        (call $value
          (f64.convert_i32_s (local.get $x))
          (f64.convert_i32_s (local.get $y))
          (f64.convert_i32_s (local.get $index))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (i32.const 10))))
    (i32.shl (local.get $index) (i32.const 3))))
