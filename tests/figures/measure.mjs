// How long something takes, against something else in the same run.

/**
 * What is measured: does the thing `count` times, or about as often, and says how often it did.
 *
 * @typedef {{ name: string, run: (count: number) => number | Promise<number> }} Contestant
 */

/**
 * What came of one contestant.
 *
 * @typedef {object} Figure
 * @property {string} name
 * @property {number} median nanoseconds a call
 * @property {number} low first quartile
 * @property {number} high third quartile
 * @property {number} ratio to the last contestant, which is the measure of the others: the median of the ratios of
 *   neighbouring samples, which a busy machine disturbs less than either
 * @property {number} [more] by which part it takes more than what it is compared with; it is told instead of the ratio
 * @property {number} [bytes] how much is worked through in that time; the speed is told instead of the time
 */

/** The value at a place between 0 and 1 of what is sorted. */
function quantile(sorted, place) {
  const position = (sorted.length - 1) * place;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Median and quartiles of samples. */
export function spread(samples) {
  const sorted = [...samples].sort((one, two) => one - two);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Lets the page's events through. */
export const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function sample({ run }, count) {
  const start = performance.now();
  const done = await run(count);
  return { elapsed: performance.now() - start, done };
}

/** How often a contestant has to run for a sample of about so many milliseconds. The engine optimises it meanwhile. */
async function warmUp(contestant, milliseconds) {
  let count = 1;
  for (let warm = 0; warm < 6; ) {
    const { elapsed } = await sample(contestant, count);
    await turn();
    if (elapsed < milliseconds / 2) count = Math.ceil(count * Math.min(8, milliseconds / Math.max(elapsed, 0.05)));
    else {
      count = Math.max(1, Math.round((count * milliseconds) / elapsed));
      warm += 1;
    }
  }
  return count;
}

/**
 * Measures contestants in turn, each round in another order.
 *
 * @param {Contestant[]} contestants
 * @param {{ rounds?: number, milliseconds?: number }} [options] how many samples, and about how long each
 * @returns {Promise<Figure[]>} in the order of the contestants
 */
export async function compare(contestants, { rounds = 61, milliseconds = 5 } = {}) {
  const counts = [];
  for (const contestant of contestants) counts.push(await warmUp(contestant, milliseconds));
  const samples = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const index = (place + round) % contestants.length;
      const { elapsed, done } = await sample(contestants[index], counts[index]);
      samples[index].push((elapsed / done) * 1e6);
      await turn();
    }
  }
  const measure = samples.at(-1);
  return contestants.map(({ name }, index) => ({
    name,
    ...spread(samples[index]),
    ratio: spread(samples[index].map((value, round) => value / measure[round])).median,
  }));
}
