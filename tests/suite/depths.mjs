// Calls at random depths of the stack. Whatever the depth: either the callee has its headroom, or nothing has happened.

import { equal, ok } from './assert.mjs';

/** Bytes that a callee is promised. */
const promised = 16 * 1024;
/** Bytes that a frame of the plugins' `$use` takes at least; see `tests/lib/deep-plugins.mjs`. */
const levelBytes = 2_048;
/** About how many bytes a level of each kind of `dig` takes, and how many kinds there are. */
const digBytes = [48, 112, 400];
/** What a digger can do at the bottom, and how often `$headroom` of the callee runs when it is done. */
export const actions = [
  ['numbers', 1],
  ['lent', 1],
  ['text', 3],
  ['moved', 1],
  ['kernel', 0],
  ['host', 0],
  ['edge', 0],
  ['again', undefined],
];
/** How many trials share a way down. */
const batch = 100;
/** What a digger gives for an error: so much, and its number. */
const failed = 1_000;

const surfaceSignatures = `
  host: func(number: u32) -> u32
  edge: func(number: u32) -> u32
  again: func(number: u32) -> u32`;

/** Numbers from 0 up to a limit, which the seed decides (xorshift32). */
function random(seed) {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** Calls something from below that many frames of JavaScript. */
function below(frames, action) {
  return frames === 0 ? action() : below(frames - 1, action);
}

/** How the engine says that JavaScript has used up the stack. */
const isOverflow = (error) => error instanceof RangeError || error?.name === 'InternalError';

/** A world in which to dig. */
class Site {
  #context;
  #random;
  #depth;
  #rights;
  #surface;
  #digger;
  #violations = [];
  /** What `again` began in the running trial. */
  #begun = [];

  constructor(context, random) {
    this.#context = context;
    this.#random = random;
    const { errorCodes } = context;
    this.#depth = errorCodes.find(({ name }) => name === 'depth').number;
  }

  async open() {
    const { kernel, plugin } = this.#context;
    const bytes = await plugin('deep-raw');
    this.raw = (await WebAssembly.instantiate(bytes, {})).instance.exports;
    this.raw.levels(promised / levelBytes);
    this.#surface = kernel.provide('test/surface@1', surfaceSignatures, {
      host: (number) => this.#host(number),
      edge: (number) => this.#edge(number),
      again: (number) => this.#again(number),
    });
    this.deep = await kernel.spawn(await plugin('deep'), { name: 'deep', calls: 1_000 });
    await this.deep.call('levels', [promised / levelBytes]);
    this.#digger = await kernel.compile(await plugin('digger'));
    this.digger = await this.dig('digger');
    this.second = await this.dig('second');
  }

  async dig(name) {
    const { kernel } = this.#context;
    const imports = { 'test/deep@1': this.deep, 'test/surface@1': this.#surface };
    const digger = await kernel.spawn(this.#digger, { name, imports, calls: 1_000 });
    await digger.call('levels', [promised / levelBytes]);
    await digger.call('prepare');
    return digger;
  }

  /** A function of the application has its headroom too. */
  #host(number) {
    try {
      this.raw.headroom();
    } catch (error) {
      this.#violations.push(`a function of the application had less stack than promised: ${error}`);
    }
    return number + 1;
  }

  /** The application may come back to the kernel from wherever it is. */
  #edge(number) {
    const { kernel, PortcullisError } = this.#context;
    try {
      below(this.#random(60), () => kernel.inspect());
    } catch (error) {
      if (!(error instanceof PortcullisError && error.code === 'depth') && !isOverflow(error)) this.#violations.push(`inspect: ${error}`);
    }
    return number + 1;
  }

  /** It goes on in another plugin, which goes down as far again as this may be. */
  #again(number) {
    const values = [this.#random(3), this.#random(200), this.#random(3), this.#random(20), this.#random(4)];
    below(this.#random(30), () => {
      this.#begun.push(this.second.call('test/dug@1#dig', values));
    });
    return number + 1;
  }

  async violation(message) {
    return this.#violations[0] ?? message;
  }

  /** What came of a call of `dig`: `done`, `depth`, or `over` when the digger used up the stack by itself. */
  async #outcome(digger, promise) {
    const { PortcullisError } = this.#context;
    try {
      const result = await promise;
      if (result === 1) return 'done';
      if (result === failed + this.#depth) return 'depth';
      return `it gave ${result}`;
    } catch (error) {
      if (error instanceof PortcullisError && error.code === 'depth') return 'depth';
      if (isOverflow(error)) return 'over';
      if (error instanceof PortcullisError && error.code === 'trapped' && digger.reason?.code === 'overflow') return 'over';
      return `it failed with ${error}`;
    }
  }

  /** One call from a depth. Gives what came of it. */
  async trial({ frames, kind, then, levelsThen, action }, levels) {
    const [, uses] = actions[action];
    const before = await this.deep.call('used');
    let promise;
    try {
      below(frames, () => {
        promise = this.digger.call('test/dug@1#dig', [kind, levels, then, levelsThen, action]);
      });
    } catch (error) {
      promise = Promise.reject(error);
    }
    const outcome = await this.#outcome(this.digger, promise);
    for (const begun of this.#begun.splice(0)) {
      const inner = await this.#outcome(this.second, begun);
      if (!['done', 'depth', 'over'].includes(inner)) this.#violations.push(`again: ${inner}`);
      if (!this.second.alive) this.second = await this.dig('second');
    }
    const used = (await this.deep.call('used')) - before;
    const problem = await this.violation(['done', 'depth', 'over'].includes(outcome) ? undefined : outcome);
    ok(problem === undefined, problem);
    ok(this.deep.alive, 'the callee lives');
    if (uses !== undefined) equal(used, outcome === 'done' ? uses : 0, `what ran of the callee when the call was ${outcome}`);
    if (!this.digger.alive) this.digger = await this.dig('digger');
    return outcome;
  }

  /** What is left when a call is over, whatever came of it. */
  check() {
    const { transfers, processes } = this.#context.kernel.inspect();
    equal(transfers, 0, 'transfers under way');
    for (const digger of [this.digger, this.second]) {
      const { objects, capabilities } = processes.find(({ id }) => id === digger.id);
      equal([objects, capabilities.length], [1, 1], 'objects and capabilities of a digger');
    }
    const deep = processes.find(({ id }) => id === this.deep.id);
    equal(deep.capabilities.length, 0, 'capabilities of the callee');
  }
}

