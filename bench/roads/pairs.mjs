// Many pairs that do the same, taken as one contestant.

/**
 * A pair of plugins, or what stands for one: one half calls, the other is called.
 *
 * @typedef {object} Pair
 * @property {(count: number) => unknown} call makes so many calls
 * @property {() => number | Promise<number>} [arrived] how many calls the other half has had so far
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
        // What does not have to be waited for is not.
        const calling = pair.call(share);
        if (calling instanceof Promise) await calling;
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
    },
  };
}

/** So many pairs, made one after the other. */
export async function makePairs(count, make) {
  const made = [];
  for (let number = 0; number < count; number += 1) made.push(await make(number));
  return made;
}
