// The record of what happened says who did what, where, and with which budget.

import { equal, includes, ok, refused } from './assert.mjs';
import { countersOf, failOf, spawnServer } from './processes.mjs';

/** The last events, as far as these fields go. */
const last = (kernel, count, ...fields) => kernel.events.slice(-count).map((event) => fields.map((field) => event[field]));

/** What is told of events while an action runs. */
async function told(kernel, action) {
  const events = [];
  const off = kernel.on('event', (event) => events.push(event));
  await action();
  // Listeners hear of an event in a microtask of its own.
  await new Promise((resolve) => setTimeout(resolve));
  off();
  return events;
}

export default {
  'the life of a process is recorded, and told to listeners': async (context) => {
    const { kernel, clock, plugin } = context;
    equal(kernel.events, []);
    let process;
    const events = await told(kernel, async () => {
      process = await spawnServer(context, { name: 'server' });
      clock.advance(250);
      await refused(() => failOf(process).panic('oh no'), 'trapped');
    });
    equal(events, kernel.events);
    const [spawned, trapped] = events;
    const { sha256 } = await kernel.compile(await plugin('parity-server'));
    const who = { id: process.id, name: 'server', sha256 };
    equal([spawned.number, spawned.time, spawned.what, spawned.process], [1, 1_000_000, 'spawned', who]);
    equal([trapped.number, trapped.time, trapped.what, trapped.process], [2, 1_000_250, 'trapped', who]);
    equal([trapped.function, trapped.import, trapped.budget, trapped.count], ['test/fail@1#panic', undefined, undefined, 1]);
    includes(trapped.message, 'plugin `server` trapped in `test/fail@1#panic`');
    includes(trapped.lastWords, 'oh no');
    ok(Object.isFrozen(trapped) && Object.isFrozen(trapped.process), 'events cannot be changed');
    process = await spawnServer(context);
    process.kill('enough');
    equal(last(kernel, 2, 'what', 'message'), [
      ['spawned', 'plugin parity-server runs'],
      ['killed', 'plugin `parity-server` was stopped: enough'],
    ]);
  },

  'who used up its memory is recorded with how much there was': async (context) => {
    const { kernel } = context;
    const server = await spawnServer(context, { memory: { maximum: 3 << 20 } });
    await refused(() => failOf(server).exhaust(), 'trapped');
    const event = kernel.events.at(-1);
    equal([event.what, event.budget.what, event.budget.given], ['exhausted', 'memory', 3 << 20]);
    ok(event.budget.used > 2 << 20 && event.budget.used <= 3 << 20, `${event.budget.used} bytes`);
    equal(server.reason.budget, event.budget);
  },

  'an end at an import is recorded with the import': async (context) => {
    const { kernel, plugin, PortcullisError } = context;
    const host = kernel.provide('test/host@1', 'mix: func(a: s32, b: s64, c: f64) -> s32', {
      mix() {
        throw new PortcullisError('host', 'not today');
      },
    });
    const caller = await kernel.spawn(await plugin('bare-caller'), { name: 'caller', imports: { 'test/host@1': host } });
    await refused(() => caller.call('run'), 'trapped');
    equal(context.failures().length, 1);
    equal(last(kernel, 2, 'what', 'function', 'import'), [
      ['host-failure', undefined, 'test/host@1#mix'],
      ['failed', 'run', 'test/host@1#mix'],
    ]);
    equal(kernel.events.at(-2).process, kernel.events.at(-1).process);
    includes(kernel.events.at(-2).message, 'test/host@1#mix failed when plugin caller called it: not today');

    let second;
    const killer = kernel.provide('test/host@1', 'mix: func(a: s32, b: s64, c: f64) -> s32', {
      mix() {
        second.kill('in the middle');
        return 1;
      },
    });
    second = await kernel.spawn(await plugin('bare-caller'), { name: 'second', imports: { 'test/host@1': killer } });
    await refused(() => second.call('run'), 'trapped');
    equal(last(kernel, 1, 'what', 'import'), [['killed', 'test/host@1#mix']]);
    equal((await second.exited).import, 'test/host@1#mix');
  },

  'what is not let in is recorded with why': async (context) => {
    const { kernel, plugin } = context;
    await refused(() => kernel.spawn(new TextEncoder().encode('<html>'), { name: 'page' }), 'not-wasm');
    await refused(async () => kernel.spawn(await plugin('visitor'), { name: 'visitor' }), 'missing-grant');
    await refused(async () => kernel.spawn(await plugin('start-traps'), { name: 'hasty' }), 'start-trapped');
    equal(last(kernel, 3, 'what', 'code'), [
      ['refused', 'not-wasm'],
      ['refused', 'missing-grant'],
      ['refused', 'start-trapped'],
    ]);
    equal(kernel.events.slice(-2).map(({ process }) => process.name), ['visitor', 'hasty']);
    for (const { process } of kernel.events) equal([process.id, process.sha256.length], [undefined, 64]);
  },

  'to go over a quota is recorded once, with how often': async (context) => {
    const { kernel, plugin, clock } = context;
    const process = await kernel.spawn(await plugin('minter'), { name: 'minter', handles: 10, objects: 5 });
    const minter = process.interface('test/minter@1');
    const events = await told(kernel, async () => {
      for (let round = 0; round < 20; round += 1) await minter.mint(100);
    });
    equal(events.length, 1, 'events told');
    const event = kernel.events.at(-1);
    equal([event.number, event.what, event.import, event.count], [2, 'quota', 'handle_create', 20]);
    equal(event.budget, { what: 'objects', given: 5, used: 5 });
    equal(event.process.name, 'minter');
    includes(event.message, 'plugin minter wanted more than its 5 objects, and was refused');
    await minter.derive(100);
    equal(last(kernel, 1, 'import', 'count'), [['cap_derive', 1]]);
    clock.advance(1_000);
    await minter.mint(100);
    equal(last(kernel, 1, 'number', 'import', 'count'), [[4, 'handle_create', 1]]);
  },

  'a quota of handles is recorded for whoever could not be given one': async (context) => {
    const { kernel } = context;
    const server = await spawnServer(context, { name: 'full', handles: 1 });
    const counters = countersOf(server);
    const one = await counters.create(1);
    const two = await counters.create(2);
    await counters.keep(one);
    await refused(() => counters.keep(two), 'quota');
    equal(last(kernel, 1, 'what', 'import', 'count'), [['quota', undefined, 1]]);
    equal([kernel.events.at(-1).process.name, kernel.events.at(-1).budget], ['full', { what: 'handles', given: 1, used: 1 }]);
    two.release();
  },

  'what a plugin was refused before its end comes before its end, with its name': async (context) => {
    const { kernel } = context;
    const server = await spawnServer(context, { name: 'greedy', objects: 1 });
    const counters = countersOf(server);
    const one = await counters.create(1);
    await refused(() => counters.create(2), 'trapped');
    equal(
      kernel.events.slice(-2).map(({ what, process, import: at }) => [what, process.name, at]),
      [
        ['quota', 'greedy', 'handle_create'],
        ['trapped', 'greedy', undefined],
      ],
    );
    one.release();
  },

  'a function of the application that fails again and again is counted': async (context) => {
    const { kernel, plugin, failures } = context;
    const host = kernel.provide('test/greeter@1', 'version: func() -> u32\ngreet: func(times: u8) -> u32', {
      version: () => 1,
      greet() {
        throw new Error('a\u001b[31mb');
      },
    });
    const visitor = await kernel.spawn(await plugin('visitor'), { name: 'vis\u202eitor', imports: { 'test/greeter@1': host } });
    for (let round = 0; round < 5; round += 1) await visitor.call('test/visitor@1#ask', [3]);
    equal(failures().length, 5);
    equal(last(kernel, 1, 'what', 'import', 'count'), [['host-failure', 'test/greeter@1#greet', 5]]);
    includes(kernel.events.at(-1).message, 'plugin vis·itor called it: a·[31mb');
    equal(kernel.events.at(-1).process.name, 'vis·itor');
  },

  'what listeners throw, and when they are taken off, is their own affair': async (context) => {
    const { kernel } = context;
    let heard = 0;
    const off = kernel.on('event', () => (heard += 1));
    (await spawnServer(context)).kill();
    off();
    (await spawnServer(context)).kill();
    await new Promise((resolve) => setTimeout(resolve));
    equal(heard, 2);
    await refused(() => kernel.on('toString', () => {}), 'bad-argument', 'there is no event toString; there are exit, event');
  },

  'the last 256 events are kept': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('greeter-1'));
    for (let round = 0; round < 150; round += 1) (await kernel.spawn(compiled)).kill();
    equal([kernel.events.length, kernel.events[0].number, kernel.events.at(-1).number], [256, 45, 300]);
    const before = kernel.events;
    (await kernel.spawn(compiled)).kill();
    equal(before.at(-1).number, 300, 'a list that was given does not change');
  },
};
