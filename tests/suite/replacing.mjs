// A running process becomes a newer build of its plugin: whoever calls it keeps calling.

import { equal, includes, ok, refused, thrown } from './assert.mjs';
import { openNest } from './loader.mjs';
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

  'calls that arrive while builds are replaced with their state are all answered, in order, none of them twice': async (context) => {
    const { kernel, plugin } = context;
    const builds = [await kernel.compile(await plugin('tally-1')), await plugin('tally-2')];
    const tally = await kernel.spawn(builds[0], { name: 'tally' });
    const caller = await kernel.spawn(await plugin('plugin-host'), { imports: { 'portcullis/loader@1': kernel.loader(), 'test/worker@1': tally, 'test/nest@1': 'later' } });
    const answers = [];
    let going = true;
    const pump = async (call) => {
      while (going) {
        answers.push(await call());
        await nextTurn();
      }
    };
    const pumps = [pump(() => tally.call('test/worker@1#work', [1])), pump(() => caller.call('test/nest@1#work', [1]))];
    const builders = new Set();
    for (let round = 1; round <= 12; round++) {
      await tally.replace(builds[round % 2], { state: true });
      // Both callers have had an answer of this build.
      const seen = answers.length;
      while (answers.length < seen + 4) await nextTurn();
      builders.add(Math.floor(answers.at(-1) / 1_000_000));
    }
    going = false;
    await Promise.all(pumps);
    equal(answers.map((answer) => answer % 1_000_000), answers.map((_, index) => index + 1), 'one after the other');
    equal([...builders].sort(), [1, 2]);
    ok(tally.alive && caller.alive, 'both go on');
  },

  'a build that refuses the state, traps or loops on it, or takes none, leaves the older one untouched': async (context) => {
    const { kernel, plugin } = context;
    const tally = await kernel.spawn(await plugin('tally-1'), { name: 'tally', deadline: 100 });
    const [before, id] = [kernel.inspect(), tally.id];
    let total = 0;
    const goesOn = async () => {
      total += 5;
      equal(await tally.call('test/worker@1#work', [5]), 1_000_000 + total);
      equal([tally.id, tally.alive, kernel.processes.length], [id, true, 1]);
      const { kernelMemoryBytes: _, ...left } = kernel.inspect();
      equal(left, { processes: before.processes, objects: 0, slots: before.slots, transfers: 0 });
    };
    await goesOn();
    const error = await thrown(async () => tally.replace(await plugin('tally-refusing'), { state: true }));
    equal([error.name, error.value], ['PluginError', 'no thanks']);
    includes(error.message, 'the newer build of plugin tally refused the state: no thanks; the older build goes on');
    await goesOn();
    await refused(async () => tally.replace(await plugin('tally-breaking'), { state: true }), 'trapped', 'failed when it was given the state', 'the older build goes on');
    await goesOn();
    await refused(async () => tally.replace(await plugin('tally-looping'), { state: true }), 'trapped', 'failed when it was given the state');
    await goesOn();
    await refused(async () => tally.replace(await plugin('tally-stateless'), { state: true }), 'no-method', 'the newer build of plugin tally takes no state: it exports no `portcullis/state@1#restore: func(state: list<u8>) -> result<_, string>`');
    await goesOn();
    await tally.replace(await plugin('tally-2'), { state: true });
    equal(await tally.call('test/worker@1#work', [1]), 2_000_000 + total + 1);
  },

  'an older build that cannot hand over its state is told by what it lacks, and goes on': async (context) => {
    const { kernel, plugin } = context;
    const tally = await kernel.spawn(await plugin('tally-stateless'), { name: 'tally' });
    await refused(async () => tally.replace(await plugin('tally-2'), { state: true }), 'no-method', 'it exports no `portcullis/state@1#save: func() -> list<u8>`');
    equal(await tally.call('test/worker@1#work', [1]), 7_000_000);
    await tally.replace(await plugin('tally-2'));
    equal(await tally.call('test/worker@1#work', [1]), 2_000_001, 'without it, it is replaced');
  },

  'an older build that traps when it is to hand over ends, as by any trap, and the newer one does not take its place': async (context) => {
    const { kernel, plugin } = context;
    const tally = await kernel.spawn(await plugin('tally-unsaving'), { name: 'tally' });
    await refused(async () => tally.replace(await plugin('tally-2'), { state: true }), 'trapped', 'plugin `tally` trapped in `portcullis/state@1#save`');
    equal([tally.alive, kernel.processes.length, kernel.inspect().processes.length], [false, 0, 1]);
  },

  'a build that was refused is not the one that is started again later': async (context) => {
    const { kernel, plugin, clock } = context;
    const tally = await kernel.spawn(await plugin('tally-unsaving'), { name: 'tally', respawn: { delay: 10 } });
    const { sha256 } = tally;
    await refused(async () => tally.replace(await plugin('tally-stateless')), 'no-method', 'lacks `portcullis/state@1#save`');
    equal([tally.sha256, tally.state], [sha256, 'running']);
    await refused(async () => tally.replace(await plugin('tally-2'), { state: true }), 'trapped');
    equal([tally.sha256, tally.state], [sha256, 'respawning']);
    clock.advance(10);
    while (tally.state !== 'running') await nextTurn();
    equal(await tally.call('test/worker@1#work', [1]), 5_000_001);
  },

  'a call that lets the page go on is over before its process hands over': async (context) => {
    const { kernel, plugin } = context;
    if (!kernel.features.yielding) return;
    const tally = await kernel.spawn(await plugin('tally-1'), { name: 'tally', deadline: 20_000 });
    await tally.call('test/worker@1#work', [1]);
    const long = tally.call('test/worker@1#spin', [100_000_000], { yielding: true });
    await tally.replace(await plugin('tally-2'), { state: true });
    equal(await long, 2);
    equal(await tally.call('test/worker@1#work', [1]), 2_000_003);
  },

  'a plugin replaces what it started, with its state if both builds have one': async (context) => {
    const { kernel, plugin } = context;
    const { nest } = await openNest(context);
    await nest.load(await plugin('tally-1'), 'tally', '', 1);
    await nest.bind(0, 'test/worker@1');
    equal(await nest.work(5), 1_000_005);
    await nest.replace(0, await plugin('tally-2'));
    equal(await nest.work(5), 2_000_010, 'bound as before');
    for (const [name, text] of Object.entries({ 'tally-refusing': 'refused the state: no thanks', 'tally-breaking': 'failed when it was given the state', 'tally-stateless': 'lacks', 'greeter-1': 'lacks' })) {
      const error = await thrown(async () => nest.replace(0, await plugin(name)));
      includes(String(error.value), text, 'the older');
      equal(kernel.processes.length, 2);
    }
    equal(await nest.work(1), 2_000_011);
    const error = await thrown(() => nest.replace(0, new Uint8Array(8)));
    includes(String(error.value), 'these bytes are no WebAssembly module');
    equal([await nest.state(0), kernel.processes.length], [1, 2]);
    await nest.kill(0);
    includes(String((await thrown(async () => nest.replace(0, await plugin('tally-1')))).value), 'it has ended, and cannot be replaced');
  },

  'what is replaced in the middle of its own call hands nothing over, and goes on': async (context) => {
    const { kernel, plugin } = context;
    const outcomes = [];
    const bytes = await plugin('tally-2');
    const note = kernel.provide('test/note@1', 'write: func(text: string)', {
      write: () => void outcomes.push(opened.nest.replace(0, bytes).catch((error) => String(error.value))),
    });
    const opened = await openNest(context, { grants: { 'test/note@1': note } });
    await opened.nest.load(await plugin('tally-noting'), 'tally', 'test/note@1', 1);
    const child = kernel.processes.at(-1);
    equal(await child.call('test/worker@1#work', [3]), 1_000_003);
    includes(await outcomes[0], 'cannot hand over its state in the middle of a call', 'the older build goes on');
    equal(await child.call('test/worker@1#spin', [1]), 4);
  },
};

/** Lets everything run that waits. */
function nextTurn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
