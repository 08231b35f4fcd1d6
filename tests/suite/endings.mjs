// How processes end, who is told, and that nobody else is harmed.

import { equal, includes, ok, refused, returnsError } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { echoOf, failOf, inspected, relayOf, spawnBoth, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** Calls of trapper.wat, with the reason that the process ends for. */
const traps = {
  unreachable: [[], 'trapped'],
  divide: [[1, 0], 'trapped'],
  truncate: [[1e300], 'trapped'],
  load: [[65_533], 'trapped'],
  call: [[1], 'trapped'],
  fill: [[65_530, 100], 'trapped'],
  recurse: [[0n], 'overflow'],
  throw: [[], 'trapped'],
};

const cases = {};

for (const [name, [values, code]] of Object.entries(traps)) {
  cases[`a plugin that ends by ${name} is ${code}, and its neighbour is not`] = (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const process = await kernel.spawn(await plugin('trapper'), { name: 'trapper' });
      const error = await refused(() => process.call(name, values), 'trapped', 'plugin `trapper`', `in \`${name}\``);
      equal([error.process, error.function], ['trapper', name]);
      equal(process.alive, false);
      const reason = await process.exited;
      ok(reason === process.reason, 'one reason');
      equal([reason.code, reason.function, reason.lastWords], [code, name, undefined]);
      ok(error.message === reason.message, 'one sentence');
      if (code === 'overflow') includes(reason.message, 'used up the stack');
      await refused(() => process.call('add', [1, 2]), 'dead', 'add cannot be called', 'plugin `trapper`');
    });
}

