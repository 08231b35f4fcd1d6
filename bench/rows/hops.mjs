// What the hops of a call cost by themselves, without a single check: what could be saved of a road at most.

import { pairs } from '../plugins/calls.mjs';
import { hops } from '../roads/hops.mjs';
import { inTurn } from '../roads/pairs.mjs';

const limit = 'direct';

/**
 * A row of roads. Contestants are in one page, and engines learn from all of them what a function of JavaScript calls: so no two here go
 * through the same one.
 *
 * @param {Record<string, [road: string, proves: boolean]>} roads by the names of contestants
 */
const row = ({ roads, ...description }) => ({
  unit: 'ns',
  better: 'less',
  limit,
  async prepare(environment) {
    const contestants = [];
    for (const [name, [road, proves]] of Object.entries({ ...roads, [limit]: [limit, false] })) {
      contestants.push(inTurn(name, await hops(environment, pairs, road, proves)));
    }
    return { contestants };
  },
  ...description,
});

const alone = (road) => [road, [road, false]];
const proved = (road) => [road, [road, true]];

export const rows = [
  row({
    name: 'hops',
    title: 'hops of a call',
    work: 'Three numbers go from one module to another, over everything that a road consists of but checks.',
    roads: Object.fromEntries(['a bare try/catch', 'fused, straight', 'fused, framed', 'contained', 'contained, by one half'].map(alone)),
  }),
  row({
    name: 'hops-proved',
    title: 'hops of a call, with its proof of stack',
    work: 'The same, and 48 KiB of stack are proved on the way, as the contained road has it.',
    roads: Object.fromEntries(['contained', 'contained, by one half'].map(proved)),
  }),
];
