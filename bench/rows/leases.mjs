// Copies by way of a lease, against copies by nobody's leave.

import { mostLent, tile } from '../plugins/leases.mjs';

const KiB = 1 << 10;
const MiB = 1 << 20;
const limit = 'memory.copy within a memory';

/** An instance, if the engine can make one. */
async function instantiate(bytes) {
  return WebAssembly.validate(bytes) ? (await WebAssembly.instantiate(bytes)).instance.exports : undefined;
}

/** What the engine itself offers for bytes that are in no plugin's memory. */
function byMessages(size) {
  const clone = new Uint8Array(size).fill(1).buffer;
  let moved = new Uint8Array(size).fill(1).buffer;
  return [
    {
      name: 'structured clone',
      run(count) {
        for (let done = 0; done < count; done += 1) structuredClone(clone);
        return count;
      },
    },
    {
      name: 'transfer',
      run(count) {
        for (let done = 0; done < count; done += 1) moved = structuredClone(moved, { transfer: [moved] });
        return count;
      },
      end() {
        if (moved.byteLength !== size) throw new Error(`of ${size} bytes ${moved.byteLength} were handed on`);
      },
    },
  ];
}

/** Copies of one size at a time; in tiles, if they are. */
function leaseRow({ name, title, size, tiles = false, ...more }) {
  return {
    name,
    title,
    work: `${title} ${tiles ? 'of a picture, each 256 KiB,' : ''} are copied from the memory of one plugin into that of another.`.replace('  ', ' '),
    unit: 'MB/s',
    better: 'more',
    limit,
    bytes: size,
    options: { rounds: size > MiB ? 15 : 61 },
    absent: {
      'memory.copy from one memory to another': ({ features }) => (features.multiMemory ? undefined : 'the engine has no modules with two memories'),
    },
    async prepare({ kernel, plugin, quick }) {
      const lender = await kernel.spawn(await plugin('leases/lender'), { name: 'lender' });
      const borrower = await kernel.spawn(await plugin('leases/borrower'), { name: 'borrower', imports: { 'figures/lender@1': lender } });
      const plain = await instantiate(await plugin('leases/plain-copy'));
      const pair = await instantiate(await plugin('leases/pair-copy'));
      const other = new Uint8Array(new WebAssembly.Memory({ initial: mostLent / 65_536 }).buffer).fill(1);
      const own = new Uint8Array(plain.memory.buffer);
      await borrower.call('begin', [size]);
      plain.begin(size);
      pair?.begin(size);
      const suffix = tiles ? '-tiles' : '';
      const through = (method) => async (count) => {
        await borrower.call(`${method}${suffix}`, [count], { deadline: Infinity });
        return count;
      };
      const step = tiles ? tile : size;
      const contestants = [
        { name: 'portcullis, read from a lease', run: through('read') },
        { name: 'portcullis, written into a lease', run: through('write') },
        {
          name: 'Uint8Array.set',
          run(count) {
            for (let done = 0; done < count; done += 1) {
              for (let place = 0; place < size; place += step) other.set(own.subarray(place, place + step), place);
            }
            return count;
          },
        },
        ...(size > MiB && !tiles ? byMessages(size) : []),
        { name: 'memory.copy from one memory to another', run: pair && ((count) => (pair[`copy${suffix}`](count), count)) },
        { name: limit, run: (count) => (plain[`copy${suffix}`](count), count) },
      ];
      // Reading comes first, and what was read is looked at before anything is written back.
      await borrower.call(`read${suffix}`, [1], { deadline: Infinity });
      const unlike = quick ? 0 : await borrower.call('unlike', [], { deadline: Infinity });
      if (unlike !== 0) throw new Error(`of ${title} ${unlike} bytes are others than the lender's`);
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

/** Large leases are to be as fast as one plain copy, or nearly. */
const targets = ['read from', 'written into'].map((how) => ({ contestant: `portcullis, ${how} a lease`, ratio: 0.9, engines: ['chromium', 'firefox'] }));

export const rows = [
  leaseRow({ name: 'lease-48m', title: '48 MiB', essential: true, size: mostLent, targets }),
  leaseRow({ name: 'lease-tiles', title: '192 tiles', size: mostLent, tiles: true, targets }),
  leaseRow({ name: 'lease-1m', title: '1 MiB', size: MiB }),
  leaseRow({ name: 'lease-64k', title: '64 KiB', size: 64 * KiB }),
  leaseRow({ name: 'lease-4k', title: '4 KiB', size: 4 * KiB }),
  leaseRow({ name: 'lease-64', title: '64 bytes', size: 64 }),
];
