// What becomes of a plugin that ended badly: it stays dead, is started again, or is not let in any more.

import { equal, includes, ok, refused, returnsError } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, echoOf, failOf, relayOf, spawnClient, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** Resolves at the next event of a kind. */
function next(kernel, ...kinds) {
  return new Promise((resolve) => {
    const off = kernel.on('event', (event) => {
      if (!kinds.includes(event.what)) return;
      off();
      resolve(event);
    });
  });
}

/** Lets it end badly. */
async function fail(server) {
  await refused(() => failOf(server).panic('on purpose'), 'trapped');
}

/** Lets time pass until something is started again, and waits until it is, or is not. */
async function comeBack({ kernel, clock }, ...kinds) {
  const event = next(kernel, ...(kinds.length > 0 ? kinds : ['respawned']));
  clock.advance(clock.due[0]);
  return event;
}

export default {
  'if nothing is said, a plugin that ended stays dead': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, clock } = context;
      const server = await spawnServer(context);
      equal([server.state, server.returnsIn], ['running', undefined]);
      await fail(server);
      equal([server.state, server.alive, server.returnsIn, clock.due], ['ended', false, undefined, []]);
      equal((await server.exited).code, 'trapped');
      equal(kernel.events.at(-1).respawnIn, undefined);
    }),

  'a plugin that is started again is the same process for the application and for other plugins': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, clock } = context;
      const server = await spawnServer(context, { respawn: true });
      const client = await spawnClient(context, server);
      const relay = relayOf(client);
      const counters = countersOf(server);
      const older = await counters.create(5);
      equal(await relay.increment(older, 1), 6);
      const { id, sha256 } = server;
      const before = kernel.inspect().slots;

      await fail(server);
      equal([server.state, server.alive, server.reason.code, server.returnsIn], ['respawning', false, 'trapped', 100]);
      equal(kernel.processes.includes(server), true);
      ok(!older.alive, 'what it had minted is revoked');
      // Others are told that it is dead, for now; and so is the application.
      await returnsError(() => relay.create(1), numberOf(context, 'dead'));
      clock.advance(40);
      await refused(() => echoOf(server).echoU8(1), 'dead', 'test/echo@1#echo-u8 cannot be called: plugin `parity-server` trapped', 'it is started again in 60 ms');

      equal((await comeBack(context)).process, { id: server.id, name: 'parity-server', sha256 });
      equal([server.state, server.alive, server.reason, server.returnsIn], ['running', true, undefined, undefined]);
      ok(server.id !== id, 'it is another process for the kernel');
      equal(kernel.inspect().slots, before, 'slots');
      equal(await echoOf(server).echoU8(1), 1);
      ok(!older.alive, 'still');
      older.release();
      // The client was bound before, and was not bound again.
      const newer = await relay.create(7);
      equal([await relay.increment(newer, 1), await counters.alive()], [8, 1]);
      newer.release();
      client.kill();
      server.kill();
      equal((await server.exited).code, 'killed');
      equal(clock.due, []);
    }),

  'methods that are dispatched on objects go to whoever was started again, for its objects': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context, { respawn: true });
    const dispatcher = await kernel.spawn(await plugin('dispatcher'), { imports: { 'test/counter@1': 'object' } });
    const older = await countersOf(server).create(1);
    await fail(server);
    await comeBack(context);
    const newer = await countersOf(server).create(2);
    equal(await dispatcher.call('test/dispatcher@1#increment', [newer, 3]), 5);
    await refused(() => dispatcher.call('test/dispatcher@1#read', [older]), 'revoked');
    for (const handle of [older, newer]) handle.release();
  },

  'a plugin can be bound to one that waits to be started again': async (context) => {
    const server = await spawnServer(context, { respawn: true });
    await fail(server);
    const client = await spawnClient(context, server);
    await returnsError(() => relayOf(client).create(1), numberOf(context, 'dead'));
    await comeBack(context);
    (await relayOf(client).create(1)).release();
  },

  'each wait is longer, up to the longest, and the last bad end is the last': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, clock } = context;
      const server = await spawnServer(context, { respawn: { delay: 10, factor: 3, longest: 50, failures: 5, within: 1_000 } });
      const client = await spawnClient(context, server);
      const waits = [];
      while (server.alive) {
        await fail(server);
        equal(kernel.events.at(server.state === 'ended' ? -2 : -1).respawnIn, clock.due[0]);
        waits.push(...clock.due);
        if (clock.due.length > 0) await comeBack(context);
      }
      equal(waits, [10, 30, 50, 50]);
      const last = kernel.events.at(-1);
      equal([last.what, last.process.name], ['given-up', 'parity-server']);
      includes(last.message, 'plugin parity-server is not started again: plugin `parity-server` trapped');
      equal([server.state, (await server.exited).code], ['ended', 'trapped']);
      equal(kernel.processes.includes(server), false);
      await returnsError(() => relayOf(client).create(1), numberOf(context, 'dead'));
      client.kill();
    }),

  'bad ends of long ago do not count': async (context) => {
    const { clock } = context;
    const server = await spawnServer(context, { respawn: { delay: 10, factor: 2, failures: 3, within: 1_000 } });
    for (let round = 0; round < 5; round += 1) {
      await fail(server);
      equal(clock.due, [10]);
      await comeBack(context);
      await fail(server);
      equal(clock.due, [20]);
      await comeBack(context);
      clock.advance(1_000);
    }
    equal(server.alive, true);
  },

  'calls of the application wait if that was declared, and are refused when there is nothing to wait for': async (context) => {
    const { kernel, clock } = context;
    const server = await spawnServer(context, { respawn: { failures: 2, calls: 'wait' } });
    await fail(server);
    let answers = 0;
    const calls = [1, 2, 3].map((value) => echoOf(server).echoU8(value).finally(() => (answers += 1)));
    clock.advance(99);
    await new Promise((resolve) => setTimeout(resolve));
    equal(answers, 0);
    await comeBack(context);
    equal(await Promise.all(calls), [1, 2, 3]);
    await fail(server);
    equal(server.state, 'ended');
    await refused(() => echoOf(server).echoU8(1), 'dead');

    const other = await spawnServer(context, { respawn: { calls: 'wait' } });
    await fail(other);
    const waiting = refused(() => echoOf(other).echoU8(1), 'dead', 'plugin parity-server was stopped: it is not needed any more');
    other.kill('it is not needed any more');
    await waiting;
    equal([other.state, (await other.exited).code, clock.due], ['ended', 'killed', []]);
    equal(kernel.events.at(-1).what, 'killed');
  },

  'to be killed or replaced is no bad end': async (context) => {
    const { clock, plugin } = context;
    const server = await spawnServer(context, { respawn: { failures: 1 }, quarantine: { failures: 1 } });
    await server.replace(await plugin('parity-server'));
    equal([server.state, await echoOf(server).echoU8(1)], ['running', 1]);
    server.kill();
    equal([server.state, clock.due, context.kernel.quarantine.list], ['ended', [], []]);
  },

  'what is replaced is started again as the newer build': async (context) => {
    const { kernel, plugin } = context;
    const greeter = await kernel.spawn(await plugin('greeter-1'), { name: 'greeter', respawn: true });
    const visitor = await kernel.spawn(await plugin('visitor'), { imports: { 'test/greeter@1': greeter }, respawn: true });
    const ask = () => visitor.call('test/visitor@1#ask', [3]);
    equal(await ask(), [1, 30]);
    const older = greeter.sha256;
    await greeter.replace(await plugin('greeter-2'));
    ok(greeter.sha256 !== older && greeter.sha256.length === 64, greeter.sha256);
    equal(await ask(), [2, 60]);
    equal(kernel.events.at(-1).what, 'replaced');
  },

  'a plugin that waits to be started again can be replaced at once': (context) =>
    besideANeighbour(context, async () => {
      const { plugin, clock } = context;
      const server = await spawnServer(context, { respawn: true });
      const client = await spawnClient(context, server);
      await fail(server);
      await server.replace(await plugin('parity-server'));
      equal([server.state, clock.due], ['running', []]);
      (await relayOf(client).create(1)).release();
      client.kill();
      server.kill();
    }),

  'a newer build stays, whatever was being started again meanwhile': async (context) => {
    const { kernel, plugin, clock } = context;
    const greeter = await kernel.spawn(await plugin('greeter-exiting'), { name: 'greeter', respawn: true });
    const newer = await kernel.compile(await plugin('greeter-2'));
    await refused(() => greeter.call('trap'), 'trapped');
    const replacing = greeter.replace(newer);
    // It is on its way before the other one; which of them is there first is up to the engine.
    for (let step = 0; step < 10; step += 1) await undefined;
    clock.advance(100);
    await replacing;
    while (kernel.usage().processes.used > 1) await new Promise((resolve) => setTimeout(resolve));
    equal([greeter.state, await greeter.call('test/greeter@1#version')], ['running', 2]);
  },

  'a plugin that cannot be started again is tried again later, and given up in the end': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, clock } = context;
      const provider = await spawnServer(context, { name: 'provider' });
      const wary = await spawnServer(context, { name: 'wary', imports: { 'test/echo@1': provider }, respawn: { delay: 10, failures: 3 } });
      await fail(wary);
      provider.kill();
      const first = await comeBack(context, 'refused');
      equal([first.code, first.process.name, wary.state, clock.due], ['dead', 'wary', 'respawning', [20]]);
      await comeBack(context, 'given-up');
      equal([wary.state, (await wary.exited).code, clock.due], ['ended', 'failed', []]);
      includes(wary.reason.message, 'the process granted as provider of `test/echo@1` is dead');
      equal(kernel.processes.includes(wary), false);
    }),

  'what is ended or closed while it is being started again stays ended': async (context) => {
    const { kernel, Kernel, clock } = context;
    const server = await spawnServer(context, { respawn: true });
    await fail(server);
    clock.advance(100);
    equal(server.state, 'respawning');
    server.kill();
    equal(server.state, 'ended');
    const other = await spawnServer(context, { name: 'other', respawn: true });
    equal(kernel.inspect().processes.map(({ name }) => name).sort(), ['host', 'other']);
    await fail(other);
    clock.advance(100);
    kernel.close();
    equal([other.state, (await other.exited).code, clock.due], ['ended', 'killed', []]);
    const again = await Kernel.start();
    try {
      equal(again.inspect().processes.map(({ name }) => name), ['host']);
    } finally {
      again.close();
    }
  },

  'what comes too often and comes back leaves nothing behind': (context) =>
    besideANeighbour(context, async () => {
      const server = await spawnServer(context, { respawn: { failures: 1_000, longest: 1 } });
      const client = await spawnClient(context, server);
      const counts = ({ objects, slots, transfers, processes }) => ({ objects, slots, transfers, processes: processes.length });
      const before = counts(context.kernel.inspect());
      for (let round = 0; round < 50; round += 1) {
        (await countersOf(server).create(1)).release();
        await fail(server);
        await comeBack(context);
      }
      equal(counts(context.kernel.inspect()), before);
      (await relayOf(client).create(1)).release();
      for (const process of [client, server]) process.kill();
    }),

  'bytes whose processes end badly too often are not let in, until that is lifted': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const compiled = await kernel.compile(await plugin('greeter-1'));
      const trouble = await kernel.compile(await plugin('trapper'));
      const options = { name: 'trouble', quarantine: { failures: 3, within: 1_000 } };
      for (let round = 0; round < 3; round += 1) {
        equal(kernel.quarantine.list, [], `after ${round}`);
        const process = await kernel.spawn(trouble, options);
        await refused(() => process.call('unreachable'), 'trapped');
        equal(process.state, 'ended');
      }
      const { sha256 } = trouble;
      equal(kernel.quarantine.list.map((entry) => [entry.sha256, entry.name, entry.since]), [[sha256, 'trouble', context.clock.now()]]);
      includes(kernel.quarantine.get(sha256).reason, 'plugin `trouble` trapped in `unreachable`');
      equal(kernel.events.slice(-2).map(({ what }) => what), ['trapped', 'quarantined']);
      const says = ['is in quarantine since 1970-01-01T00:16:40.000Z: plugin `trouble` trapped', `\`quarantine.lift('${sha256}')\``];
      await refused(() => kernel.spawn(trouble), 'quarantined', 'plugin trouble ', ...says);
      await refused(async () => kernel.compile(await plugin('trapper')), 'quarantined', ...says);
      equal([kernel.events.at(-1).what, kernel.events.at(-1).code], ['refused', 'quarantined']);
      (await kernel.spawn(compiled)).kill();
      equal([kernel.quarantine.lift(sha256.toUpperCase()), kernel.quarantine.lift(sha256)], [true, false]);
      equal(kernel.events.at(-1).what, 'lifted');
      // It begins anew.
      const process = await kernel.spawn(trouble, options);
      await refused(() => process.call('unreachable'), 'trapped');
      equal(kernel.quarantine.list, []);
    }),

  'bad ends of long ago do not bring a plugin into quarantine, and neither do those of others': async (context) => {
    const { kernel, plugin, clock } = context;
    const options = { quarantine: { failures: 2, within: 100 } };
    const trouble = await kernel.compile(await plugin('trapper'));
    const end = async (spawned) => refused(() => spawned.call('unreachable'), 'trapped');
    await end(await kernel.spawn(trouble, options));
    clock.advance(100);
    await end(await kernel.spawn(trouble, options));
    await end(await kernel.spawn(trouble));
    await fail(await spawnServer(context, options));
    equal(kernel.quarantine.list, []);
    await end(await kernel.spawn(trouble, options));
    equal(kernel.quarantine.list.length, 1);
  },

  'a plugin in quarantine is not started again; processes of it that run go on': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, clock, plugin } = context;
      const server = await spawnServer(context, { respawn: true, quarantine: { failures: 2 } });
      await fail(server);
      await comeBack(context);
      await fail(server);
      equal([server.state, clock.due], ['ended', []]);
      equal(kernel.events.slice(-3).map(({ what, respawnIn }) => [what, respawnIn]), [['trapped', undefined], ['quarantined', undefined], ['given-up', undefined]]);
      await refused(() => spawnServer(context), 'quarantined');
      // The neighbour is a process of the same plugin; it does not come to harm.
      kernel.quarantine.lift(server.sha256);

      const waiting = await kernel.spawn(await plugin('trapper'), { respawn: true });
      await refused(() => waiting.call('unreachable'), 'trapped');
      kernel.quarantine.add(waiting.sha256, { name: 'waiting' });
      await comeBack(context, 'given-up');
      equal([waiting.state, clock.due], ['ended', []]);
      kernel.quarantine.lift(waiting.sha256);
    }),

  'the quarantine is carried over a page load as JSON': async (context) => {
    const { kernel, plugin, freshCopy, kernelUrl } = context;
    const bytes = await plugin('trapper');
    const { sha256 } = await kernel.compile(bytes);
    kernel.quarantine.add(sha256, { name: 'bad\u202eone', reason: 'seen\nbefore' });
    const text = JSON.stringify(kernel.quarantine);
    equal(JSON.parse(text), [{ sha256, name: 'bad·one', since: context.clock.now(), reason: 'seen·before' }]);
    const copy = await freshCopy();
    const other = await copy.Kernel.start({ wasm: kernelUrl });
    try {
      other.quarantine.load(JSON.parse(text));
      equal(JSON.stringify(other.quarantine), text);
      await refused(() => other.spawn(bytes), 'quarantined', 'seen·before');
      const entry = JSON.parse(text)[0];
      for (const wrong of [undefined, {}, 'text', [undefined], [{ ...entry, sha256: 'abc' }], [{ ...entry, name: 5 }], [entry, { ...entry, since: 'now' }]]) {
        await refused(() => other.quarantine.load(wrong), 'bad-argument');
      }
      equal(JSON.stringify(other.quarantine), text);
      other.quarantine.load([]);
      (await other.spawn(bytes)).kill();
    } finally {
      other.close();
    }
    await refused(() => kernel.quarantine.add('abc'), 'bad-argument', 'a SHA-256 has 64 hexadecimal digits, got abc');
  },

  'settings that make no sense are refused by their names, and nothing is started': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('trapper'));
    for (const [key, value] of [['delay', -1], ['delay', true], ['factor', 0.5], ['failures', 0], ['failures', 1.5], ['within', 0], ['longest', '5'], ['calls', 'ask'], ['often', 3]]) {
      await refused(() => kernel.spawn(compiled, { respawn: { [key]: value } }), 'bad-argument', `\`respawn.${key}\` cannot be ${value}`);
    }
    await refused(() => kernel.spawn(compiled, { quarantine: { delay: 5 } }), 'bad-argument', '`quarantine.delay` cannot be 5');
    equal(kernel.inspect().processes.length, 1);
    const endless = await kernel.spawn(compiled, { respawn: { delay: Infinity, longest: Infinity } });
    await refused(() => endless.call('unreachable'), 'trapped');
    equal(context.clock.due, [2 ** 31 - 1]);
  },
};
