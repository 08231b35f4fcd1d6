// How long something takes, against something else in the same run.

/**
 * What is measured: does the thing `count` times, or about as often, and says how often it did.
 *
 * @typedef {{ name: string, run: (count: number) => number | Promise<number> }} Contestant
 */

/**
 * How to measure.
 *
 * @typedef {object} Options
 * @property {number} [rounds] how many samples of each contestant
 * @property {number} [milliseconds] about how long each of them takes
 * @property {number} [warmth] how many milliseconds a block of warming up has; there are at least two, and more while it gets faster
 * @property {number} [blocks] how many there are at most
 * @property {() => number} [now] what tells the time, in milliseconds, for tests
 * @property {number} [patience] milliseconds after which no further round is begun, if there were the fewest that mean something
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
 */

/** Rounds below which there is no spread to speak of. */
const fewestRounds = 5;

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

/**
 * How many times as large samples are as others. Of two rows of samples that were taken in turn it is the median of the ratios of
 * neighbours, which a busy machine disturbs less than either.
 */
export function ratioOf(samples, others) {
  if (samples.length !== others.length) return spread(samples).median / spread(others).median;
  return spread(samples.map((value, round) => value / others[round])).median;
}

/** Lets the page's events through. */
export const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function sample({ run }, count, now) {
  const start = now();
  const done = await run(count);
  return { elapsed: now() - start, done };
}

/** A block that is so much faster than the one before shows that the engine is not done yet. */
const stillGaining = 0.93;

/**
 * Runs a contestant until it gets no faster, for engines optimise in their own time, and each pair of plugins by itself. Gives how often it
 * has to run for a sample of about so many milliseconds.
 */
async function warmUp(contestant, { milliseconds, warmth, blocks, now }) {
  const times = (count, elapsed) => Math.max(1, Math.round(count * Math.min(8, milliseconds / Math.max(elapsed, 0.05))));
  let count = 1;
  for (;;) {
    const { elapsed } = await sample(contestant, count, now);
    await turn();
    if (elapsed >= milliseconds / 2) break;
    count = times(count, elapsed);
  }
  let before = Infinity;
  for (let block = 0; block < blocks; block += 1) {
    const taken = [];
    for (let run = 0; run < warmth || taken.length === 0; ) {
      const { elapsed, done } = await sample(contestant, count, now);
      await turn();
      taken.push(elapsed / done);
      run += elapsed;
      count = times(count, elapsed);
    }
    const { median } = spread(taken);
    if (median > before * stillGaining) break;
    before = median;
  }
  return count;
}

/**
 * Takes samples of contestants in turn, each round in another order. All get the same number; those of one round are neighbours.
 *
 * @param {Contestant[]} contestants
 * @param {Options} [options]
 * @returns {Promise<{ name: string, samples: number[] }[]>} nanoseconds a call, in the order of the contestants
 */
export async function takeInTurn(contestants, { rounds = 61, milliseconds = 5, warmth = 120, blocks = 12, patience = Infinity, now = () => performance.now() } = {}) {
  const start = now();
  const counts = [];
  for (const contestant of contestants) counts.push(await warmUp(contestant, { milliseconds, warmth, blocks, now }));
  const samples = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    if (round >= fewestRounds && now() - start > patience) break;
    for (let turnTaken = 0; turnTaken < contestants.length; turnTaken += 1) {
      // Forwards and backwards, for whoever always came after the same one would pay for what that left behind.
      const place = round % 2 === 0 ? turnTaken : contestants.length - 1 - turnTaken;
      const index = (place + round) % contestants.length;
      const { elapsed, done } = await sample(contestants[index], counts[index], now);
      samples[index].push((elapsed / done) * 1e6);
      await turn();
    }
  }
  return contestants.map(({ name }, index) => ({ name, samples: samples[index] }));
}

/**
 * Measures contestants in turn.
 *
 * @param {Contestant[]} contestants
 * @param {Options} [options]
 * @returns {Promise<Figure[]>} in the order of the contestants
 */
export async function compare(contestants, options) {
  const taken = await takeInTurn(contestants, options);
  const measure = taken.at(-1).samples;
  return taken.map(({ name, samples }) => ({ name, ...spread(samples), ratio: ratioOf(samples, measure) }));
}
