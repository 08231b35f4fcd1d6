// Copies by way of a lease, against copies by nobody's leave.

import { compare } from './measure.mjs';
import { mostLent } from './plugins.mjs';

const KiB = 1 << 10;
const MiB = 1 << 20;
const sizes = [
  ['64 bytes', 64],
  ['4 KiB', 4 * KiB],
  ['64 KiB', 64 * KiB],
  ['1 MiB', MiB],
  ['16 MiB', 16 * MiB],
  ['48 MiB', 48 * MiB],
];

/** An instance, if the engine can make one. */
async function instantiate(bytes) {
  return WebAssembly.validate(bytes) ? (await WebAssembly.instantiate(bytes)).instance.exports : undefined;
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('./measure.mjs').Figure[] }[]>}
 */
export async function leases({ kernel, plugin }) {
  const lender = await kernel.spawn(await plugin('lender'), { name: 'lender' });
  const borrower = await kernel.spawn(await plugin('borrower'), { name: 'borrower', imports: { 'figures/lender@1': lender } });
  const plain = await instantiate(await plugin('plain-copy'));
  const pair = await instantiate(await plugin('pair-copy'));
  const other = new Uint8Array(new WebAssembly.Memory({ initial: mostLent / 65_536 }).buffer);
  const own = new Uint8Array(plain.memory.buffer);
  other.fill(1);
  const results = [];
  for (const [title, size] of sizes) {
    await borrower.call('begin', [size]);
    plain.begin(size);
    pair?.begin(size);
    const through = (name) => async (count) => {
      await borrower.call(name, [count], { deadline: Infinity });
      return count;
    };
    const contestants = [
      { name: 'read from a lease', run: through('read') },
      { name: 'written into a lease', run: through('write') },
      {
        name: 'Uint8Array.set from one memory to another',
        run(count) {
          for (let done = 0; done < count; done += 1) other.set(own.subarray(0, size));
          return count;
        },
      },
      { name: 'memory.copy from one memory to another', run: pair && ((count) => (pair.copy(count), count)) },
      { name: 'memory.copy within a memory', run: (count) => (plain.copy(count), count) },
    ];
    const possible = contestants.filter(({ run }) => run !== undefined);
    const measured = await compare(possible, { rounds: size > MiB ? 15 : 61 });
    const failed = await borrower.call('failed');
    if (failed !== 0) throw new Error(`a copy of ${title} failed with ${failed}`);
    const figures = contestants.map(({ name }) => {
      const figure = measured.find((known) => known.name === name);
      return figure === undefined ? { name } : size < 4 * KiB ? figure : { ...figure, bytes: size };
    });
    results.push({ title, figures });
  }
  for (const process of kernel.processes) process.kill();
  return results;
}
