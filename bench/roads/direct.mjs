// Calls of a plugin that has the other's exports as its imports, as they are. Nobody protects anybody here: it is the limit.

import { countedAdd, expect, makePairs, sumAfterTwo } from './pairs.mjs';

/** A module that mints handles which are numbers, and lets them go. */
const minter = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  // (type (func (param i32 i32) (result i32))) (type (func (param i32) (result i32)))
  ...[1, 12, 2, 96, 2, 127, 127, 1, 127, 96, 1, 127, 1, 127],
  ...[3, 3, 2, 0, 1],
  // (export "m" (func 0)) (export "r" (func 1))
  ...[7, 9, 2, 1, 109, 0, 0, 1, 114, 0, 1],
  // (local.get 0), and (i32.const 0)
  ...[10, 11, 2, 4, 0, 32, 0, 11, 4, 0, 65, 0, 11],
);

async function instantiate(bytes, imports = {}) {
  return (await WebAssembly.instantiate(bytes, imports)).instance.exports;
}

/** The functions of an interface among exports, by name, each as somebody wraps it. */
const served = (exports, prefix, wrap) =>
  Object.fromEntries(Object.entries(exports).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), wrap(value)]] : [])));

const asIs = (callee) => callee;

/** Containment alone: what the kernel puts around a callee, without anything else of the kernel. */
export function contain(callee) {
  return (one, two, three) => {
    try {
      return callee(one, two, three);
    } catch {
      return 0;
    }
  };
}

async function painting({ plugin }, number, wrap, add) {
  const { m: handle_create, r: cap_release } = await instantiate(minter);
  const canvas = await instantiate(await plugin(`calls/canvas-${number}`), { portcullis: { handle_create } });
  const viewer = await instantiate(await plugin(`calls/viewer-${number}`));
  const painter = await instantiate(await plugin(`calls/painter-${number}`), {
    'figures/canvas@1': served(canvas, 'figures/canvas@1#', wrap),
    'figures/viewer@1': served(viewer, 'figures/viewer@1#', wrap),
    'figures/host@1': { add },
    portcullis: { cap_release },
  });
  painter.begin();
  return { painter, canvas, arrived: () => canvas.calls() + viewer.calls() - 1 };
}

export async function painters(environment, count, method, wrap = asIs) {
  const { add, counting } = countedAdd();
  const made = await makePairs(count, async (number) => {
    const { painter, arrived } = await painting(environment, number, wrap, add);
    return {
      call: (calls) => painter[method](calls),
      arrived,
      check() {
        const before = painter.sum();
        painter.numbers(2);
        expect(painter.sum(), sumAfterTwo(before, number));
      },
    };
  });
  return method === 'host' ? counting(made) : made;
}

/** The page calls canvases. */
export const called = (environment, count) =>
  makePairs(count, async (number) => {
    const { canvas, arrived } = await painting(environment, number, asIs, countedAdd().add);
    return {
      call(calls) {
        for (let done = 0; done < calls; done += 1) canvas['figures/canvas@1#add'](done, 7);
      },
      arrived,
    };
  });

/** The page calls canvases, and waits for each answer as if there could be one later. */
export const awaited = (environment, count) =>
  makePairs(count, async (number) => {
    const { canvas, arrived } = await painting(environment, number, asIs, countedAdd().add);
    return {
      async call(calls) {
        for (let done = 0; done < calls; done += 1) await canvas['figures/canvas@1#add'](done, 7);
      },
      arrived,
    };
  });

/**
 * Writers that copy text or bytes once, and then call a reader with the address. They copy within their own memory, for not every engine lets
 * a module have two: the reader has nothing of it, but the time is that of one copy and one call.
 */
export const writers = ({ plugin }, count, method, size = '') =>
  makePairs(count, async (number) => {
    const reader = await instantiate(await plugin(`calls/${size}reader-${number}`));
    const writer = await instantiate(await plugin(`calls/${size}writer-${number}`), { 'figures/reader@1': served(reader, 'figures/reader@1#', asIs) });
    writer.begin();
    return { call: (calls) => writer[`${method}-copied`](calls), arrived: () => reader.calls() };
  });
