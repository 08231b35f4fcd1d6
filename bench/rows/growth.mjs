// What namespaces and calls cost when there is much of everything: it is not to be more.

import { spread, takeInTurn } from '../measure.mjs';

/** How many times as long something may take with much as with little: two samples of the same differ by as much on a busy machine. */
const flat = 1.25;

/** How often each size is set up, one after the other, so that what the machine does meanwhile hits all of them. */
const setUps = { usual: 7, quick: 2 };

const counted = (count, what) => `${count.toLocaleString('en-US')} ${what}`;

/**
 * A row in which the same is done in the midst of more and more.
 *
 * @param {object} row
 * @param {number[]} sizes
 * @param {string} what there is more and more of
 * @param {(environment: import('../run.mjs').Environment, size: number) => Promise<{ run: (count: number) => Promise<number>, end: () => Promise<void> }>} set
 */
function growing({ sizes, what, set, ...row }) {
  const names = sizes.map((size) => counted(size, what));
  return {
    unit: 'ns',
    better: 'less',
    limit: names[0],
    targets: names.slice(1).map((contestant) => ({ contestant, ratio: flat, engines: ['chromium', 'firefox'] })),
    ...row,
    async measure(environment) {
      const samples = sizes.map(() => []);
      const measureOnce = async (size, options) => {
        const { run, end } = await set(environment, size);
        const [{ samples: taken }] = await takeInTurn([{ name: what, run }], options);
        await end();
        return spread(taken).median;
      };
      const options = environment.quick ? { rounds: 5, milliseconds: 2, warmth: 15, blocks: 2 } : { rounds: 9, milliseconds: 4, warmth: 40, blocks: 6 };
      // The kernel's own code is optimised meanwhile.
      await measureOnce(sizes[0], { ...options, warmth: 150 });
      for (let turn = 0; turn < (environment.quick ? setUps.quick : setUps.usual); turn += 1) {
        for (let place = 0; place < sizes.length; place += 1) {
          const index = (place + turn) % sizes.length;
          samples[index].push(await measureOnce(sizes[index], options));
        }
      }
      return names.map((name, index) => ({ name, samples: samples[index] }));
    },
  };
}

/** A plugin that holds so many handles, among nobody but the one that minted them. */
const holding = (method) => async ({ kernel, plugin }, size) => {
  const room = { handles: size + 64, objects: size + 64 };
  const canvas = await kernel.spawn(await plugin('calls/canvas-0'), room);
  const holder = await kernel.spawn(await plugin('growth/holder'), { ...room, imports: { 'figures/canvas@1': canvas } });
  const last = await holder.call('begin', [size], { deadline: Infinity });
  if (last !== size) throw new Error(`the last of ${size} handles is ${last}`);
  return {
    async run(count) {
      await holder.call(method, [count]);
      return count;
    },
    async end() {
      const failed = await holder.call('failed');
      if (failed !== 0) throw new Error(`${method} failed with ${failed}`);
      const { used } = holder.usage().handles;
      if (used !== size) throw new Error(`of ${size} handles there are ${used}`);
      for (const process of kernel.processes) process.kill();
    },
  };
};

const handles = { sizes: [10, 1_000, 100_000], what: 'handles' };
const processes = { sizes: [10, 100], what: 'processes' };

/** Two plugins that call each other among so many, which do as well. */
const among = (method) => async ({ kernel, plugin }, size) => {
  const host = kernel.provide('figures/host@1', 'add: func(left: u32, right: u32) -> u32', { add: (left, right) => (left + right) >>> 0 });
  const viewer = await kernel.spawn(await plugin('calls/viewer-0'));
  const painters = [];
  while (kernel.processes.length + 2 <= size + 1) {
    const canvas = await kernel.spawn(await plugin(`calls/canvas-${painters.length % 32}`));
    const imports = { 'figures/canvas@1': canvas, 'figures/viewer@1': viewer, 'figures/host@1': host };
    const painter = await kernel.spawn(await plugin(`calls/painter-${painters.length % 32}`), { imports });
    await painter.call('begin');
    painters.push(painter);
  }
  let next = 0;
  return {
    async run(count) {
      // Four of them, whatever there are, so that no more code and data is in use than with few.
      next = (next + 1) % 4;
      await painters[next].call(method, [count]);
      return count;
    },
    async end() {
      for (const process of kernel.processes) process.kill();
    },
  };
};

const some = 'of handles that lie far apart, 64 of them in turn';

export const rows = [
  growing({ ...handles, name: 'growth-retain', title: 'retain and release', work: `A plugin retains and releases one ${some}.`, set: holding('retain') }),
  growing({ ...handles, name: 'growth-derive', title: 'derive and revoke', work: `A plugin derives from one ${some}, and revokes and releases that.`, set: holding('derive') }),
  growing({ ...handles, name: 'growth-lookup', title: 'look up', work: `A plugin asks for the class of one ${some}.`, set: holding('look') }),
  growing({ ...handles, name: 'growth-mint', title: 'get a new handle', work: 'A plugin calls another one, which mints a handle and returns it, and then releases that.', set: holding('mint') }),
  growing({ ...handles, name: 'growth-call', essential: true, title: 'call with a handle', work: `A plugin calls another one with one ${some}.`, set: holding('call') }),
  growing({ ...processes, name: 'growth-call-processes', title: 'call with a handle, among processes', work: 'A plugin calls another one with a handle, while so many processes live.', set: among('handle') }),
  growing({ ...processes, name: 'growth-mint-processes', title: 'get a new handle, among processes', work: 'A plugin gets a new handle of another one and releases it, while so many processes live.', set: among('minted') }),
];
