// Interfaces that the application serves: what its functions get and give, and whose its objects are.

import { Counter, spawnServedClient } from './application.mjs';
import { equal, ok, refused, thrown } from './assert.mjs';
import { countersOf, echoOf, inspected, relayOf, spawnServer } from './processes.mjs';

/** The process of caller.wat, which imports `act` from an object of the application. */
async function spawnCaller({ kernel, plugin }, methods) {
  const host = kernel.provide('test/host@1', 'act: func()', methods);
  return kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host } });
}

/** A server with a counter of 40, and the process of shower.wat, which shows it to functions of the application. */
async function openShower(context, { look = () => 0, take = () => {} }) {
  const { kernel, plugin } = context;
  const server = await spawnServer(context);
  const signatures = `
    look: func(counter: borrow<test/counter@1.counter>) -> u32
    take: func(counter: own<test/counter@1.counter>)`;
  const viewer = kernel.provide('test/viewer@1', signatures, { look, take });
  const process = await kernel.spawn(await plugin('shower'), { name: 'shower', imports: { 'test/viewer@1': viewer } });
  const counters = countersOf(server);
  return { server, counters, process, counter: await counters.create(40), shower: process.interface('test/shower@1') };
}

const cases = {};

for (const check of ['scalars', 'texts', 'lists', 'results', 'tuples', 'handles', 'rights']) {
  cases[`parity-client finds the application right: ${check}`] = async (context) => {
    const client = await spawnServedClient(context);
    equal(await client.call(`test/check@1#${check}`), undefined, check);
  };
}

