// For how long the page stands still when a module is loaded and called. The same in Node and in every browser.

/** Milliseconds after which whatever a step has left behind is over, or shows that it is not. */
const aftermath = 8;

/** How often `run` is called after its first call, and how often it loops each time, for the engine to optimise it. */
const [calls, loops] = [8, 30_000];

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Watches for how long nothing else could run. */
class Watch {
  #last = performance.now();
  #longest = 0;
  #timer = setInterval(() => this.#beat(), 1);

  #beat() {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  /** The longest time since this was asked last, in milliseconds. */
  async lap() {
    await pause(aftermath);
    this.#beat();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  end() {
    clearInterval(this.#timer);
  }
}

/** The identity of the section of imports. */
const importSection = 2;

/** Whether a module imports anything. */
function importsSomething(bytes) {
  let place = 8;
  while (place < bytes.length) {
    const id = bytes[place];
    if (id === importSection) return true;
    let [size, shift] = [0, 0];
    do {
      place += 1;
      size += (bytes[place] % 128) * 2 ** shift;
      shift += 7;
    } while (bytes[place] > 127);
    place += 1 + size;
  }
  return false;
}

/** Serves what a module imports, by functions that do nothing. */
async function granted(kernel, bytes) {
  // The kernel's reader is to be measured as it is when it reads for the first time.
  if (!importsSomething(bytes)) return {};
  const { imports } = await kernel.describe(bytes);
  const interfaces = {};
  for (const name of new Set(imports.map((each) => each.interface))) {
    const functions = imports.filter((each) => each.interface === name);
    const signatures = functions.map((each) => `${each.name}: ${each.signature}`).join('\n');
    interfaces[name] = kernel.provide(name, signatures, Object.fromEntries(functions.map((each) => [each.name, () => undefined])));
  }
  return interfaces;
}

/**
 * How long the page stood still at most, in milliseconds.
 *
 * @typedef {object} Stillness
 * @property {number} load while the module was read, prepared, compiled and instantiated
 * @property {number} call at the first call of `run`, which reaches all code
 * @property {number} later while it was called again, until the engine had optimised what it would
 * @property {number} end when the process was ended
 * @property {string} [stopped] why it came to an end before: the engine refused the module, or its stack was too small
 */

/**
 * @param {import('portcullis').Kernel} kernel
 * @param {Uint8Array} harmless another module with a function `run`; with it the engine compiles the kernel's own code
 * @param {Uint8Array} bytes
 * @returns {Promise<Stillness>}
 */
export async function stillness(kernel, harmless, bytes) {
  const first = await kernel.spawn(harmless);
  await first.call('run', [1]);
  first.kill();
  const imports = await granted(kernel, bytes);
  await pause(aftermath);
  const watch = new Watch();
  const taken = { load: 0, call: 0, later: 0, end: 0 };
  let process;
  let step = 'load';
  try {
    await watch.lap();
    process = await kernel.spawn(bytes, { imports });
    taken.load = await watch.lap();
    step = 'call';
    await process.call('run', [1]);
    taken.call = await watch.lap();
    step = 'later';
    for (let call = 0; call < calls; call += 1) {
      await process.call('run', [loops]);
      await pause(1);
    }
    await pause(aftermath);
    taken.later = await watch.lap();
  } catch (error) {
    // The engine knows less than the kernel, or a function needs more of the stack than there is. It took its time all the same.
    taken[step] = await watch.lap();
    taken.stopped = String(error?.message ?? error).slice(0, 200);
  }
  process?.kill();
  taken.end = await watch.lap();
  watch.end();
  return taken;
}
