// Components by way of jco: each has JavaScript that was made for it, and imports what another one's JavaScript exports. It has handles,
// of resources; it does not contain traps.

import { countedAdd, expect } from '../../roads/pairs.mjs';

/** How many pairs of components there are. */
const pairs = 8;
const largePairs = 4;

/** An instance of a component, which imports what others export. */
async function start({ built, file }, name, imports = {}) {
  const { instantiate } = await built(`jco/${name}.js`);
  return instantiate(async (core) => WebAssembly.compile(await file(`jco/${core}`)), imports);
}

async function each(count, make) {
  const made = [];
  for (let number = 0; number < count; number += 1) made.push(await make(number));
  return made;
}

async function painting(environment, number, add) {
  const canvas = await start(environment, `canvas-${number}`);
  const viewer = await start(environment, `viewer-${number}`, { 'bench:calls/canvas': canvas.canvas });
  const imports = { 'bench:calls/canvas': canvas.canvas, 'bench:calls/viewer': viewer.viewer, 'bench:calls/host': { add } };
  const painter = await start(environment, `painter-${number}`, imports);
  painter.begin();
  return { painter, canvas, arrived: () => canvas.calls() + viewer.calls() - 1 };
}

const painters = (method) => async (environment) => {
  const { add, counting } = countedAdd();
  const made = await each(pairs, async (number) => {
    const { painter, arrived } = await painting(environment, number, add);
    return { call: (count) => painter[method](count), arrived };
  });
  return method === 'hostCalls' ? counting(made) : made;
};

export const numbers = painters('numbers');
export const handle = painters('handle');
export const lent = painters('lent');
export const minted = painters('minted');
export const host = painters('hostCalls');

/** The page calls a component. */
export const called = (environment) =>
  each(pairs, async (number) => {
    const { canvas, arrived } = await painting(environment, number, countedAdd().add);
    return {
      call(count) {
        for (let done = 0; done < count; done += 1) canvas.canvas.add(done, 7);
      },
      arrived,
      check: () => expect(canvas.canvas.add(2, 3), 5 ^ number),
    };
  });

const writers = (method, count, size) => (environment) =>
  each(count, async (number) => {
    const reader = await start(environment, `${size}reader-${number}`);
    const writer = await start(environment, `${size}writer-${number}`, { 'bench:calls/reader': reader.reader });
    writer.begin();
    return { call: (calls) => writer[method](calls), arrived: () => reader.calls() };
  });

export const text = writers('text', pairs - 2, '');
export const kibibyte = writers('bytes', pairs - 2, '');
export const mebibyte = writers('bytes', largePairs, 'large-');
