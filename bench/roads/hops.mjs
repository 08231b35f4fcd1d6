// Roads that consist of nothing but their hops: modules made by hand, which check nothing.

import { contain } from './direct.mjs';
import { makePairs } from './pairs.mjs';

/** Puts what is called next into the table of a half. */
function calling({ half, next }, callee) {
  next.set(0, callee);
  next.set(1, callee);
  return half;
}

/** What leads to a callee on each road: its pair's number, and what all pairs share. */
const roads = {
  direct: async (callee) => callee,
  'a bare try/catch': async (callee) => contain(callee),
  'fused, straight': async (callee, number, { load }) => calling(await load(`straight-${number}`), callee),
  async 'fused, framed'(callee, number, { load }) {
    const taking = calling(await load(`taking-${number}`), callee);
    return calling(await load(`framed-${number}`), taking);
  },
  async contained(callee, number, { load, slots }) {
    slots.set(number, calling(await load(`taking-${number}`), callee));
    return (await load(`contained-${number}`, { slot: number })).half;
  },
  async 'contained, by one half'(callee, number, { load, slots }) {
    slots.set(number, callee);
    return (await load(`joint-${number}`, { slot: number })).half;
  },
};

/** Whatever traps here is a mistake in these modules: it is seen, for the caller does not go on. */
const mistake = (error) => {
  throw new Error('nothing traps here', { cause: error });
};

/** Loads modules by name, with what all pairs of a road share: with the proof of stack, or without. */
async function sharing({ plugin }, proves) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const slots = new WebAssembly.Table({ element: 'anyfunc', initial: 64 });
  const shared = { memory, slots };
  const load = async (name, more) => (await WebAssembly.instantiate(await plugin(`hops/${name}`), { k: { ...shared, ...more } })).instance.exports;
  shared.headroom = (await load('proof')).headroom;
  const { enter, pass } = await load(proves ? 'entrances-proving' : 'entrances');
  shared.contain = (frame, slot) => {
    try {
      enter(frame, slot);
    } catch (error) {
      mistake(error);
    }
  };
  shared.pass = (one, two, three, frame, slot) => {
    try {
      pass(one, two, three, frame, slot);
    } catch (error) {
      mistake(error);
    }
  };
  return { load, slots };
}

/** Callers and callees with a road between them; on contained ones stack is proved, or not. */
export async function hops(environment, count, road, proves) {
  const shared = await sharing(environment, proves);
  return makePairs(count, async (number) => {
    const { half: callee, calls } = await shared.load(`callee-${number}`);
    const { call } = await shared.load(`caller-${number}`, { road: await roads[road](callee, number, shared) });
    return { call, arrived: calls };
  });
}
