// What the promised headroom costs a call, by its size.

import { containedPairs, directPairs, measure } from './calls.mjs';

const KIB = 1024;

/** Headrooms to measure, in KiB: the usual one, and larger ones. */
const headrooms = [16, 64, 128];

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('./measure.mjs').Figure[] }[]>}
 */
export async function stack({ kernel, Kernel, plugin }) {
  // There is one kernel in a page, and it has one headroom.
  kernel.close();
  const direct = await directPairs(plugin, (callee) => callee);
  const results = [];
  for (const headroom of headrooms) {
    const other = await Kernel.start({ headroom: headroom * KIB });
    try {
      const worlds = { contained: await containedPairs(other, plugin), 'direct import': direct };
      results.push(await measure(`plugin to plugin, two numbers and a result, ${headroom} KiB of headroom`, 'numbers', worlds));
    } finally {
      other.close();
    }
  }
  return results;
}
