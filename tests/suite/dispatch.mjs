// Methods that are dispatched on the object: the call goes to whoever minted it.

import { Counter, counterSignatures, counters as applicationCounters } from './application.mjs';
import { equal, ok, refused } from './assert.mjs';
import { countersOf, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** The process of dispatcher.wat, with nothing but dispatch on objects. */
async function spawnDispatcher({ kernel, plugin }, provider = 'object') {
  const process = await kernel.spawn(await plugin('dispatcher'), { name: 'dispatcher', imports: { 'test/counter@1': provider } });
  return { process, dispatcher: process.interface('test/dispatcher@1') };
}

export default {
  'each object’s methods are those of the process that minted it': async (context) => {
    const servers = await Promise.all(['first', 'second', 'third'].map((name) => spawnServer(context, { name })));
    const { dispatcher } = await spawnDispatcher(context);
    const counters = await Promise.all(servers.map((server, index) => countersOf(server).create(index * 100)));
    for (const [index, counter] of counters.entries()) {
      equal(await dispatcher.increment(counter, index + 1), index * 100 + index + 1);
    }
    for (const [index, server] of servers.entries()) {
      equal(await countersOf(server).read(counters[index]), index * 101 + 1, 'at the minter');
      equal(await dispatcher.read(counters[index]), index * 101 + 1);
    }
    for (const counter of counters) counter.release();
  },

  'the application’s objects are among them': async (context) => {
    const { kernel } = context;
    kernel.provide('test/counter@1', counterSignatures, applicationCounters(context));
    const server = await spawnServer(context);
    const { dispatcher } = await spawnDispatcher(context);
    const theirs = await countersOf(server).create(1);
    const mine = new Counter(10);
    equal([await dispatcher.increment(mine, 1), await dispatcher.increment(theirs, 1)], [11, 2]);
    equal(mine.value, 11);
    equal(await dispatcher.same(mine, mine), true);
    theirs.release();
  },

  'an object of another minter among the further arguments is refused by the minter of the first': async (context) => {
    const [first, second] = await Promise.all(['first', 'second'].map((name) => spawnServer(context, { name })));
    const { dispatcher } = await spawnDispatcher(context);
    const [mine, other] = [await countersOf(first).create(1), await countersOf(second).create(1)];
    equal(await dispatcher.same(mine, mine), true);
    equal(await dispatcher.error(), 0);
    equal(await dispatcher.same(mine, other), false, 'no answer');
    equal(await dispatcher.error(), numberOf(context, 'not-owner'));
    ok(first.alive && second.alive, 'both servers go on');
    for (const counter of [mine, other]) counter.release();
  },

  'when a minter ends, its objects are dead and those of the others are not': async (context) => {
    const [first, second] = await Promise.all(['first', 'second'].map((name) => spawnServer(context, { name })));
    const { dispatcher } = await spawnDispatcher(context);
    const counters = [await countersOf(first).create(1), await countersOf(second).create(2)];
    first.kill();
    await refused(() => dispatcher.read(counters[0]), 'revoked', 'argument counter of test/dispatcher@1#read');
    equal(await dispatcher.read(counters[1]), 2);
    for (const counter of counters) counter.release();
  },

  'a minter that lacks the method is told as an error': async (context) => {
    const { kernel } = context;
    // Its interface has one of the three methods.
    kernel.provide('test/counter@1', 'read: func(self: borrow<counter>) -> u32', { read: ({ value }) => value });
    const { process, dispatcher } = await spawnDispatcher(context);
    const mine = new Counter(5);
    equal(await dispatcher.read(mine), 5);
    equal([await dispatcher.increment(mine, 1), await dispatcher.error()], [0, numberOf(context, 'no-method')]);
    ok(process.alive && mine.value === 5, 'nothing happened');
  },

  'a minter that has the method with another signature is told as an error': async (context) => {
    const { kernel } = context;
    kernel.provide('test/counter@1', 'increment: func(self: borrow<counter>, by: u64) -> u32\nread: func(self: borrow<counter>) -> u32', {
      increment: () => 1,
      read: ({ value }) => value,
    });
    const { dispatcher } = await spawnDispatcher(context);
    const mine = new Counter(5);
    equal([await dispatcher.increment(mine, 1), await dispatcher.error()], [0, numberOf(context, 'no-method')]);
    equal([await dispatcher.read(mine), await dispatcher.error()], [5, 0]);
  },

  'bound to one provider, an interface takes the objects of that one only': async (context) => {
    const [first, second] = await Promise.all(['first', 'second'].map((name) => spawnServer(context, { name })));
    const { process, dispatcher } = await spawnDispatcher(context, first);
    const counters = [await countersOf(first).create(1), await countersOf(second).create(2)];
    equal([await dispatcher.read(counters[0]), await dispatcher.error()], [1, 0]);
    equal([await dispatcher.read(counters[1]), await dispatcher.error()], [0, numberOf(context, 'not-owner')]);
    ok(process.alive, 'it goes on');
    for (const counter of counters) counter.release();
  },

  'what is no method needs a provider': async (context) => {
    const { kernel, plugin } = context;
    const error = await refused(
      async () => kernel.spawn(await plugin('parity-client'), { name: 'client', imports: { 'test/counter@1': 'object', 'test/echo@1': 'object', 'test/fail@1': 'object' } }),
      'missing-grant',
      'is no method: its first parameter is no borrow of a class of this interface, so it needs a provider, not dispatch on an object',
    );
    equal(error.process, 'client');
    equal(kernel.inspect().processes.length, 1);
  },
};
