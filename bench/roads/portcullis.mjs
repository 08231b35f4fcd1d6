// Calls through the kernel.

import { countedAdd, expect, makePairs, sumAfterTwo } from './pairs.mjs';

/** The interface of the app that plugins call. */
const provided = (kernel, add) => kernel.provide('figures/host@1', 'add: func(left: u32, right: u32) -> u32', { add });

/**
 * A painter, and the canvas and the viewer that it calls.
 *
 * @param {import('../run.mjs').Environment} environment
 * @param {import('portcullis').Interface} host
 * @param {import('portcullis').SpawnOptions} options
 */
async function painting({ kernel, plugin }, number, host, options) {
  const canvas = await kernel.spawn(await plugin(`calls/canvas-${number}`), { name: `canvas ${number}`, ...options });
  const viewer = await kernel.spawn(await plugin(`calls/viewer-${number}`), { name: `viewer ${number}`, ...options });
  const imports = { 'figures/canvas@1': canvas, 'figures/viewer@1': viewer, 'figures/host@1': host };
  const painter = await kernel.spawn(await plugin(`calls/painter-${number}`), { name: `painter ${number}`, ...options, imports });
  await painter.call('begin');
  return { painter, canvas, viewer };
}

/** What is called after a painter has begun, which is one call. */
const arrivedAt = (canvas, viewer) => async () => (await canvas.call('calls')) + (await viewer.call('calls')) - 1;

/** Painters that call a canvas or a viewer, or the app. */
export async function painters(environment, count, method, options = {}) {
  const { add, counting } = countedAdd();
  const host = provided(environment.kernel, add);
  const made = await makePairs(count, async (number) => {
    const { painter, canvas, viewer } = await painting(environment, number, host, options);
    return {
      call: (calls) => painter.call(method, [calls]),
      arrived: arrivedAt(canvas, viewer),
      async check() {
        const before = await painter.call('sum');
        await painter.call('numbers', [2]);
        expect(await painter.call('sum'), sumAfterTwo(before, number));
      },
    };
  });
  return method === 'host' ? counting(made) : made;
}

/** The app calls canvases, and waits for each answer. */
export const called = (environment, count, options = {}) => {
  const host = provided(environment.kernel, countedAdd().add);
  return makePairs(count, async (number) => {
    const { canvas, viewer } = await painting(environment, number, host, options);
    return {
      async call(calls) {
        for (let done = 0; done < calls; done += 1) await canvas.call('figures/canvas@1#add', [done, 7]);
      },
      arrived: arrivedAt(canvas, viewer),
      check: async () => expect(await canvas.call('figures/canvas@1#add', [2, 3]), 5 ^ number),
    };
  });
};

/** Visitors that call a method of an object, at whoever minted it. */
export const visitors = (environment, count, options = {}) => {
  const host = provided(environment.kernel, countedAdd().add);
  return makePairs(count, async (number) => {
    const { kernel, plugin } = environment;
    const { canvas, viewer } = await painting(environment, number, host, options);
    const visitor = await kernel.spawn(await plugin(`calls/visitor-${number}`), { ...options, imports: { 'figures/canvas@1': 'object' } });
    await visitor.call('figures/visitor@1#begin', [await canvas.call('figures/canvas@1#create')]);
    const before = arrivedAt(canvas, viewer);
    return { call: (calls) => visitor.call('dispatched', [calls]), arrived: async () => (await before()) - 1 };
  });
};

/** Writers that hand text or bytes to a reader. `size` is a prefix of their names. */
export const writers = ({ kernel, plugin }, count, method, size = '', options = {}) =>
  makePairs(count, async (number) => {
    const reader = await kernel.spawn(await plugin(`calls/${size}reader-${number}`), options);
    const writer = await kernel.spawn(await plugin(`calls/${size}writer-${number}`), { ...options, imports: { 'figures/reader@1': reader } });
    await writer.call('begin');
    return {
      call: (calls) => writer.call(method, [calls]),
      arrived: () => reader.call('calls'),
      check: async () => method === 'bytes' && expect(await reader.call('last'), 1 + number),
    };
  });