/** How deep it goes with success, about. */
async function edgeOf(site, way) {
  let [low, high] = [0, 512];
  const works = async (levels) => (await site.trial(way, levels)) === 'done';
  while (await works(high)) [low, high] = [high, high * 2];
  while (high - low > Math.max(1, low / 1_000)) {
    const middle = (low + high) >> 1;
    if (await works(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Calls at random depths, most of them near the end of the stack.
 *
 * @param {import('./suites.mjs').Context} context
 * @param {{ trials: number, seed?: number, only?: number }} options `only`: the one action, by its place among {@link actions}
 * @returns {Promise<Record<string, number>>} how often each outcome came
 */
export async function digAround(context, { trials, seed = Math.floor(Math.random() * 2 ** 32), only }) {
  const choose = random(seed);
  const counts = { done: 0, depth: 0, over: 0 };
  const site = new Site(context, choose);
  let way;
  let levels;
  try {
    await site.open();
    for (let done = 0; done < trials; done += batch) {
      const kind = choose(digBytes.length);
      way = { frames: choose(200), kind, then: choose(digBytes.length), levelsThen: choose(40), action: only ?? choose(actions.length) };
      levels = undefined;
      // The first time the engine optimises what goes down, and then it goes deeper.
      await edgeOf(site, way);
      const edge = await edgeOf(site, way);
      for (let trial = 0; trial < Math.min(batch, trials - done); trial += 1) {
        const near = choose(10) > 0;
        levels = near ? Math.max(0, edge + Math.floor((choose(44_000) - 22_000) / digBytes[kind])) : choose(edge);
        counts[await site.trial(way, levels)] += 1;
      }
      site.check();
    }
  } catch (error) {
    throw new Error(`seed ${seed}, ${JSON.stringify(way)} at ${levels} levels, after ${JSON.stringify(counts)}: ${error?.message ?? error}`, { cause: error });
  }
  return counts;
}
