// Many pairs that do the same, taken as one contestant.

/**
 * A pair of plugins, or what stands for one: one half calls, the other is called.
 *
 * @typedef {object} Pair
 * @property {(count: number) => unknown} call makes so many calls
 * @property {() => number | Promise<number>} [arrived] how many calls the other half has had so far
 * @property {() => void | Promise<void>} [check] makes a call whose answer it knows, and fails if that is another
 */

/**
 * A contestant in which pairs take turns: all of them in each sample, or as many as there are calls to make.
 *
 * @param {string} name
 * @param {Pair[]} pairs
 */
export function inTurn(name, pairs) {
  let made = 0;
  let next = 0;
  return {
    name,
    async run(count) {
      const share = Math.max(1, Math.round(count / pairs.length));
      const taking = Math.min(pairs.length, count);
      for (let taken = 0; taken < taking; taken += 1) {
        const pair = pairs[next];
        next = (next + 1) % pairs.length;
        // What does not have to be waited for is not. Not everything that can be is a `Promise`.
        const calling = pair.call(share);
        if (typeof calling?.then === 'function') await calling;
      }
      made += share * taking;
      return share * taking;
    },
    /** Checks that no call was lost or made up. Counters of plugins have 32 bits. */
    async end() {
      let arrived = 0;
      for (const pair of pairs) {
        if (pair.arrived === undefined) return;
        arrived += await pair.arrived();
      }
      if ((arrived - made) % 2 ** 32 !== 0) throw new Error(`${name}: ${made} calls were made, ${arrived} arrived`);
      for (const { check } of pairs) await check?.();
    },
  };
}

/** Fails if an answer is not what it has to be. */
export function expect(answer, right) {
  if (answer >>> 0 !== right >>> 0) throw new Error(`the answer is ${answer}, and not ${right}`);
}

/** What a painter's sum is after two calls with numbers, each of which adds to it how many are to come and changes bits. */
export const sumAfterTwo = (sum, number) => ((((sum + 2) ^ number) + 1) ^ number) >>> 0;

/** Says that somebody cannot do a row here, which turns out when it is prepared. It may come from a module of its own. */
export class Cannot extends Error {
  cannot = true;
}

/** The function of the page that plugins call, which all pairs of a contestant share, and how often it was called. */
export function countedAdd() {
  let calls = 0;
  const add = (left, right) => {
    calls += 1;
    return (left + right) >>> 0;
  };
  /** Lets one of the pairs say it for all. */
  const counting = (pairs) => pairs.map(({ call }, place) => ({ call, arrived: place === 0 ? () => calls : () => 0 }));
  return { add, counting };
}

/** So many pairs, made one after the other. */
export async function makePairs(count, make) {
  const made = [];
  for (let number = 0; number < count; number += 1) made.push(await make(number));
  return made;
}
