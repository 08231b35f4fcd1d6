// Handles that the application holds: what they are good for, when they end, and what happens when they are misused.

import { equal, ok, refused, returnsError } from './assert.mjs';
import { countersOf, failOf, inspected, relayOf, spawnBoth, spawnServer } from './processes.mjs';

const gone = ['this handle of class test/counter@1.counter was released, moved, or borrowed for a call that is over'];

/** A server's counters, and a handle of one. */
async function open(context, start = 40) {
  const server = await spawnServer(context);
  const counters = countersOf(server);
  return { server, counters, counter: await counters.create(start) };
}

/** The process of handle-taker.wat; the host's `ping` is what is given. */
async function spawnTaker({ kernel, plugin }, ping = () => {}, options = {}) {
  const host = kernel.provide('test/host@1', 'ping: func()', { ping });
  return kernel.spawn(await plugin('handle-taker'), { name: 'taker', imports: { 'test/host@1': host }, ...options });
}

export default {
  'a handle knows its class, and is used as often as one likes': async (context) => {
    const { counters, counter } = await open(context);
    ok(counter instanceof context.Handle, 'what create gives is a handle');
    equal([counter.class, counter.alive], ['test/counter@1.counter', true]);
    for (let value = 41; value <= 50; value++) equal(await counters.increment(counter, 1), value);
    equal(await counters.read(counter), 50);
    counter.release();
  },

  'handles come out of options, results and tuples': async (context) => {
    const { counters, counter } = await open(context);
    equal(await counters.maybeCreate(false, 1), undefined, 'an option with nothing in it');
    const some = await counters.maybeCreate(true, 1);
    const tried = await counters.tryCreate(2);
    const both = await counters.createTwo(3, 4);
    equal(both.length, 2);
    const values = [];
    for (const handle of [some, tried, ...both]) values.push(await counters.read(handle));
    equal(values, [1, 2, 3, 4]);
    await returnsError(() => counters.tryCreate(1_001), 'too large');
    equal(await counters.alive(), 5);
    for (const handle of [counter, some, tried, ...both]) handle.release();
    equal(await counters.alive(), 0);
  },

  'an option takes a handle, or nothing': async (context) => {
    const { counters, counter } = await open(context);
    equal(await counters.finishIfAny(undefined), 0);
    equal(await counters.finishIfAny(null), 0);
    equal(await counters.finishIfAny(counter), 40);
    ok(!counter.alive, 'the handle was moved');
  },

  'two handles on one object are the same object, handles on two are not': async (context) => {
    const { counters, counter } = await open(context);
    const again = counter.retain();
    const derived = counter.derive(['call']);
    const copy = await counters.clone(counter);
    equal(await counters.same(counter, counter), true, 'one handle twice');
    equal(await counters.same(counter, again), true, 'retained');
    equal(await counters.same(derived, counter), true, 'derived');
    equal(await counters.same(counter, copy), false, 'a copy');
    for (const handle of [counter, again, derived, copy]) handle.release();
  },

  'an object lives as long as somebody holds it': async (context) => {
    const { counters, counter } = await open(context);
    const again = counter.retain();
    counter.release();
    equal([counter.alive, again.alive], [false, true]);
    equal(await counters.alive(), 1);
    again.release();
    equal(await counters.alive(), 0);
  },

  'after its release a handle is refused, and to release it again does nothing': async (context) => {
    const { counters, counter } = await open(context);
    const other = await counters.create(7);
    counter.release();
    counter.release();
    await refused(() => counters.read(counter), 'bad-handle', ...gone);
    await refused(() => counters.finish(counter), 'bad-handle', ...gone);
    await refused(() => counter.retain(), 'bad-handle', ...gone);
    await refused(() => counter.derive(['call']), 'bad-handle', ...gone);
    await refused(() => counter.revoke(), 'bad-handle', ...gone);
    equal(await counters.read(other), 7, 'another handle');
    other.release();
  },

  'what has the place of a released handle is never taken for it': async (context) => {
    const { kernel } = context;
    const { counters, counter } = await open(context);
    const [{ cap }] = kernel.inspect().processes[0].capabilities;
    counter.release();
    for (let round = 0; round < 2_000; round++) {
      const next = await counters.create(round);
      equal(kernel.inspect().processes[0].capabilities[0].cap, cap, 'the place');
      if (round % 500 === 0) await refused(() => counters.read(counter), 'bad-handle', ...gone);
      equal(await counters.read(next), round);
      next.release();
    }
  },

  'a handle that was moved is the callee’s, and the caller’s is gone': async (context) => {
    const { counters, counter } = await open(context);
    await counters.keep(counter);
    ok(!counter.alive, 'the handle was moved');
    await refused(() => counters.read(counter), 'bad-handle', ...gone);
    equal(await counters.kept(), 1);
    const back = await counters.giveBack();
    equal(await counters.read(back), 40, 'the same counter in another handle');
    back.release();
  },

  'a handle is given back by its disposer': async (context) => {
    const { counters, counter } = await open(context);
    // Where the engine has no name for it, bundlers use this one.
    counter[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    ok(!counter.alive, 'the handle was released');
    equal(await counters.alive(), 0);
  },

  'an object that its server ended is dead for whoever holds it': async (context) => {
    const { counters, counter } = await open(context);
    const again = counter.retain();
    equal(await counters.finish(counter), 40);
    ok(!again.alive, 'the second handle');
    await refused(() => counters.read(again), 'revoked', 'argument self of test/counter@1#read');
    again.release();
  },

  'a handle passes through another plugin and comes back': async (context) => {
    const { server, client } = await spawnBoth(context);
    const [counters, relay] = [countersOf(server), relayOf(client)];
    const counter = await relay.create(1);
    equal(await relay.increment(counter, 1), 2, 'lent, and lent on');
    const back = await relay.pass(counter);
    ok(!counter.alive && back.alive, 'the reference moved there and back');
    equal(await counters.read(back), 2);
    const again = await relay.passIfAny(back);
    equal(await relay.passIfAny(undefined), undefined);
    equal(await relay.finish(again), 2, 'moved there, and moved on to its minter');
    equal(await counters.alive(), 0);
  },

  'what a plugin hoards it holds, until it lets go': async (context) => {
    const { server, client } = await spawnBoth(context);
    const [counters, relay] = [countersOf(server), relayOf(client)];
    for (const start of [1, 20, 300]) await relay.hoard(await counters.create(start));
    equal(await relay.sum(), 321);
    equal(inspected(context.kernel, client).capabilities.length, 3);
    await relay.abandon();
    equal([await counters.alive(), await relay.hoarded()], [0, 0]);
    equal(inspected(context.kernel, client).capabilities.length, 0);
  },

  'a derived handle has the rights that it was given, and no more': async (context) => {
    const { counters, counter } = await open(context);
    const weak = counter.derive(['call']);
    equal(await counters.increment(weak, 2), 42, 'it can be called');
    await refused(() => counters.keep(weak), 'denied', 'argument counter of test/counter@1#keep');
    await refused(() => weak.derive(['call']), 'denied');
    ok(weak.alive, 'the handle is still there');

    const silent = counter.derive(['grant']);
    await refused(() => counters.read(silent), 'denied', 'argument self of test/counter@1#read');
    const none = counter.derive([]);
    await refused(() => counters.read(none), 'denied');

    const branch = counter.derive(['call', 'derive']);
    await refused(() => branch.derive(['call', 'grant']), 'denied');
    const leaf = branch.derive(['call']);
    equal(await counters.read(leaf), 42);
    for (const handle of [leaf, branch, none, silent, weak, counter]) handle.release();
    equal(await counters.alive(), 0);
  },

  'a right that does not exist is refused by its name': async (context) => {
    const { counter } = await open(context);
    await refused(() => counter.derive(['call', 'fly']), 'bad-argument', 'there is no right "fly"', 'call, grant, derive');
    await refused(() => counter.derive(['constructor']), 'bad-argument', 'there is no right "constructor"');
    counter.release();
  },

  'to revoke a derived handle ends what was derived from it, and nothing else': async (context) => {
    const { server, client } = await spawnBoth(context);
    const [counters, relay] = [countersOf(server), relayOf(client)];
    const counter = await counters.create(40);
    const branch = counter.derive(['call', 'grant', 'derive']);
    const leaf = branch.derive(['call', 'grant']);
    const other = counter.derive(['call']);
    await relay.hoard(branch.derive(['call', 'grant']));
    equal(await relay.sum(), 40, 'the plugin can use what it was given');
    branch.revoke();
    equal([counter.alive, other.alive, branch.alive, leaf.alive], [true, true, false, false]);
    await refused(() => counters.read(leaf), 'revoked');
    await returnsError(() => relay.sum(), context.errorCodes.find(({ name }) => name === 'revoked').number);
    equal(await counters.increment(other, 2), 42, 'what was derived elsewhere');
    await refused(() => counter.revoke(), 'denied');
    equal(await counters.read(counter), 42, 'the original');
    for (const handle of [leaf, branch, other, counter]) handle.release();
    await relay.abandon();
    equal(await counters.alive(), 0);
  },

  'a handle of another class is refused': async (context) => {
    const { server, counters, counter } = await open(context);
    const bomb = await failOf(server).makeBomb();
    equal(bomb.class, 'test/fail@1.bomb');
    await refused(() => counters.read(bomb), 'wrong-class', 'argument self of test/counter@1#read: expected a handle of class test/counter@1.counter, got one of test/fail@1.bomb');
    await refused(() => counters.finish(bomb), 'wrong-class', 'argument counter of test/counter@1#finish');
    ok(bomb.alive, 'it was not moved');
    counter.release();
    server.kill();
    bomb.release();
  },

  'what is no handle is refused': async (context) => {
    const { counters, counter } = await open(context);
    for (const [value, part] of [
      [1, 'got 1'],
      ['counter', 'got "counter"'],
      [{}, 'a handle of class test/counter@1.counter, or an object of an interface that this application provides'],
    ]) {
      await refused(() => counters.read(value), 'bad-argument', part);
    }
    await refused(() => counters.finishIfAny(0), 'bad-argument', 'got 0');
    counter.release();
  },

  'the handles of a process that ended are dead, and can be released': async (context) => {
    const { server, client } = await spawnBoth(context);
    const counters = countersOf(server);
    const counter = await counters.create(1);
    await relayOf(client).hoard(await counters.create(2));
    server.kill();
    ok(!counter.alive, 'the handle');
    await refused(() => relayOf(client).increment(counter, 1), 'revoked', 'argument counter of test/relay@1#increment');
    await refused(() => counter.derive(['call']), 'revoked');
    counter.release();
    await relayOf(client).abandon();
    equal(context.kernel.inspect().objects, 0, 'objects alive');
  },

  'one handle cannot be two arguments if one of them moves it': async (context) => {
    const { counters, counter } = await open(context);
    const taker = (await spawnTaker(context)).interface('test/taker@1');
    await refused(() => taker.ownOwn(counter, counter), 'bad-handle', 'argument b of test/taker@1#own-own');
    await refused(() => taker.ownBorrow(counter, counter), 'bad-handle', 'argument b of test/taker@1#own-borrow');
    await refused(() => taker.borrowOwn(counter, counter), 'lent', 'argument b of test/taker@1#borrow-own');
    equal(await counters.read(counter), 40, 'nothing was moved');
    const again = counter.retain();
    await taker.ownOwn(counter, again);
    ok(!counter.alive && !again.alive, 'with a reference for each both move');
  },

  'when the third of five handles is bad, none is moved': async (context) => {
    const { kernel } = context;
    const { counters, counter } = await open(context);
    const process = await spawnTaker(context);
    const taker = process.interface('test/taker@1');
    const handles = await counters.createTwo(1, 2);
    handles.push(counter.derive(['call']), ...(await counters.createTwo(4, 5)));
    await refused(() => taker.five(...handles), 'denied', 'argument c of test/taker@1#five');
    equal(handles.map(({ alive }) => alive), [true, true, true, true, true]);
    equal(inspected(kernel, process).capabilities, []);
    handles[2].release();
    handles[2] = counter;
    await taker.five(...handles);
    equal(handles.map(({ alive }) => alive), [false, false, false, false, false]);
    equal(inspected(kernel, process).capabilities.map(({ count }) => count), [1, 1, 1, 1, 1]);
    process.kill();
    equal(await counters.alive(), 0);
  },

  'when a plugin has no room for five handles, none is moved': async (context) => {
    const { counters, counter } = await open(context);
    const process = await spawnTaker(context, undefined, { handles: 4 });
    const taker = process.interface('test/taker@1');
    const handles = [counter, ...(await counters.createTwo(1, 2)), ...(await counters.createTwo(3, 4))];
    await refused(() => taker.five(...handles), 'quota', 'test/taker@1#five of plugin taker could not be called');
    equal(handles.map(({ alive }) => alive), [true, true, true, true, true]);
    equal(inspected(context.kernel, process).capabilities, []);
    for (const handle of handles) handle.release();
  },

  'what is lent to a running call can be neither released nor moved until it returns': async (context) => {
    const { counters, counter } = await open(context);
    const seen = [];
    const taker = (
      await spawnTaker(context, () => {
        seen.push(counter.alive);
        for (const action of [() => counter.release()]) {
          try {
            action();
          } catch (error) {
            seen.push(error.code);
          }
        }
        const again = counter.retain();
        again.release();
      })
    ).interface('test/taker@1');
    await taker.callHost(counter);
    equal(seen, [true, 'lent']);
    equal(await counters.read(counter), 40, 'it is still there');
    counter.release();
    equal(await counters.alive(), 0);
  },

  'a lent object that is revoked in the middle of the call is dead afterwards, and nobody is harmed': async (context) => {
    const { counters, counter } = await open(context);
    const derived = counter.derive(['call']);
    const taker = (await spawnTaker(context, () => derived.revoke())).interface('test/taker@1');
    await taker.callHost(derived);
    ok(!derived.alive, 'the derived handle');
    equal(await counters.read(counter), 40);
    derived.release();
    counter.release();
  },
};
