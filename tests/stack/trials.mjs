// Very many trials of tests/suite/depths.mjs. How deep calls can be nested. The same in Node and in every browser.

import { digAround } from '../suite/depths.mjs';

/** How many trials share a kernel. */
const share = 10_000;

/** More than fit into any stack. */
const manyProcesses = 4_000;

/**
 * How many calls from plugin to plugin can be nested, each in another process that hardly uses the stack itself.
 *
 * @param {typeof import('portcullis')} portcullis
 * @param {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin
 * @returns {Promise<number>}
 */
export async function nestedCalls({ Kernel }, plugin) {
  const kernel = await Kernel.start({ processes: manyProcesses });
  try {
    const deeper = await kernel.compile(await plugin('deeper'), { metering: false });
    let last = kernel.provide('test/deeper@1', 'call: func() -> u32', { call: () => 0 });
    for (let nested = 1; nested < manyProcesses; nested += 1) {
      last = await kernel.spawn(deeper, { imports: { 'test/deeper@1': last }, depth: manyProcesses });
      const outcome = await last.call('test/deeper@1#call').catch(() => undefined);
      if (outcome !== nested) return nested - 1;
    }
    return manyProcesses;
  } finally {
    kernel.close();
  }
}

/**
 * @param {typeof import('portcullis')} portcullis
 * @param {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin
 * @param {number} count how many trials
 * @param {number} seed
 * @returns {Promise<{ counts: Record<string, number>, nested: number }>}
 */
export async function trials(portcullis, plugin, count, seed) {
  const counts = {};
  for (let done = 0; done < count; done += share) {
    const kernel = await portcullis.Kernel.start({ onHostFailure: (label, error) => console.error(label, error) });
    try {
      const some = await digAround({ ...portcullis, kernel, plugin }, { trials: Math.min(share, count - done), seed: seed + done });
      for (const [outcome, number] of Object.entries(some)) counts[outcome] = (counts[outcome] ?? 0) + number;
    } finally {
      kernel.close();
    }
  }
  return { counts, nested: await nestedCalls(portcullis, plugin) };
}
