// A running process becomes a newer build of its plugin: whoever calls it keeps calling.

import { equal, includes, ok, refused } from './assert.mjs';
import { countersOf, relayOf, spawnBoth, spawnServer } from './processes.mjs';

/** The older build, and a plugin that was bound to it. */
async function open({ kernel, plugin }, options = {}) {
  const greeter = await kernel.spawn(await plugin('greeter-1'), { name: 'greeter', ...options });
  const visitor = await kernel.spawn(await plugin('visitor'), { name: 'visitor', imports: { 'test/greeter@1': greeter } });
  return { greeter, ask: () => visitor.call('test/visitor@1#ask', [3]) };
}

/** Says that a replacement is refused, and that everything goes on as if nobody had asked for it. */
async function refusedReplacement(context, source, code, ...parts) {
  const { kernel } = context;
  const { greeter, ask } = await open(context);
  const [before, id] = [kernel.inspect(), greeter.id];
  await refused(async () => greeter.replace(await source()), code, ...parts);
  equal([greeter.alive, greeter.id], [true, id]);
  const { kernelMemoryBytes: _, ...left } = kernel.inspect();
  equal(left, { processes: before.processes, objects: before.objects, slots: before.slots, transfers: 0 }, 'what the kernel knows');
  equal(await ask(), [1, 30]);
  equal(await greeter.call('test/greeter@1#version'), 1);
  equal(await greeter.call('plain'), 1);
  // It can still be replaced.
  await greeter.replace(await context.plugin('greeter-2'));
  equal(await ask(), [2, 60]);
}

