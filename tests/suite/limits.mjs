// Memory, capabilities, objects and processes are bounded, and to reach a bound harms nobody else.

import { equal, ok, refused, returnsError } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, failOf, inspected, relayOf, spawnBoth, spawnServer } from './processes.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 64 * KIB;

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

export default {
  'a plugin cannot have more memory than its limit, and can go on without': (context) =>
    besideANeighbour(context, async () => {
      const maximum = 4 * MIB;
      const server = await spawnServer(context, { memory: { maximum } });
      ok(server.memoryBytes > 0 && server.memoryBytes % PAGE === 0, 'it has memory');
      let taken = 0;
      while (await failOf(server).allocate(300 * KIB)) {
        taken += 300 * KIB;
        ok(server.memoryBytes <= maximum, `${server.memoryBytes} bytes after ${taken}`);
        equal(inspected(context.kernel, server).memoryBytes, server.memoryBytes, 'as inspect tells it');
      }
      ok(taken > MIB && taken < maximum, `it could take ${taken} bytes`);
      equal(await failOf(server).allocate(1 << 30), false);
      equal(await server.call('test/echo@1#echo-string', ['well']), 'well');
      server.kill();
      equal(server.memoryBytes, 0);
    }),

  'a plugin that uses up its memory and traps is exhausted': (context) =>
    besideANeighbour(context, async () => {
      const maximum = 3 * MIB;
      const server = await spawnServer(context, { memory: { maximum } });
      let last = 0;
      await refused(
        async () => {
          try {
            await failOf(server).exhaust();
          } finally {
            last = server.memoryBytes;
          }
        },
        'trapped',
        'plugin `parity-server` used up its memory of',
        'in `test/fail@1#exhaust`',
      );
      equal((await server.exited).code, 'exhausted');
      equal(last, 0, 'its memory is let go');
    }),

  'the limit holds for a module that grows its memory itself, and so does its own maximum': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('grower'));
    for (const [maximum, pages] of [
      [10 * PAGE, 10],
      [10 * PAGE + 100, 10],
      [11 * PAGE - 1, 10],
      [2 * PAGE, 2],
      [200 * PAGE, 100],
      [2 ** 32, 100],
    ]) {
      const grower = await kernel.spawn(compiled, { name: 'grower', memory: { maximum } });
      equal(grower.memoryBytes, 2 * PAGE);
      equal(await grower.call('grow', [pages - 1]), -1, `one page more than ${pages}`);
      equal(await grower.call('grow', [pages - 2]), 2, `all ${pages} pages`);
      equal(grower.memoryBytes, pages * PAGE);
      equal(await grower.call('grow', [1]), -1, 'and no more');
      equal(await grower.call('touch', [pages * PAGE - 1]), 7, 'the last byte');
      await refused(() => grower.call('touch', [pages * PAGE]), 'trapped');
    }
  },

  'a module that needs more to start than the limit is refused with both figures': async (context) => {
    const { kernel, plugin } = context;
    const error = await refused(
      async () => kernel.spawn(await plugin('grower'), { name: 'grower', memory: { maximum: PAGE } }),
      'bad-limit',
      'plugin `grower` needs 128 KiB of memory to start, its limit is 64 KiB; raise `memory.maximum`',
    );
    equal(error.process, 'grower');
    await refused(async () => kernel.spawn(await plugin('grower'), { memory: { maximum: 0 } }), 'bad-limit', 'its limit is 0 KiB');
    equal(kernel.inspect().processes.length, 1);
  },

  'a limit that is no number in its range is refused by its name': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('grower'));
    for (const maximum of [-1, 2 ** 32 + 1, Infinity, 'much']) {
      await refused(() => kernel.spawn(compiled, { memory: { maximum } }), 'bad-limit', 'memory.maximum must be from 0 to 4294967296 bytes', `got ${maximum}`);
    }
    for (const name of ['handles', 'objects', 'calls', 'depth', 'transfers', 'content', 'functions']) {
      for (const value of [-1, 1.5, 2 ** 32, Infinity, '5', 5n]) {
        await refused(() => kernel.spawn(compiled, { [name]: value }), 'bad-limit', `${name} must be a whole number from 0 to 4294967295, got ${value}`);
      }
    }
    equal(kernel.inspect().processes.length, 1);
  },

  'a plugin that floods its namespace is told at its quota, and has it again when it lets go': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const process = await kernel.spawn(await plugin('minter'), { name: 'minter', handles: 100 });
      const minter = process.interface('test/minter@1');
      equal(inspected(kernel, process).handleQuota, 100);
      equal(await minter.mint(1_000_000), 100);
      equal(await minter.error(), numberOf(context, 'quota'));
      equal([inspected(kernel, process).capabilities.length, inspected(kernel, process).objects], [100, 100]);
      equal(await minter.drop(1, 51), 0);
      equal(await minter.mint(1_000_000), 50);
      equal(await minter.error(), numberOf(context, 'quota'));
      equal(await minter.drop(1, 101), 0);
      equal(inspected(kernel, process).objects, 0);
      process.kill();
    }),

  'a plugin that floods objects is told at its quota, minted and derived ones counted together': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const process = await kernel.spawn(await plugin('minter'), { name: 'minter', objects: 60 });
      const minter = process.interface('test/minter@1');
      equal(await minter.mint(40), 40);
      equal(await minter.derive(1_000_000), 20);
      equal(await minter.error(), numberOf(context, 'quota'));
      equal(inspected(kernel, process).objects, 60);
      process.kill();
      equal(kernel.inspect().objects, 2, 'those of the neighbour');
    }),

  'without a limit a flood ends at 4,096 capabilities': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('minter'), { name: 'minter' });
    equal(await process.call('test/minter@1#mint', [1_000_000]), 4_096);
    equal(await process.call('test/minter@1#error'), numberOf(context, 'quota'));
  },

  'a quota of 0 allows none': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('minter'));
    for (const options of [{ handles: 0 }, { objects: 0 }]) {
      const process = await kernel.spawn(compiled, options);
      equal(await process.call('test/minter@1#mint', [1]), 0);
      equal(await process.call('test/minter@1#error'), numberOf(context, 'quota'));
    }
    const closed = await kernel.spawn(compiled, { calls: 0 });
    await refused(() => closed.call('test/minter@1#error'), 'busy');
  },

  'a handle that a plugin has no room for stays where it was': async (context) => {
    const { server } = await spawnBoth(context);
    const { kernel, plugin } = context;
    const imports = Object.fromEntries(['test/echo@1', 'test/counter@1', 'test/fail@1'].map((name) => [name, server]));
    const client = await kernel.spawn(await plugin('parity-client'), { name: 'small', imports, handles: 2 });
    const [counters, relay] = [countersOf(server), relayOf(client)];
    const handles = [await counters.create(1), await counters.create(2), await counters.create(3)];
    await relay.hoard(handles[0]);
    await relay.hoard(handles[1]);
    await refused(() => relay.hoard(handles[2]), 'quota', 'test/relay@1#hoard of plugin small could not be called');
    ok(handles[2].alive, 'the third handle');
    // To be lent takes room too.
    await refused(() => relay.increment(handles[2], 1), 'quota');
    equal(await relay.sum(), 3);
    await relay.abandon();
    await relay.hoard(handles[2]);
    equal(await relay.sum(), 3);
    await relay.abandon();
  },

  'a server without room for another object returns an error of its own': async (context) => {
    const server = await spawnServer(context, { objects: 2 });
    const counters = countersOf(server);
    const both = await counters.createTwo(1, 2);
    await returnsError(() => counters.tryCreate(3), context.errorCodes.find(({ name }) => name === 'quota').text);
    both[0].release();
    const third = await counters.tryCreate(3);
    equal(await counters.read(third), 3);
    for (const handle of [both[1], third]) handle.release();
  },

  'hundreds of processes run side by side, and leave nothing behind': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const compiled = await kernel.compile(await plugin('greeter-1'));
      const processes = await Promise.all(Array.from({ length: 300 }, () => kernel.spawn(compiled)));
      equal(new Set(processes.map(({ id }) => id)).size, 300, 'their identities');
      equal(kernel.processes.length, 301);
      const values = await Promise.all(processes.map((process, index) => process.call('test/greeter@1#greet', [index % 256])));
      equal(values, processes.map((_, index) => (index % 256) * 10));
      for (const process of processes) process.kill();
    }),
};