Object.assign(cases, {
  'what a panic says is in the error, the reason and the event': (context) =>
    besideANeighbour(context, async () => {
      const { kernel } = context;
      const events = [];
      const off = kernel.on('exit', (process, reason) => events.push([process, reason]));
      const server = await spawnServer(context);
      const error = await refused(() => failOf(server).panic('out of cheese'), 'trapped', 'plugin `parity-server` trapped in `test/fail@1#panic`', 'its last words: out of cheese');
      equal([error.process, error.function], ['parity-server', 'test/fail@1#panic']);
      const reason = await server.exited;
      equal([reason.code, reason.function], ['trapped', 'test/fail@1#panic']);
      includes(reason.lastWords, 'out of cheese');
      equal(events.length, 1);
      ok(events[0][0] === server && events[0][1] === reason, 'the event is of that process, with its reason');
      off();
    }),

  'control characters in last words are shown as dots': async (context) => {
    const { kernel, plugin } = context;
    const bytes = new TextEncoder().encode('red \u001b[31m\nalert\u202e ok\0');
    const process = await kernel.spawn(await plugin('last-words'), { name: 'speaker' });
    await refused(() => process.call('test/speaker@1#say', [bytes]), 'trapped', 'its last words: red ·[31m·alert· ok·');
    equal(process.reason.lastWords, 'red ·[31m·alert· ok·');
  },

  'last words that are no UTF-8, or too many, are kept as far as they go': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('last-words'));
    const spawn = () => kernel.spawn(compiled, { name: 'speaker' });
    const damaged = await spawn();
    await refused(() => damaged.call('test/speaker@1#say', [Uint8Array.of(0x61, 0xff, 0xc3, 0x62)]), 'trapped', 'its last words: a\ufffd\ufffdb');
    const long = await spawn();
    await refused(() => long.call('test/speaker@1#say', [new Uint8Array(50_000).fill(0x61)]), 'trapped', 'aaaa');
    equal(long.reason.lastWords, 'a'.repeat(1024));
    for (const [address, length] of [
      [65_530, 100],
      [2 ** 32 - 1, 2 ** 32 - 1],
      [0, 2 ** 32 - 1],
    ]) {
      const outside = await spawn();
      await refused(() => outside.call('test/speaker@1#say-at', [address, length]), 'trapped', 'plugin `speaker` trapped');
    }
    const silent = await spawn();
    await refused(() => silent.call('test/speaker@1#say-at', [2 ** 32 - 16, 16]), 'trapped');
    equal(silent.reason.lastWords, undefined);
  },

  'last words before a call that went well are not those of a later end': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('last-words'), { name: 'speaker' });
    await process.call('test/speaker@1#say-and-live', [new TextEncoder().encode('I am fine')]);
    process.kill();
    const reason = await process.exited;
    equal(reason.code, 'killed');
    ok(!reason.message.includes('fine'), reason.message);
  },

  'a plugin that uses up its stack in Rust ends, and whoever called it is told': (context) =>
    besideANeighbour(context, async () => {
      const { server, client } = await spawnBoth(context);
      await returnsError(() => client.interface('test/fail-relay@1').recurse(2 ** 32 - 1), numberOf(context, 'trapped'));
      equal([server.alive, client.alive], [false, true]);
      await returnsError(() => client.interface('test/fail-relay@1').recurse(1), numberOf(context, 'dead'));
      client.kill();
    }),

  'a plugin that traps in the call of another one ends alone': (context) =>
    besideANeighbour(context, async () => {
      const { server, client } = await spawnBoth(context);
      await returnsError(() => client.interface('test/fail-relay@1').panic('oh'), numberOf(context, 'trapped'));
      equal([server.alive, client.alive], [false, true]);
      equal((await server.exited).code, 'trapped');
      includes(server.reason.lastWords, 'oh');
      await returnsError(() => client.interface('test/fail-relay@1').refuse(0), numberOf(context, 'dead'));
      client.kill();
    }),

  'what a dead plugin had minted or held is gone': (context) =>
    besideANeighbour(context, async () => {
      const { kernel } = context;
      const { server, client } = await spawnBoth(context);
      const relay = relayOf(client);
      for (let value = 0; value < 50; value++) await relay.hoard(await relay.create(value));
      const mine = await relay.create(1);
      equal(inspected(kernel, client).capabilities.length, 50);
      await refused(() => failOf(server).panic('end'), 'trapped');
      ok(!mine.alive, 'the handle of the application');
      equal(inspected(kernel, client).capabilities.map(({ alive }) => alive), Array(50).fill(false));
      await relay.abandon();
      equal(inspected(kernel, client).capabilities, []);
      mine.release();
      client.kill();
    }),

  'an exit is told once to every listener, until it is taken off': async (context) => {
    const { kernel } = context;
    const events = [];
    const off = [1, 2].map((listener) => kernel.on('exit', (process, reason) => events.push([listener, process.name, reason.code])));
    const first = await spawnServer(context, { name: 'first' });
    const second = await spawnServer(context, { name: 'second' });
    equal(kernel.processes, [first, second], 'the processes');
    first.kill();
    first.kill('again');
    await first.exited;
    equal(events, [
      [1, 'first', 'killed'],
      [2, 'first', 'killed'],
    ]);
    equal(kernel.processes, [second]);
    off[0]();
    await refused(() => failOf(second).panic('!'), 'trapped');
    await second.exited;
    equal(events.slice(2), [[2, 'second', 'trapped']]);
    off[1]();
    equal(kernel.processes, []);
    await refused(() => kernel.on('start', () => {}), 'bad-argument', 'there is no event start; there are exit, event');
  },

  'a process is ended from outside with words of one’s own, or by its disposer': (context) =>
    besideANeighbour(context, async () => {
      const first = await spawnServer(context, { name: 'first' });
      first.kill('it was time');
      equal(await first.exited, { code: 'killed', message: 'plugin `first` was stopped: it was time', function: undefined, import: undefined, budget: undefined, lastWords: undefined, group: undefined });
      await refused(() => echoOf(first).echoU8(1), 'dead', 'test/echo@1#echo-u8 cannot be called: plugin `first` was stopped: it was time');
      equal([first.memoryBytes, first.alive], [0, false]);
      const second = await spawnServer(context, { name: 'second' });
      second[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      includes((await second.exited).message, 'plugin `second` was stopped by the web app');
    }),

  'a process that is killed in the middle of a call runs no further': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      let acts = 0;
      const act = () => {
        acts += 1;
        process.kill('in the middle');
      };
      const host = kernel.provide('test/host@1', 'act: func()', { act });
      const process = await kernel.spawn(await plugin('twice'), { name: 'twice', imports: { 'test/host@1': host } });
      await refused(() => process.call('test/caller@1#call'), 'trapped', 'plugin `twice` was stopped: in the middle');
      equal((await process.exited).code, 'killed');
      equal(acts, 1);
    }, 1),

  'nor does a plugin that catches everything': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      let act = () => process.kill('in the middle');
      const host = kernel.provide('test/host@1', 'act: func()', { act: () => act() });
      const compiled = await kernel.compile(await plugin('catcher'));
      let process = await kernel.spawn(compiled, { name: 'catcher', imports: { 'test/host@1': host } });
      await refused(() => process.call('test/catcher@1#call'), 'trapped', 'plugin `catcher` was stopped: in the middle');
      process = await kernel.spawn(compiled, { name: 'catcher', imports: { 'test/host@1': host } });
      act = () => {
        throw new Error('contained');
      };
      equal(await process.call('test/catcher@1#call'), numberOf(context, 'host'), 'nothing flies through it either');
      context.failures();
      process.kill();
    }, 1),

  'an exception that flies out of a plugin is not seen by the one that called it': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const thrower = await kernel.spawn(await plugin('thrower'), { name: 'thrower' });
      const catcher = await kernel.spawn(await plugin('catcher'), { name: 'catcher', imports: { 'test/host@1': thrower } });
      equal(await catcher.call('test/catcher@1#call'), numberOf(context, 'trapped'));
      equal([thrower.alive, catcher.alive], [false, true]);
      includes(thrower.reason.message, 'plugin `thrower` threw an exception in `test/host@1#act`');
      catcher.kill();
    }),

  'when the inner one of two processes is killed in its call, the outer one is told': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      let victim;
      const host = kernel.provide('test/link@1', 'call: func(depth: u32) -> u32', {
        call() {
          victim.kill();
          return 7;
        },
      });
      const compiled = await kernel.compile(await plugin('link'));
      const inner = await kernel.spawn(compiled, { name: 'inner', imports: { 'test/link@1': host } });
      const outer = await kernel.spawn(compiled, { name: 'outer', imports: { 'test/link@1': inner } });
      victim = inner;
      equal(await outer.call('test/link@1#call', [100]), 100 + numberOf(context, 'trapped'));
      equal([inner.alive, outer.alive], [false, true]);
      outer.kill();
    }, 1),

  'when the outer one of two processes is killed in its call, the inner one returns and goes on': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const host = kernel.provide('test/link@1', 'call: func(depth: u32) -> u32', {
        call() {
          outer.kill();
          return 7;
        },
      });
      const compiled = await kernel.compile(await plugin('link'));
      const inner = await kernel.spawn(compiled, { name: 'inner', imports: { 'test/link@1': host } });
      const outer = await kernel.spawn(compiled, { name: 'outer', imports: { 'test/link@1': inner } });
      await refused(() => outer.call('test/link@1#call', [100]), 'trapped', 'plugin `outer` was stopped by the web app');
      equal([inner.alive, outer.alive], [true, false]);
      equal(inspected(kernel, inner).active, 0);
      equal(await inner.call('test/link@1#call', [100]), 7);
      inner.kill();
    }, 1),

  'the kernel may be closed in the middle of a call': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'act: func()', { act: () => kernel.close() });
    const process = await kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host } });
    const other = await spawnServer(context);
    await refused(() => process.call('test/caller@1#call'), 'trapped', 'plugin `caller` was stopped: the kernel was closed');
    equal([process.alive, other.alive], [false, false]);
  },

  'a destructor that traps ends only its own process': (context) =>
    besideANeighbour(context, async () => {
      const { server, client } = await spawnBoth(context);
      equal(await client.interface('test/fail-relay@1').dropBomb(), undefined, 'whoever released it has no part in it');
      equal([server.alive, client.alive], [false, true]);
      const reason = await server.exited;
      equal([reason.code, reason.function], ['trapped', 'test/fail@1#[dtor]bomb']);
      includes(reason.lastWords, 'the bomb went off');
      client.kill();
    }),

  'a destructor that traps when the application lets go ends its process': (context) =>
    besideANeighbour(context, async () => {
      const server = await spawnServer(context);
      const [bomb, other] = [await failOf(server).makeBomb(), await failOf(server).makeBomb()];
      bomb.release();
      ok(!server.alive && !other.alive, 'the server');
      equal((await server.exited).function, 'test/fail@1#[dtor]bomb');
      other.release();
    }),

  'destructors do not run for objects of a process that ended': (context) =>
    besideANeighbour(context, async () => {
      const server = await spawnServer(context);
      const bomb = await failOf(server).makeBomb();
      server.kill();
      bomb.release();
      equal((await server.exited).code, 'killed');
    }),

  'a start function that traps is an error of the spawn, with its last words': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const events = [];
      const off = kernel.on('exit', (process) => events.push(process));
      const error = await refused(async () => kernel.spawn(await plugin('start-traps'), { name: 'eager' }), 'start-trapped', 'plugin `eager` trapped in `start`', 'while it started', 'it said: no licence');
      equal(error.process, 'eager');
      equal([kernel.processes.length, events.length], [1, 0], 'it was never a process');
      off();
    }),

  'a start function that uses up the stack is an error of the spawn': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      await refused(async () => kernel.spawn(await plugin('start-overflows'), { name: 'eager' }), 'start-trapped', 'plugin `eager` used up the stack in `start`');
    }),

  'an initialisation that traps is an error of the spawn': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      await refused(async () => kernel.spawn(await plugin('initialise-traps'), { name: 'eager' }), 'start-trapped', 'plugin `eager` trapped in `start`');
    }),

  'a start function may call what was granted, and runs once, before the initialisation': async (context) => {
    const { kernel, plugin } = context;
    let acts = 0;
    const host = kernel.provide('test/host@1', 'act: func()', { act: () => void acts++ });
    const process = await kernel.spawn(await plugin('start-calls'), { imports: { 'test/host@1': host } });
    equal(acts, 2);
    equal(await process.call('test/started@1#counts'), [1, 1]);
  },

  'a start function whose call fails is told like any other function': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'act: func()', {
      act() {
        throw new Error('not now');
      },
    });
    const error = await kernel.spawn(await plugin('start-calls'), { name: 'eager', imports: { 'test/host@1': host } }).catch((thrown) => thrown);
    ok(error.code === undefined || error.code === 'start-trapped', `what came of it: ${error}`);
    context.failures();
  },
});

export default cases;
