// How long the page stands still for the most expensive modules that are accepted: while they are read and compiled, at their
// first call, and until the engine has optimised them.

import { kinds, largest } from '../bombs/kinds.mjs';

/** Bytes that a module may have for the promise to hold. */
const promised = 2 ** 20;
/** Nanoseconds from which on a measurement is taken again: a busy machine makes the page stand still too. */
const suspicious = 1e8;
const rounds = 3;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Watches for how long nothing else could run. */
class Stillness {
  #last = performance.now();
  #longest = 0;
  #timer = setInterval(() => this.#beat(), 1);

  #beat() {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  /** The longest time so far, in nanoseconds; ends the watch. */
  end() {
    this.#beat();
    clearInterval(this.#timer);
    return this.#longest * 1e6;
  }
}

/** Whether a module is accepted. */
const accepts = (kernel) => (bytes) =>
  kernel.describe(bytes).then(
    () => true,
    () => false,
  );

/** Loads the module of a kind and calls it, and gives for how many nanoseconds at most the page stood still. */
async function stillnessOf(kernel, bytes) {
  await pause(5);
  const watch = new Stillness();
  let process;
  let refused = false;
  try {
    process = await kernel.spawn(bytes);
    await pause(3);
    process.call('run', [1]);
    await pause(3);
    for (let call = 0; call < 8; call += 1) {
      process.call('run', [30_000]);
      await pause(1);
    }
  } catch {
    // The engine knows less than the kernel, or the function has more on the stack than there is room. It took its time all the same.
    refused = true;
  }
  await pause(20);
  const nanoseconds = watch.end();
  process?.kill();
  return { nanoseconds, refused };
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('./measure.mjs').Figure[] }[]>}
 */
export async function bombs({ kernel }) {
  const figures = [];
  let worst = 0;
  for (const [name, make] of Object.entries(kinds)) {
    const scale = await largest(make, promised, accepts(kernel));
    if (scale === 0) continue;
    const bytes = make(scale);
    const samples = [];
    let refused = false;
    for (let round = 0; round < rounds; round += 1) {
      // Each time another module: engines remember what they have compiled.
      const taken = await stillnessOf(kernel, make(Math.max(1, scale - round)));
      samples.push(taken.nanoseconds);
      refused ||= taken.refused;
      if (taken.nanoseconds < suspicious) break;
    }
    // The least: what else the machine did can only have added to it.
    const least = Math.min(...samples);
    worst = Math.max(worst, least);
    figures.push({ name: `${name}, ${scale} in ${Math.round(bytes.length / 1000)} KB${refused ? ', stopped' : ''}`, median: least, low: least, high: Math.max(...samples) });
  }
  return [{ title: 'longest time that the page stands still', figures: [{ name: 'the worst', median: worst, low: worst, high: worst }, ...figures] }];
}
