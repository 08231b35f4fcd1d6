// What bombs have in common: `run: (i32) -> i32`, which the measurement calls, and ways to make it reach all the code there is.

import { Bytes, EMPTY, FUNCREF, I32, Module, op } from './encode.mjs';

/** Loops as often as local 0 says, compared in a way that metering does not take for counting: it is not what is measured. */
export const spin = () =>
  new Bytes().put(op.loop, EMPTY, op.localGet, 0, op.i32Const, 1, op.i32Sub, op.localTee, 0, op.i32Const, 1).put(op.i32GeS, op.brIf, 0, op.end);

/** Loops as often as local 0 says, then returns unless global 0 is set, which never happens; the engine cannot know. */
export const preamble = () => spin().put(op.globalGet, 0, op.i32Eqz, op.if, EMPTY, op.i32Const, 7, op.return, op.end);

/** A module with what most kinds use: type 0 is of `run`, type 1 is of nothing to nothing, global 0 is mutable. */
export function start({ memory = true, entries = 16 } = {}) {
  const module = new Module();
  module.type([I32], [I32]);
  module.type([], []);
  module.entry('table').put(FUNCREF, 0).u(entries);
  if (memory) module.entry('memory').put(0, 1);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  return module;
}

/** The same value so often. */
export const repeat = (count, value) => new Array(count).fill(value);

/** A number that the engine cannot know: always 0. */
export const condition = [op.globalGet, 0];

/** `if` with something in it that is not optimised away: it writes a local. */
export const writingIf = (local) => new Bytes().put(...condition, op.if, EMPTY, ...condition, op.localSet).u(local).put(op.end).view;

/** Numbers that look random, the same each time. */
export const pseudo = (seed) => () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8;

/** So many functions each get the body of a kind that is about functions; one alone may not be large enough. */
const COPIES = 8;

/** A module of functions with these locals and, after the preamble, this body. Whoever calls `run` calls them all. */
export function single(locals, body, prepare = () => {}, copies = COPIES) {
  const module = start();
  prepare(module);
  const whole = new Bytes().all(preamble()).all(body).put(op.i32Const, 0);
  const run = new Bytes();
  for (let made = 0; made < copies; made += 1) run.put(op.localGet, 0, op.call).u(module.function(0, locals, whole)).put(op.drop);
  module.export('run', 0, module.function(0, [], run.put(op.i32Const, 0)));
  return module.bytes;
}

/**
 * Gives a module a `run` that calls the functions in the first `count` entries of table 0, which are of one type. `before` are
 * instructions that give what that type takes, `after` is how many results it has.
 */
export function callAll(module, count, type = 1, { before = [], after = 0 } = {}) {
  const run = spin().put(op.loop, EMPTY).all(before);
  run.put(op.localGet, 1, op.callIndirect).u(type).put(0).all([op.drop], after);
  run.put(op.localGet, 1, op.i32Const, 1, op.i32Add, op.localTee, 1, op.i32Const).s(count).put(op.i32LtU, op.brIf, 0, op.end, op.i32Const, 0);
  module.export('run', 0, module.function(0, [[1, I32]], run));
}

/**
 * Many functions that all have the same body; `run` calls them all through a table, which is cheaper than to call each by its name.
 * The options are those of {@link callAll}; `prepare` gets the module before there is a function.
 */
export function many(count, locals, body, { prepare = () => {}, type = 1, before = [], after = 0 } = {}) {
  const module = start({ entries: count });
  prepare(module);
  const elements = module.entry('element').put(0, op.i32Const, 0, op.end).u(count);
  for (let made = 0; made < count; made += 1) elements.u(module.function(type, locals, body));
  callAll(module, count, type, { before, after });
  return module.bytes;
}
