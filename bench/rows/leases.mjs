// Copies by way of a lease, against copies by nobody's leave.

import { mostLent } from '../plugins/leases.mjs';

const KiB = 1 << 10;
const MiB = 1 << 20;
const limit = 'memory.copy within a memory';

/** An instance, if the engine can make one. */
async function instantiate(bytes) {
  return WebAssembly.validate(bytes) ? (await WebAssembly.instantiate(bytes)).instance.exports : undefined;
}

/** Copies of one size at a time. */
function leaseRow({ name, title, size, ...more }) {
  return {
    name,
    title,
    work: `${title} are copied from the memory of one plugin into that of another.`,
    unit: 'MB/s',
    better: 'more',
    limit,
    bytes: size,
    options: { rounds: size > MiB ? 15 : 61 },
    absent: {
      'memory.copy from one memory to another': ({ features }) => (features.multiMemory ? undefined : 'the engine has no modules with two memories'),
    },
    async prepare({ kernel, plugin }) {
      const lender = await kernel.spawn(await plugin('leases/lender'), { name: 'lender' });
      const borrower = await kernel.spawn(await plugin('leases/borrower'), { name: 'borrower', imports: { 'figures/lender@1': lender } });
      const plain = await instantiate(await plugin('leases/plain-copy'));
      const pair = await instantiate(await plugin('leases/pair-copy'));
      const other = new Uint8Array(new WebAssembly.Memory({ initial: mostLent / 65_536 }).buffer).fill(1);
      const own = new Uint8Array(plain.memory.buffer);
      await borrower.call('begin', [size]);
      plain.begin(size);
      pair?.begin(size);
      const through = (method) => async (count) => {
        await borrower.call(method, [count], { deadline: Infinity });
        return count;
      };
      const contestants = [
        { name: 'portcullis, read from a lease', run: through('read') },
        { name: 'portcullis, written into a lease', run: through('write') },
        {
          name: 'Uint8Array.set',
          run(count) {
            for (let done = 0; done < count; done += 1) other.set(own.subarray(0, size));
            return count;
          },
        },
        { name: 'memory.copy from one memory to another', run: pair && ((count) => (pair.copy(count), count)) },
        { name: limit, run: (count) => (plain.copy(count), count) },
      ];
      return {
        contestants: contestants.filter(({ run }) => run !== undefined),
        async close() {
          const failed = await borrower.call('failed');
          if (failed !== 0) throw new Error(`a copy of ${title} failed with ${failed}`);
        },
      };
    },
    ...more,
  };
}

export const rows = [
  leaseRow({ name: 'lease-64', title: '64 bytes', size: 64 }),
  leaseRow({ name: 'lease-4k', title: '4 KiB', size: 4 * KiB }),
  leaseRow({ name: 'lease-64k', title: '64 KiB', size: 64 * KiB }),
  leaseRow({ name: 'lease-1m', title: '1 MiB', size: MiB }),
  leaseRow({ name: 'lease-48m', title: '48 MiB', size: mostLent }),
];