Object.assign(cases, {
  'a function of the application is called on the object that serves': async (context) => {
    class Service {
      #count = 0;

      act() {
        this.#count += 1;
      }

      get count() {
        return this.#count;
      }
    }
    const service = new Service();
    const caller = await spawnCaller(context, service);
    for (let call = 1; call <= 3; call++) {
      equal(await caller.call('test/caller@1#call'), 0);
      equal(service.count, call);
    }
  },

  'a function may have its name as the signature writes it': async (context) => {
    const echoed = [];
    const client = await spawnServedClient(context, { echo: { echoU8: undefined, 'echo-u8': (value) => echoed.push(value) } });
    equal(await echoOf(client).echoU8(9), 1, 'what push gives');
    equal(echoed, [9]);
  },

  'lists arrive as arrays of the application’s own': async (context) => {
    const seen = [];
    const take = (value) => {
      seen.push(value);
      return value;
    };
    const client = await spawnServedClient(context, { echo: { listU8: take, listF64: take, listBool: take, listChar: take } });
    const echo = echoOf(client);
    const bytes = Uint8Array.of(1, 2, 3);
    const back = await echo.listU8(bytes);
    await echo.listU8(Uint8Array.of(4, 5, 6));
    await echo.listF64(Float64Array.of(-0, NaN));
    await echo.listBool([true, false]);
    await echo.listChar(['a', '🦀']);
    equal(seen, [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6), Float64Array.of(-0, NaN), [true, false], ['a', '🦀']]);
    ok(seen[0] !== bytes && seen[0].buffer !== back.buffer, 'the arrays are three');
    ok(seen[0].buffer.byteLength === 3, 'an array has a buffer of its own');
  },

  'handles of the application’s objects come back as the very objects': async (context) => {
    const { kernel } = context;
    const client = await spawnServedClient(context);
    const relay = relayOf(client);
    const made = await relay.create(5);
    ok(made instanceof Counter, 'what its function made');
    equal(await relay.increment(made, 2), 7);
    equal(made.value, 7, 'the object itself was changed');
    const other = new Counter(1);
    ok((await relay.pass(other)) === other, 'moved there and back');
    ok((await relay.passIfAny(other)) === other, 'in an option');
    equal(await relay.passIfAny(undefined), undefined);
    await relay.hoard(other);
    await relay.hoard(other);
    await relay.hoard(made);
    equal(await relay.sum(), 9);
    equal(inspected(kernel, client).capabilities.map(({ class: name, minter }) => [name, minter]), Array(3).fill(['test/counter@1.counter', 1]));
    await relay.abandon();
    equal(kernel.inspect().objects, 0, 'objects alive in the kernel');
    ok((await relay.pass(other)) === other, 'it can be passed again');
  },

  'what a plugin holds of the application ends with the plugin': async (context) => {
    const { kernel } = context;
    const client = await spawnServedClient(context);
    for (let value = 0; value < 100; value++) await relayOf(client).hoard(new Counter(value));
    equal(kernel.inspect().objects, 100);
    client.kill();
    equal(kernel.inspect().objects, 0);
    equal(kernel.inspect().processes[0].capabilities, []);
  },

  'an object that a plugin has no room for is not left in the kernel': async (context) => {
    const { kernel } = context;
    const client = await spawnServedClient(context, {}, { handles: 0 });
    const mine = new Counter(1);
    await refused(() => relayOf(client).hoard(mine), 'quota');
    await refused(() => relayOf(client).increment(mine, 1), 'quota');
    await refused(() => relayOf(client).increment(mine, -1), 'bad-argument');
    equal([kernel.inspect().objects, kernel.inspect().processes[0].capabilities], [0, []]);
  },

  'each of two calls into one plugin, one within the other, has its own lists': async (context) => {
    const inner = [];
    const client = await spawnServedClient(context, {
      echo: {
        listU8(list) {
          if (list.length === 3) inner.push(echoOf(client).listU8(Uint8Array.of(7, 8)), client.call('test/echo@1#list-u8', [new Uint8Array()]));
          return list;
        },
      },
    });
    const into = new Uint8Array(3);
    equal(await client.call('test/echo@1#list-u8', [Uint8Array.of(1, 2, 3)], { into }), Uint8Array.of(1, 2, 3), 'the outer list');
    equal(into, Uint8Array.of(1, 2, 3), 'where it was wanted');
    equal(await Promise.all(inner), [Uint8Array.of(7, 8), new Uint8Array()], 'the inner lists');
  },

  'what is no object is not taken for one of the application’s': async (context) => {
    const relay = relayOf(await spawnServedClient(context));
    for (const value of [1, 'counter', undefined, null, true, 1n, Symbol.iterator]) {
      const error = await thrown(() => relay.increment(value, 1));
      equal(error.code, 'bad-argument', String(error));
    }
  },

  'an object of a plugin that is lent to the application is good for that call': async (context) => {
    let kept;
    const seen = [];
    const { counters, counter, shower } = await openShower(context, {
      look(handle) {
        kept = handle;
        seen.push(handle instanceof context.Handle, handle.class, handle.alive);
        for (const action of [() => handle.retain(), () => handle.derive(['call'])]) {
          try {
            action();
            seen.push('done');
          } catch (error) {
            seen.push(error.code);
          }
        }
        // It was not given, so there is nothing to give back.
        handle.release();
        seen.push(handle.alive);
        return 17;
      },
    });
    equal(await shower.show(counter), 17);
    equal(seen, [true, 'test/counter@1.counter', true, 'borrowed', 'borrowed', true]);
    ok(!kept.alive, 'it ended with the call');
    await refused(() => counters.read(kept), 'bad-handle', 'borrowed for a call that is over');
    equal(await counters.read(counter), 40, 'the handle that was lent');
    counter.release();
  },

  'a function of the application may use what it was lent in calls to plugins': async (context) => {
    const results = [];
    const opened = await openShower(context, {
      look(handle) {
        results.push(opened.counters.increment(handle, 2), opened.counters.same(handle, opened.counter), opened.counters.keep(handle));
        return 0;
      },
    });
    equal(await opened.shower.show(opened.counter), 0);
    const [incremented, same, kept] = results;
    kept.catch(() => {});
    equal([await incremented, await same], [42, true]);
    await refused(() => kept, 'borrowed', 'argument counter of test/counter@1#keep');
    opened.counter.release();
  },

  'an object of a plugin that is moved to the application is the application’s': async (context) => {
    const taken = [];
    const { counters, counter, process, shower } = await openShower(context, { take: (handle) => void taken.push(handle) });
    equal(await shower.give(counter), 0);
    ok(!counter.alive, 'the handle that was moved there');
    equal(inspected(context.kernel, process).capabilities, []);
    const [handle] = taken;
    equal(await counters.read(handle), 40);
    process.kill();
    equal(await counters.increment(handle, 1), 41, 'the application holds it now');
    handle.release();
    equal(await counters.alive(), 0);
  },

  'a function of the application may call the plugin that called it': async (context) => {
    const results = [];
    let left = 5;
    const caller = await spawnCaller(context, {
      act() {
        left -= 1;
        if (left >= 0) results.push(caller.call('test/caller@1#call'));
      },
    });
    equal(await caller.call('test/caller@1#call'), 0);
    equal(await Promise.all(results), Array(5).fill(0));
  },

  'a plugin that allows one call at a time is busy for a second one': async (context) => {
    const { kernel, plugin } = context;
    let second;
    const host = kernel.provide('test/host@1', 'act: func()', {
      act() {
        second = caller.call('test/caller@1#call');
        second.catch(() => {});
      },
    });
    const caller = await kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host }, calls: 1 });
    equal(await caller.call('test/caller@1#call'), 0);
    await refused(() => second, 'busy', 'test/caller@1#call of plugin caller could not be called', 'does not allow re-entry');
    equal(inspected(kernel, caller).active, 0);
  },

  'calls that never end their nesting are refused, and everything goes on': async (context) => {
    const { kernel, plugin } = context;
    const codes = [];
    const host = kernel.provide('test/host@1', 'act: func()', {
      act: () => void caller.call('test/caller@1#call').then(
        () => codes.push('done'),
        (error) => codes.push(error.code),
      ),
    });
    const caller = await kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host }, calls: 20 });
    equal(await caller.call('test/caller@1#call'), 0);
    equal(codes.filter((code) => code === 'busy').length, 1, 'refused calls');
    equal(codes.filter((code) => code === 'done').length, 19, 'calls that were served');
    equal([caller.alive, inspected(kernel, caller).active], [true, 0]);
  },

  'two plugins can have one interface from different objects': async (context) => {
    const seen = [];
    const callers = await Promise.all([
      spawnCaller(context, { act: () => void seen.push('first') }),
      spawnCaller(context, { act: () => void seen.push('second') }),
    ]);
    for (const caller of [...callers, callers[0]]) await caller.call('test/caller@1#call');
    equal(seen, ['first', 'second', 'first']);
  },
});

export default cases;
