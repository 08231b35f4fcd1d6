// What all plugins of the bench that call others are made of.

/** A function that makes a call `$count` times, with whatever locals that needs. */
export const loop = (name, call, locals = '') => `
  (func (export "${name}") (param $count i32) ${locals}
    (loop $again
      ${call}
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))`;

