// Numbers that a plugin takes for capabilities and that are none, or are none any more.

import { equal, includes, ok, refused } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, inspected, spawnServer } from './processes.mjs';

/** What forger.wat can do with a number, in its order. */
const functions = ['read', 'finish', 'same', 'retain', 'release', 'revoke', 'derive', 'class', 'rights', 'create', 'badge'];

const CALL = 1;
const ALL = 7;
/** Numbers of its classes. */
const [COUNTER, THING] = [9, 5];

/** A server, and forger.wat with its counters. `use` gives the name of the error that came of it, or the value. */
async function open(context) {
  const { kernel, plugin, errorCodes } = context;
  const server = await spawnServer(context);
  const process = await kernel.spawn(await plugin('forger'), { name: 'forger', imports: { 'test/counter@1': server } });
  const forger = process.interface('test/forger@1');
  const named = async (code) => (code === 0 ? forger.value() : errorCodes.find(({ number }) => number === code).name);
  return {
    server,
    process,
    forger,
    counters: countersOf(server),
    use: async (name, cap, second = 0) => named(await forger.use(functions.indexOf(name), cap, second)),
    within: async (counter, name, second = 0) => named(await forger.within(counter, functions.indexOf(name), second)),
  };
}

/** Numbers that a plugin without any capability can think of. */
const forged = [...Array(65).keys(), 1_000, 4_096, 65_536, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff];

const cases = {};

for (const name of functions.filter((name) => name !== 'create')) {
  // These two ask, and get no for an answer.
  const expected = name === 'class' || name === 'rights' ? 0 : 'bad-handle';
  cases[`${name} of a number that stands for nothing is ${expected || 'answered with 0'}`] = (context) =>
    besideANeighbour(context, async () => {
      const { counters, server, process, use } = await open(context);
      const counter = await counters.create(40);
      for (const cap of forged) equal(await use(name, cap, name === 'badge' ? THING : CALL), expected, `capability ${cap}`);
      equal(inspected(context.kernel, process).capabilities, []);
      equal(await counters.increment(counter, 2), 42, 'a counter of somebody else');
      counter.release();
      process.kill();
      server.kill();
    });
}

