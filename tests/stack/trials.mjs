// Very many trials of tests/suite/depths.mjs. The same in Node and in every browser.

import { digAround } from '../suite/depths.mjs';

/** How many trials share a kernel. */
const share = 10_000;

/**
 * @param {typeof import('portcullis')} portcullis
 * @param {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin
 * @param {number} count how many trials
 * @param {number} seed
 * @returns {Promise<{ counts: Record<string, number> }>}
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
  return { counts };
}
