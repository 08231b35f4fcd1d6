// Plugins that mean harm by what they are made of: segments, allocators, destructors, calls in a circle.

import { equal, ok, refused } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, inspected, spawnServer } from './processes.mjs';

const PAGE = 65_536;

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** An application whose `act` is the given function. */
const provideAct = ({ kernel }, act = () => {}) => kernel.provide('test/host@1', 'act: func()', { act });

/** The process of allocator.wat, after its allocator was told what to do. */
async function openAllocator(context, kind, address = 1024, act = undefined, options = {}) {
  const { kernel, plugin } = context;
  const imports = { 'test/host@1': provideAct(context, act) };
  const process = await kernel.spawn(await plugin('allocator'), { name: 'allocator', imports, ...options });
  const allocator = process.interface('test/allocator@1');
  await allocator.mode(kind, address);
  return { process, allocator };
}

export default {
  'a module whose segments do not fit is refused, and nothing of it can be called': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel, plugin } = context;
        let acts = 0;
        const imports = { 'test/host@1': provideAct(context, () => void acts++) };
        await refused(async () => kernel.spawn(await plugin('bad-data'), { name: 'data', imports }), 'invalid-module', 'plugin data could not be instantiated: ');
        await refused(async () => kernel.spawn(await plugin('bad-elements'), { name: 'elements' }), 'invalid-module', 'plugin elements could not be instantiated: ');
        equal(acts, 0);
      },
      1,
    ),

  'a module that exports what it imports gets no more than it had': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel, plugin } = context;
        let acts = 0;
        let address = 1024;
        const signatures = 'act: func()\nallocate: func(old: u32, old-size: u32, align: u32, size: u32) -> u32';
        const host = kernel.provide('test/host@1', signatures, { act: () => void acts++, allocate: () => address });
        const process = await kernel.spawn(await plugin('re-exporter'), { name: 're', imports: { 'test/host@1': host } });
        equal(await process.call('test/re@1#act'), undefined);
        equal(acts, 1, 'it may call what it was granted');
        equal(await process.call('release', [1]), numberOf(context, 'bad-handle'), 'a system call is its own');
        equal(await process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]), 3, 'an allocator of the application');
        address = PAGE - 2;
        await refused(() => process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]), 'no-memory');
        address = 0;
        await refused(() => process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]), 'no-memory');
        ok(process.alive, 'it goes on');
        process.kill();
      },
      2,
    ),

  'an allocator that gives memory which is none is told, and its plugin not entered': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { process, allocator } = await openAllocator(context, 0);
        equal(await allocator.take(Uint32Array.of(1, 2, 3)), 6);
        for (const address of [PAGE - 8, PAGE, 2 ** 32 - 4, 2 ** 32 - 1, 0, 1025, 1026]) {
          await allocator.mode(0, address);
          await refused(() => allocator.take(Uint32Array.of(1, 2, 3)), 'no-memory', 'test/allocator@1#take of plugin allocator could not be called');
        }
        equal(await allocator.calls(), 1, 'calls that arrived');
        await allocator.mode(0, PAGE - 12);
        equal(await allocator.take(Uint32Array.of(1, 2, 3)), 6, 'just inside');
        ok(process.alive, 'it goes on');
        process.kill();
      },
      1,
    ),

  'an allocator that traps or calls itself for ever ends its plugin': (context) =>
    besideANeighbour(
      context,
      async () => {
        const trap = await openAllocator(context, 1);
        await refused(() => trap.allocator.take(Uint32Array.of(1)), 'trapped', 'plugin `allocator` trapped in `test/allocator@1#take`');
        const endless = await openAllocator(context, 4);
        await refused(() => endless.allocator.take(Uint32Array.of(1)), 'trapped', 'used up the stack');
        equal([trap.process.reason.code, endless.process.reason.code], ['trapped', 'overflow']);
      },
      2,
    ),

  'an allocator may grow memory: what arrives arrives in the new one': async (context) => {
    const { process, allocator } = await openAllocator(context, 2);
    equal(await allocator.take(Uint32Array.from({ length: 1_000 }, (_, index) => index)), 499_500);
    equal(process.memoryBytes, 3 * PAGE);
    equal(await allocator.take(new Uint32Array((2 * PAGE) / 4).fill(1)), (2 * PAGE) / 4, 'all of it');
    equal(process.memoryBytes, 5 * PAGE);
    await refused(() => allocator.take(new Uint32Array((2 * PAGE) / 4 + 1)), 'no-memory');
    await refused(() => allocator.take(Uint32Array.of(1)), 'no-memory');
  },

  'an allocator may call out, and calls may come back in meanwhile': async (context) => {
    const sums = [];
    const counts = [];
    let nested = 2;
    const { allocator } = await openAllocator(context, 3, 1024, () => {
      if (nested-- > 0) sums.push(allocator.take(Uint32Array.of(10, nested)));
      counts.push(allocator.calls());
    });
    equal(await allocator.take(Uint32Array.of(1, 2)), 3, 'the outer call has its own list');
    equal(await Promise.all(sums), [10, 11], 'those within have theirs');
    equal(await Promise.all(counts), [0, 1, 2], 'those that take no bytes change nothing');
  },

  'when an allocator’s call out ends its plugin, the call is over': (context) =>
    besideANeighbour(
      context,
      async () => {
        const opened = await openAllocator(context, 3, 1024, () => opened.process.kill('while it allocated'));
        await refused(() => opened.allocator.take(Uint32Array.of(1)), 'trapped', 'plugin `allocator` was stopped: while it allocated');
      },
      1,
    ),

  'a capability on its way to a plugin that traps is released once': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const server = await spawnServer(context);
      const counters = countersOf(server);
      const taker = await kernel.spawn(await plugin('trap-taker'), { name: 'taker' });
      const [counter, kept] = [await counters.create(1), await counters.create(2)];
      const again = counter.retain();
      await refused(() => taker.call('test/taker@1#take', [counter]), 'trapped');
      ok(!counter.alive, 'the reference was moved');
      equal([await counters.alive(), again.alive], [2, true], 'the other reference holds the object');
      again.release();
      equal(await counters.alive(), 1);
      await refused(() => taker.call('test/taker@1#take', [kept]), 'dead');
      ok(kept.alive, 'what a dead plugin was not entered with stays');
      kept.release();
      server.kill();
    }),

  'destructors that release the next object end them all, without end to the depth': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('nester'), { name: 'nester' });
    const nester = process.interface('test/nester@1');
    const box = await nester.nest(4_000);
    equal([kernel.inspect().objects, await nester.ended()], [4_000, 0]);
    box.release();
    equal([kernel.inspect().objects, await nester.ended()], [0, 4_000]);
    equal(inspected(kernel, process).capabilities, []);
  },

  'an object that ends in a call of its minter has its destructor called after that call': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('nester'), { name: 'nester' });
    const nester = process.interface('test/nester@1');
    const box = await nester.nest(3);
    // It tells how many have ended when it returns.
    equal(await nester.drop(box), 0);
    equal([await nester.ended(), kernel.inspect().objects], [3, 0]);
  },

  'a plugin that is called back through another one is entered, if it allows that': async (context) => {
    const { kernel, plugin } = context;
    const dispatcher = await kernel.spawn(await plugin('dispatcher'), { imports: { 'test/counter@1': 'object' } });
    const spawn = async (options) => kernel.spawn(await plugin('re-enterer'), { imports: { 'test/dispatcher@1': dispatcher }, ...options });
    const open = await spawn({});
    equal(await open.call('test/re-enterer@1#run'), [4242, 0, 0]);
    const closed = await spawn({ calls: 1 });
    equal(await closed.call('test/re-enterer@1#run'), [0, 0, numberOf(context, 'busy')]);
    ok(open.alive && closed.alive && dispatcher.alive, 'all go on');
    equal([inspected(kernel, open).active, inspected(kernel, dispatcher).active], [0, 0]);
  },

  'a server that grows its memory in the middle of calls answers right': async (context) => {
    const server = await spawnServer(context);
    const { memoryBytes } = server;
    for (const size of [10, 100_000, 1_000_000, 5, 4_000_000]) {
      const list = Uint8Array.from({ length: size }, (_, index) => index * 31);
      equal(await server.call('test/echo@1#list-u8', [list]), list, `${size} bytes`);
    }
    ok(server.memoryBytes > memoryBytes, 'it has grown');
  },
};
