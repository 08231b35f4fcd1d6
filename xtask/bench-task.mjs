// `npm run bench`: sets up, and only then loads what needs that.

import { setup } from './setup.mjs';

/**
 * Measures, or shows what was measured: see `bench.mjs`.
 *
 * @param {string[]} engines
 * @param {{ quick?: boolean, only?: string, open?: boolean, table?: boolean }} options
 * @returns {Promise<boolean>} whether everything was measured
 */
export async function bench(engines, options) {
  await setup('test');
  const { bench: start } = await import('./bench.mjs');
  return start(engines, options);
}
