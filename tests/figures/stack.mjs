// What the promised headroom costs a call, by its size.

import { compare } from '../../bench/measure.mjs';
import { pairs } from '../../bench/plugins/calls.mjs';
import * as direct from '../../bench/roads/direct.mjs';
import { inTurn } from '../../bench/roads/pairs.mjs';
import * as portcullis from '../../bench/roads/portcullis.mjs';

const KIB = 1024;

/** Headrooms to measure, in KiB: the usual one, and larger ones. */
const headrooms = [16, 64, 128];

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function stack({ kernel, Kernel, plugin }) {
  // There is one kernel in a page, and it has one headroom.
  kernel.close();
  const results = [];
  for (const headroom of headrooms) {
    const other = await Kernel.start({ headroom: headroom * KIB });
    try {
      const contestants = [
        inTurn('contained', await portcullis.painters({ kernel: other, plugin }, pairs, 'numbers')),
        inTurn('direct import', await direct.painters({ plugin }, pairs, 'numbers')),
      ];
      const figures = await compare(contestants);
      for (const { end } of contestants) await end();
      results.push({ title: `plugin to plugin, two numbers and a result, ${headroom} KiB of headroom`, figures });
    } finally {
      other.close();
    }
  }
  return results;
}