Object.assign(cases, {
  'the number of another process’s capability stands for nothing here': async (context) => {
    const { kernel } = context;
    const { counters, process, use } = await open(context);
    const counter = await counters.create(1);
    await counters.keep(await counters.create(2));
    const everybodys = kernel.inspect().processes.flatMap(({ capabilities }) => capabilities.map(({ cap }) => cap));
    ok(everybodys.length >= 2, 'others hold capabilities');
    for (const cap of everybodys) equal(await use('read', cap), 'bad-handle', `capability ${cap}`);
    ok(process.alive, 'it was told, not stopped');
    counter.release();
  },

  'a capability that was given can be used, and its neighbours in number cannot': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(40));
    equal(await use('read', cap), 40);
    equal([await use('class', cap), await use('rights', cap)], [COUNTER, ALL]);
    equal(await use('same', cap, cap), 1);
    for (const other of [cap - 1, cap + 1, cap + 0x1_0000, (cap | 0x8000_0000) >>> 0, ~cap >>> 0]) {
      equal(await use('read', other), 'bad-handle', `capability ${other}`);
      equal(await use('same', cap, other), 'bad-handle', `capability ${other} in the second place`);
    }
  },

  'released twice, or used after its release, a capability is bad': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(1));
    equal([await use('retain', cap), await use('release', cap), await use('read', cap)], [0, 0, 1]);
    equal([await use('release', cap), await use('release', cap)], [0, 'bad-handle']);
    for (const name of ['read', 'finish', 'retain', 'revoke', 'derive']) equal(await use(name, cap, CALL), 'bad-handle', name);
    equal(await counters.alive(), 0);
  },

  'used after it was moved, a capability is bad': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(1));
    equal(await use('finish', cap), 1);
    equal([await use('finish', cap), await use('read', cap)], ['bad-handle', 'bad-handle']);
    equal(await counters.alive(), 0);
  },

  'a number that is used again never stands for the old object': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(0));
    equal(await use('release', cap), 0);
    for (let round = 1; round <= 1_000; round++) {
      equal(await forger.take(await counters.create(round)), cap, 'the number');
      equal(await use('read', cap), round);
      equal(await use('release', cap), 0);
    }
    equal(await counters.alive(), 0);
  },

  'a borrow that is kept past its call is bad': async (context) => {
    const { counters, forger, process, use } = await open(context);
    const counter = await counters.create(40);
    const cap = await forger.keep(counter);
    ok(cap !== 0, 'it had a number');
    for (const name of ['read', 'finish', 'retain', 'release', 'revoke', 'derive']) equal(await use(name, cap, CALL), 'bad-handle', name);
    equal([await use('class', cap), await use('rights', cap)], [0, 0]);
    equal(inspected(context.kernel, process).capabilities, []);
    equal(await counters.read(counter), 40);
    counter.release();
  },

  'what is borrowed can be called and lent on, and neither kept nor moved nor ended': async (context) => {
    const { counters, within } = await open(context);
    const counter = await counters.create(40);
    equal([await within(counter, 'read'), await within(counter, 'class'), await within(counter, 'rights')], [40, COUNTER, CALL]);
    for (const name of ['finish', 'retain', 'release', 'revoke', 'derive']) equal(await within(counter, name, CALL), 'borrowed', name);
    equal(await counters.read(counter), 40);
    counter.release();
  },

  'an object of another class is not taken, in any place': async (context) => {
    const { counters, forger, use } = await open(context);
    const thing = await use('create', 77, THING);
    const cap = await forger.take(await counters.create(1));
    equal([await use('read', thing), await use('finish', thing), await use('same', cap, thing)], ['wrong-class', 'wrong-class', 'wrong-class']);
    equal([await use('badge', cap, THING), await use('badge', thing, COUNTER)], ['wrong-class', 'wrong-class']);
    equal(await use('badge', thing, THING), 77, 'it is still there');
  },

  'a badge is told to its minter alone': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(1));
    equal(await use('badge', cap, COUNTER), 'not-owner');
    const thing = await use('create', 0xffff_ffff, THING);
    equal(await use('badge', thing, THING), 0xffff_ffff);
  },

  'handles of classes that are not one’s own cannot be minted': async (context) => {
    const { process, use } = await open(context);
    for (const number of [COUNTER, 0, 1, 77, 0xffff_ffff]) equal(await use('create', 1, number), 'bad-class', `class ${number}`);
    for (const number of [0, 1, 77, 0xffff_ffff]) equal(await use('badge', 1, number), 'bad-class', `class ${number}`);
    equal(inspected(context.kernel, process).objects, 0);
  },

  'what somebody else minted cannot be revoked': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(1));
    equal([await use('revoke', cap), await use('read', cap)], ['denied', 1]);
    const thing = await use('create', 1, THING);
    equal([await use('revoke', thing), await use('badge', thing, THING), await use('release', thing)], [0, 'revoked', 0]);
  },

  'rights that one has not cannot be derived': async (context) => {
    const { counters, forger, use } = await open(context);
    const cap = await forger.take(await counters.create(1));
    const weak = await use('derive', cap, CALL | 4);
    equal([await use('rights', weak), await use('read', weak), await use('finish', weak)], [CALL | 4, 1, 'denied']);
    for (const rights of [CALL | 2, 2, ALL, 8, 0x8000_0001, 0xffff_ffff]) equal(await use('derive', weak, rights), 'denied', `rights ${rights}`);
    const last = await use('derive', weak, CALL);
    equal(await use('derive', last, CALL), 'denied');
    equal([await use('revoke', weak), await use('read', last), await use('read', cap)], [0, 'revoked', 1]);
  },

  'a plugin without a status word ends at the first capability that is bad': (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const server = await spawnServer(context);
      const compiled = await kernel.compile(await plugin('forger-silent'));
      const spawn = () => kernel.spawn(compiled, { name: 'silent', imports: { 'test/counter@1': server } });
      const reader = await spawn();
      await refused(
        () => reader.call('test/forger@1#read', [7]),
        'trapped',
        'plugin `silent`',
        '`test/counter@1#read`',
        '`bad-handle`',
        'it has no status word, so it could not be told and was stopped',
        'in `test/forger@1#read`',
      );
      equal((await reader.exited).code, 'failed');
      const deriver = await spawn();
      await refused(() => deriver.call('test/forger@1#derive', [7]), 'trapped', 'a system call', '`bad-handle`', 'it has no status word');
      const releaser = await spawn();
      equal(await releaser.call('test/forger@1#release', [7]), 1, 'where the error is the result, it is told by that');
      releaser.kill();
      ok(server.alive, 'the server');
      server.kill();
    }),
});

export default cases;