export default {
  'after it, calls go to the newer build, also those of plugins that were bound before': async (context) => {
    const { kernel, plugin } = context;
    const { greeter, ask } = await open(context);
    const methods = greeter.interface('test/greeter@1');
    equal(await ask(), [1, 30]);
    const events = [];
    const off = kernel.on('exit', (process) => events.push(process));
    const { id } = greeter;
    await greeter.replace(await plugin('greeter-2'));
    equal(await ask(), [2, 60]);
    equal([await greeter.call('test/greeter@1#version'), await greeter.call('test/greeter@1#greet', [2])], [2, 40]);
    equal([await methods.version(), await methods.greet(1)], [2, 20], 'methods that were had before');
    equal(await greeter.call('test/greeter@1#extra'), 9, 'what is new');
    await refused(() => greeter.call('plain'), 'unknown-export', 'plugin greeter exports no function plain');
    equal(greeter.functions.map(({ name }) => name).sort(), ['test/greeter@1#extra', 'test/greeter@1#greet', 'test/greeter@1#version']);
    ok(greeter.alive && greeter.id !== id && greeter.reason === undefined, 'the same process, another identity');
    equal(kernel.inspect().processes.map(({ name }) => name).sort(), ['greeter', 'host', 'visitor']);
    await Promise.resolve();
    equal(events, [], 'nobody ended');
    off();
  },

  'it can be done again and again, and leaves nothing behind': async (context) => {
    const { kernel, plugin } = context;
    const { greeter, ask } = await open(context);
    const compiled = await kernel.compile(await plugin('greeter-2'));
    await greeter.replace(compiled);
    const before = kernel.inspect();
    for (let round = 0; round < 40; round++) await greeter.replace(compiled);
    const after = kernel.inspect();
    equal([after.slots, after.objects, after.processes.length], [before.slots, before.objects, before.processes.length]);
    equal(await ask(), [2, 60]);
    greeter.kill('enough');
    equal((await greeter.exited).message, 'plugin `greeter` was stopped: enough');
  },

  'a process that is bound to the replaced one afterwards is bound to the newer build': async (context) => {
    const { kernel, plugin } = context;
    const { greeter } = await open(context);
    await greeter.replace(await plugin('greeter-2'));
    const visitor = await kernel.spawn(await plugin('visitor'), { imports: { 'test/greeter@1': greeter } });
    equal(await visitor.call('test/visitor@1#ask', [1]), [2, 20]);
  },

  'what the older build had minted is revoked, what it held is released': async (context) => {
    const { plugin } = context;
    const { server, client } = await spawnBoth(context);
    const [counters, relay] = [countersOf(server), relayOf(client)];
    const mine = await counters.create(1);
    await relay.hoard(await counters.create(2));
    await server.replace(await plugin('parity-server'));
    ok(!mine.alive, 'the handle of the application');
    equal(await counters.alive(), 0, 'the newer build begins anew');
    await refused(() => counters.read(mine), 'revoked');
    mine.release();
    await relay.abandon();

    const next = await relay.create(7);
    equal(await relay.increment(next, 1), 8, 'the client, bound to the older one, calls the newer one');
    await relay.hoard(next);
    await client.replace(await plugin('parity-client'));
    equal([await relay.hoarded(), await counters.alive()], [0, 0], 'what the older client held');
  },

  'methods that are dispatched on objects go to the newer build for its objects': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const dispatcher = await kernel.spawn(await plugin('dispatcher'), { imports: { 'test/counter@1': 'object' } });
    const older = await countersOf(server).create(1);
    await server.replace(await plugin('parity-server'));
    const newer = await countersOf(server).create(2);
    equal(await dispatcher.call('test/dispatcher@1#increment', [newer, 3]), 5);
    await refused(() => dispatcher.call('test/dispatcher@1#read', [older]), 'revoked');
    for (const handle of [older, newer]) handle.release();
  },

  'a build that lacks a function is refused by its name, and the older one goes on': (context) =>
    refusedReplacement(context, () => context.plugin('greeter-lacking'), 'no-method', 'the newer build lacks `test/greeter@1#greet`', 'the older one goes on'),

  'a build with another signature is refused, and the older one goes on': (context) =>
    refusedReplacement(context, () => context.plugin('greeter-changed'), 'no-method', '`test/greeter@1#greet`, or has it with another signature'),

  'a build that traps when it starts is refused, and the older one goes on': (context) =>
    refusedReplacement(context, () => context.plugin('greeter-trapping'), 'start-trapped', 'plugin `greeter` trapped in `start`'),

  'a build that wants more is refused, and the older one goes on': (context) =>
    refusedReplacement(context, () => context.plugin('greeter-wanting'), 'missing-grant', 'plugin `greeter` asks for `test/network@1`'),

  'what is no module is refused, and the older build goes on': (context) =>
    refusedReplacement(context, () => new TextEncoder().encode('<html>'), 'not-wasm', 'HTML'),

  'what is nothing at all is refused, and the older build goes on': (context) =>
    refusedReplacement(context, () => undefined, 'bad-argument', 'a plugin comes from bytes'),

  'signatures that were given when it was spawned hold for the newer build too': async (context) => {
    const { kernel } = context;
    const signatures = 'export test/greeter@1 version: func() -> u32\nexport test/greeter@1 greet: func(times: u8) -> u32';
    const bare = await context.plugin('greeter-bare');
    const greeter = await kernel.spawn(bare, { name: 'greeter', signatures });
    const visitor = await kernel.spawn(await context.plugin('visitor'), { imports: { 'test/greeter@1': greeter } });
    equal(await visitor.call('test/visitor@1#ask', [255]), [7, 255]);
    await greeter.replace(bare);
    equal(await visitor.call('test/visitor@1#ask', [255]), [7, 255]);
    includes(greeter.functions.map(({ signature }) => signature).join(), 'func(times: u8) -> u32');
  },

  'the limits of the older build hold for the newer one': async (context) => {
    const { plugin } = context;
    const server = await spawnServer(context, { memory: { maximum: 4 << 20 } });
    await server.replace(await plugin('parity-server'));
    equal(await server.call('test/fail@1#allocate', [8 << 20]), false);
    equal(await server.call('test/fail@1#allocate', [1 << 20]), true);
  },

  'a process that has ended cannot be replaced': async (context) => {
    const { plugin } = context;
    const { greeter } = await open(context);
    greeter.kill();
    await refused(async () => greeter.replace(await plugin('greeter-2')), 'dead', 'it cannot be replaced: plugin `greeter` was stopped by the web app');
  },

  'a process that ends while its successor is prepared stays ended': async (context) => {
    const { kernel, plugin } = context;
    const { greeter } = await open(context);
    const replacing = greeter.replace(await plugin('greeter-2'));
    greeter.kill('in between');
    await refused(() => replacing, 'dead');
    equal([greeter.alive, (await greeter.exited).message], [false, 'plugin `greeter` was stopped: in between']);
    equal(kernel.inspect().processes.map(({ name }) => name), ['host', 'visitor']);
  },

  'two replacements at once leave one process, of one of the builds': async (context) => {
    const { kernel, plugin } = context;
    const { greeter, ask } = await open(context);
    await Promise.all([greeter.replace(await plugin('greeter-2')), greeter.replace(await plugin('greeter-2'))]);
    equal(await ask(), [2, 60]);
    equal(await greeter.call('test/greeter@1#version'), 2);
    equal(kernel.inspect().processes.map(({ name }) => name).sort(), ['greeter', 'host', 'visitor']);
    equal(kernel.processes.length, 2);
  },

  'a replacement is refused when the kernel is closed meanwhile': async (context) => {
    const { kernel, plugin } = context;
    const { greeter } = await open(context);
    const replacing = greeter.replace(await plugin('greeter-2'));
    kernel.close();
    await refused(() => replacing, 'closed', 'the kernel was closed');
  },
};
