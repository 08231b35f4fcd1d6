// No callee starts with less stack than it is promised, and the kernel never runs out of it in the middle of a change.

import { equal, ok, refused } from './assert.mjs';
import { actions, digAround } from './depths.mjs';

/** How the engine says that JavaScript has used up the stack. */
const isOverflow = (error) => error instanceof RangeError || error?.name === 'InternalError';

/** Goes down until the stack ends, and tries something in every frame on the way back. */
function allTheWay(attempt) {
  try {
    allTheWay(attempt);
  } catch (error) {
    if (!isOverflow(error)) throw error;
  }
  attempt();
}

/** Engines compile a function when it is called for the first time, which takes stack of its own. */
function preparedFor(attempt) {
  attempt();
  isOverflow(undefined);
  return attempt;
}

/** The ends that an attempt near the end of the stack may come to. */
function depthOrOverflow({ PortcullisError }, error) {
  ok((error instanceof PortcullisError && error.code === 'depth') || isOverflow(error), `it failed with ${error}`);
}

export default {
  ...Object.fromEntries(
    actions.map(([name], only) => [
      `at random depths a callee has its headroom, or the caller an error before anything changed: ${name}`,
      async (context) => {
        const { done, depth, over } = await digAround(context, { trials: 600, only });
        ok(done > 0 && depth + over > 0, `${done} done, ${depth} refused, ${over} over`);
      },
    ]),
  ),

  'the application cannot enter the kernel without room': async (context) => {
    const { kernel } = context;
    const outcomes = { done: 0, refused: 0 };
    const before = kernel.inspect().objects;
    let attempts = 0;
    const attempt = () => {
      // The first frames are the deepest.
      attempts += 1;
      if (attempts > 2_000) return;
      try {
        kernel.inspect();
        outcomes.done += 1;
      } catch (error) {
        outcomes.refused += 1;
        depthOrOverflow(context, error);
      }
    };
    allTheWay(preparedFor(attempt));
    ok(outcomes.done > 0 && outcomes.refused > 0, JSON.stringify(outcomes));
    equal(kernel.inspect().objects, before);
  },

  'a plugin that uses up the stack near its end is ended as anywhere else': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('deep'));
    const outcomes = { ended: 0, depth: 0 };
    for (const frames of [60, 80, 120, 200, 300, 400]) {
      const deep = await kernel.spawn(compiled, { name: 'deep' });
      const calls = [];
      let place = 0;
      allTheWay(() => {
        place += 1;
        if (place <= frames || !deep.alive) return;
        try {
          calls.push(deep.call('forever'));
        } catch (error) {
          depthOrOverflow(context, error);
        }
      });
      for (const call of calls) {
        try {
          await call;
          ok(false, 'it goes on for ever');
        } catch (error) {
          if (error.code === 'trapped') outcomes.ended += 1;
          else {
            outcomes.depth += 1;
            depthOrOverflow(context, error);
          }
        }
      }
      equal((await deep.exited).code, 'overflow');
    }
    equal(outcomes.ended, 6, 'each is ended once, and that completely');
    ok(outcomes.depth > 0, JSON.stringify(outcomes));
    equal(kernel.inspect().processes.length, 1, 'only the host is left');
  },

  'headroom is a number of bytes in its range': async ({ kernel, freshCopy, kernelUrl }) => {
    ok(kernel !== undefined);
    const { Kernel } = await freshCopy();
    for (const headroom of [0, 16_383, 131_073, Number.NaN, -1, Infinity]) {
      await refused(() => Kernel.start({ wasm: kernelUrl, headroom }), 'bad-limit', 'headroom');
    }
    const other = await Kernel.start({ wasm: kernelUrl, headroom: 131_072 });
    other.close();
  },
};
