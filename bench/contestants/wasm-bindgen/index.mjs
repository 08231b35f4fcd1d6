// Closures of one instance that another one calls, both in Rust with what wasm-bindgen makes for them. Nothing is contained.

import { countedAdd, expect } from '../../roads/pairs.mjs';

/** How many pairs there are that hand over content, and how many that hand over much: they have memories. */
const pairs = 16;
const copyingPairs = 6;
const largePairs = 4;

/** The module, compiled once a page; instances have JavaScript each. */
let compiled;

async function instance({ built, file }, name) {
  compiled ??= WebAssembly.compile(await file('wasm-bindgen/pair_bg.wasm'));
  const made = await built('wasm-bindgen/pair.js', name);
  await made.default({ module_or_path: await compiled });
  return made;
}

async function each(environment, count, use) {
  const made = [];
  for (let number = 0; number < count; number += 1) {
    const callee = await instance(environment, `callee-${number}`);
    made.push({ ...use(await instance(environment, `caller-${number}`), callee, number), arrived: () => callee.calls() });
  }
  return made;
}

export const numbers = (environment) =>
  each(environment, pairs, (caller, callee, number) => {
    const closure = callee.adder(number);
    return { call: (count) => caller.call_numbers(closure, count), check: () => expect(closure(2, 3), 5 ^ number) };
  });

export const handle = (environment) =>
  each(environment, pairs, (caller, callee) => {
    const canvas = callee.canvas();
    return { call: (count) => caller.call_handle(canvas, count) };
  });

export const lent = (environment) =>
  each(environment, pairs, (caller, callee, number) => {
    // It is no matter to wasm-bindgen whose object it is; this one is the caller's own.
    const [closure, canvas] = [callee.viewer(number), caller.canvas()];
    return { call: (count) => caller.call_lent(closure, canvas, count) };
  });

export const minted = (environment) =>
  each(environment, pairs, (caller, callee) => {
    const closure = callee.maker();
    return { call: (count) => caller.call_minted(closure, count) };
  });

export const text = (environment) =>
  each(environment, copyingPairs, (caller, callee) => {
    const closure = callee.namer();
    return { call: (count) => caller.call_text(closure, count) };
  });

const bytes = (count, size) => (environment) =>
  each(environment, count, (caller, callee) => {
    const closure = callee.writer();
    return { call: (calls) => caller.call_bytes(closure, size, calls) };
  });

export const kibibyte = bytes(copyingPairs, 1 << 10);
export const mebibyte = bytes(largePairs, 1 << 20);

/** The page calls a closure. */
export const called = (environment) =>
  each(environment, pairs, (_, callee, number) => {
    const closure = callee.adder(number);
    return {
      call(count) {
        for (let done = 0; done < count; done += 1) closure(done, 7);
      },
    };
  });

export async function host(environment) {
  const { add, counting } = countedAdd();
  return counting(await each(environment, pairs, (caller) => ({ call: (count) => caller.call_numbers(add, count) })));
}
