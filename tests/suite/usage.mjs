// Limits of what is under way, and what `usage` tells of them: content, transfers, nested calls, functions, processes.

import { Counter, counterSignatures, counters } from './application.mjs';
import { equal, ok, refused } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, spawnServer } from './processes.mjs';

const KIB = 1024;

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** A process of sender.wat whose bytes go to `take` of the application. */
async function spawnSender({ kernel, plugin }, take, options = {}) {
  const sink = kernel.provide('test/sink@1', 'take: func(first: list<u8>, second: list<u8>) -> u32', { take });
  const sender = await kernel.spawn(await plugin('sender'), { name: 'sender', imports: { 'test/sink@1': sink }, ...options });
  return { sender, send: (first, second) => sender.call('test/sender@1#send', [first, second]) };
}

/** Processes of link.wat in a row; the last one calls the application. */
async function spawnChain({ kernel, plugin }, length, call, optionsOf = () => ({})) {
  const compiled = await kernel.compile(await plugin('link'));
  let provider = kernel.provide('test/link@1', 'call: func(depth: u32) -> u32', { call });
  const links = [];
  for (let index = length - 1; index >= 0; index--) {
    provider = await kernel.spawn(compiled, { name: `link ${index}`, imports: { 'test/link@1': provider }, ...optionsOf(index) });
    links.unshift(provider);
  }
  return links;
}

/** What is used, without limits. */
const used = (usage) => Object.fromEntries(Object.entries(usage).map(([name, share]) => [name, share.used]));

const cases = {
  'content under way counts while it is under way, and ends at the quota': (context) =>
    besideANeighbour(context, async () => {
      const during = [];
      const { sender, send } = await spawnSender(context, () => {
        during.push(sender.usage().content, context.kernel.usage().content.used);
        return 1;
      }, { content: 100 * KIB });
      equal(await send(60 * KIB, 40 * KIB), 0);
      equal(during, [{ used: 100 * KIB, limit: 100 * KIB }, 100 * KIB]);
      equal(await send(60 * KIB, 40 * KIB + 1), numberOf(context, 'quota'), 'together too much');
      equal(await send(0, 100 * KIB + 1), numberOf(context, 'too-long'), 'too much by itself');
      equal(during.length, 2, 'nobody was called');
      equal([sender.usage().content.used, context.kernel.usage().content.used], [0, 0]);
      equal(await send(100 * KIB, 4 * KIB), 0, 'what is small does not count');
      sender.kill();
    }, 1),

  'content over all processes has a limit of the kernel': async ({ Kernel, kernel, plugin, ...rest }) => {
    kernel.close();
    const small = await Kernel.start({ content: 64 * KIB });
    try {
      const context = { ...rest, kernel: small, plugin };
      const { send } = await spawnSender(context, () => 1);
      equal(small.usage().content, { used: 0, limit: 64 * KIB });
      equal(await send(32 * KIB, 32 * KIB), 0);
      equal(await send(64 * KIB, 8 * KIB), numberOf(context, 'no-memory'));
      equal(small.usage().content.used, 0);
    } finally {
      small.close();
    }
  },

  'the content of a process that is killed meanwhile is let go with the call': async (context) => {
    const { kernel, plugin } = context;
    const { sender, send } = await spawnSender(context, () => {
      sender.kill();
      return 1;
    });
    await refused(() => send(50 * KIB, 10), 'trapped');
    equal(kernel.usage().content.used, 0);
    equal(used(sender.usage()), used({ ...sender.usage(), memory: { used: 0 } }), 'it uses nothing');
    ok((await plugin('sender')).length > 0, 'its bytes are there as before');
  },

  'references under way end at the quota': async (context) => {
    const { kernel, plugin } = context;
    const kept = [];
    const viewer = kernel.provide('test/viewer@1', `
      look: func(counter: borrow<test/counter@1.counter>) -> u32
      take: func(counter: own<test/counter@1.counter>)
    `, { look: () => 1, take: (counter) => kept.push(counter) });
    const server = await spawnServer(context);
    for (const [transfers, error] of [[0, numberOf(context, 'quota')], [1, 0]]) {
      const shower = await kernel.spawn(await plugin('shower'), { imports: { 'test/viewer@1': viewer }, transfers });
      const counter = await countersOf(server).create(5);
      equal(await shower.call('test/shower@1#give', [counter]), error, `with ${transfers}`);
      equal(shower.usage().transfers, { used: 0, limit: transfers });
      // What could not be sent is still its own.
      equal(shower.usage().handles.used, error === 0 ? 0 : 1);
      shower.kill();
    }
    equal(kept.length, 1);
    kept[0].release();
  },

  'a chain of calls is as deep as its last caller may make it': async (context) => {
    const depths = [];
    const links = await spawnChain(context, 6, () => {
      depths.push(links.map((link) => link.usage().depth.used));
      return 7;
    }, (index) => (index === 5 ? { depth: 5 } : {}));
    // Called beneath five others, the last one may not call any more.
    equal(await links[0].call('test/link@1#call', [100]), 100 + numberOf(context, 'depth'));
    equal(await links[1].call('test/link@1#call', [100]), 7);
    equal(depths, [[5, 5, 5, 5, 5, 5]]);
    equal(links.map((link) => link.usage().depth.used), [0, 0, 0, 0, 0, 0]);
    ok(links.every(({ alive }) => alive), 'nobody ended');
  },

  'a process that may call nobody is told so': async (context) => {
    const [link] = await spawnChain(context, 1, () => 7, () => ({ depth: 0 }));
    equal(await link.call('test/link@1#call', [3]), 100 + numberOf(context, 'depth'));
    equal(link.usage().depth, { used: 0, limit: 0 });
  },

  'a plugin with more functions than it may have is not started': async (context) => {
    const { kernel, plugin } = context;
    const before = kernel.inspect();
    const bytes = await plugin('adder');
    await refused(() => kernel.spawn(bytes, { name: 'adder', functions: 0 }), 'quota', 'plugin `adder` exports', 'its limit is 0; raise `functions`');
    equal(kernel.inspect().slots, before.slots);
    equal(kernel.usage().processes.used, 0);
    const adder = await kernel.spawn(bytes, { functions: 100 });
    ok(adder.usage().functions.used > 0 && adder.usage().functions.limit === 100, 'they are counted');
  },

  'processes end at the limit of the kernel, and one that ends makes room': async ({ Kernel, kernel, plugin }) => {
    kernel.close();
    const small = await Kernel.start({ processes: 3 });
    try {
      const compiled = await small.compile(await plugin('adder'));
      const processes = [];
      for (let index = 0; index < 3; index++) processes.push(await small.spawn(compiled, { name: `adder ${index}` }));
      equal(small.usage().processes, { used: 3, limit: 3 });
      await refused(() => small.spawn(compiled, { name: 'late' }), 'quota', 'plugin `late` is one process more than may run at once', 'raise `processes`');
      processes[1].kill();
      equal(small.usage().processes.used, 2);
      const late = await small.spawn(compiled, { name: 'late' });
      equal(await late.call('add', [1, 2]), 3);
    } finally {
      small.close();
    }
  },

  'limits of the kernel are those of processes that say nothing else': async ({ Kernel, kernel, plugin }) => {
    kernel.close();
    const small = await Kernel.start({ limits: { handles: 7, calls: 2, memory: { maximum: 256 * KIB } } });
    try {
      const bytes = await plugin('minter');
      const [first, second] = [await small.spawn(bytes), await small.spawn(bytes, { handles: 9 })];
      equal(await first.call('test/minter@1#mint', [100]), 7);
      equal(await second.call('test/minter@1#mint', [100]), 9);
      equal([first.usage().calls.limit, second.usage().calls.limit], [2, 2]);
      equal(second.usage().memory.limit, 256 * KIB);
    } finally {
      small.close();
    }
    const usual = await Kernel.start();
    equal([usual.usage().processes.limit, usual.usage().content.limit], [1_024, 256 * KIB * KIB], 'of another kernel');
    usual.close();
  },

  'limits of the kernel are checked by their names': async ({ Kernel, kernel }) => {
    kernel.close();
    for (const [options, what] of [[{ processes: 4_095 }, 'processes'], [{ processes: 1.5 }, 'processes'], [{ content: -1 }, 'content']]) {
      await refused(() => Kernel.start(options), 'bad-limit', `${what} must be a whole number from 0 to`);
    }
  },

  'usage tells what a process has, with every limit': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('minter'), { handles: 50, objects: 60, calls: 3, depth: 4, transfers: 5, content: 6, functions: 70 });
    equal(await process.call('test/minter@1#mint', [10]), 10);
    equal(await process.call('test/minter@1#derive', [5]), 5);
    const { memory, functions, fuel: _fuel, time: _time, ...rest } = process.usage();
    equal(rest, {
      handles: { used: 15, limit: 50 },
      objects: { used: 15, limit: 60 },
      calls: { used: 0, limit: 3 },
      depth: { used: 0, limit: 4 },
      transfers: { used: 0, limit: 5 },
      content: { used: 0, limit: 6 },
      destructors: { used: 0, limit: 60 },
    });
    equal([memory.used, functions.limit], [process.memoryBytes, 70]);
    const whole = kernel.usage();
    equal([whole.objects.used, whole.handles.used, whole.processes.used], [15, 15, 1]);
    equal(whole.memory.used, kernel.inspect().kernelMemoryBytes);
    process.kill();
    ok(Object.values(process.usage()).every(({ used: rest_, limit }) => rest_ === 0 && limit === 0), 'it has nothing any more');
    equal(kernel.usage().objects.used, 0);
  },

  'an interface that is withdrawn answers no more, and is forgotten with who has it': async (context) => {
    const { kernel, plugin } = context;
    const before = used(kernel.usage());
    const application = kernel.provide('test/counter@1', counterSignatures, counters(context));
    const host = kernel.provide('test/host@1', 'act: func()', { act: () => undefined });
    const caller = await kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': host } });
    const dispatcher = await kernel.spawn(await plugin('dispatcher'), { imports: { 'test/counter@1': 'object' } });
    const taker = await kernel.spawn(await plugin('handle-taker'), { imports: { 'test/host@1': kernel.provide('test/host@1', 'ping: func()', { ping: () => undefined }) } });
    equal(await dispatcher.call('test/dispatcher@1#increment', [new Counter(4), 1]), 5);
    await taker.call('test/taker@1#own-own', [new Counter(1), new Counter(2)]);
    equal(kernel.usage().objects.used, 2);
    application.withdraw();
    application.withdraw();
    equal(kernel.usage().objects.used, 0, 'its objects are revoked');
    await refused(() => dispatcher.call('test/dispatcher@1#read', [new Counter(4)]), 'bad-argument');
    equal(await caller.call('test/caller@1#call'), 0);
    host.withdraw();
    equal(await caller.call('test/caller@1#call'), numberOf(context, 'dead'));
    equal(application.withdrawn && host.withdrawn, true);
    await refused(async () => kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': host } }), 'closed', 'the interface granted as test/host@1 was withdrawn');
    for (const process of [caller, dispatcher, taker]) process.kill();
    const { functions } = used(kernel.usage());
    equal(functions, before.functions + 1, 'the one that is still provided');
  },

  'importers without end take no places from whoever serves an interface': async (context) => {
    const { kernel, plugin } = context;
    const hoarders = [];
    const dispatcher = await plugin('dispatcher');
    for (let index = 0; index < 20; index++) {
      // Compiled, and never granted anything: its names are known to nobody.
      hoarders.push(await kernel.compile(dispatcher));
    }
    equal(kernel.usage().interfaces.used, 0, 'what is only compiled has no places');
    const server = await spawnServer(context);
    const user = await kernel.spawn(hoarders[0], { imports: { 'test/counter@1': 'object' } });
    const counter = await countersOf(server).create(1);
    equal(await user.call('test/dispatcher@1#increment', [counter, 1]), 2);
    counter.release();
    for (const process of [server, user]) process.kill();
    equal(kernel.usage().interfaces.used, 0);
  },
};

/** Of capabilities that are derived from one. */
const MANY = 100_000;

for (const shape of ['deep', 'wide']) {
  cases[`a tree of ${MANY} capabilities, ${shape}, is revoked whole, and ends with who had it`] = (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const compiled = await kernel.compile(await plugin('grafter'));
      const before = kernel.usage().objects.used;
      const most = { handles: MANY + 1, objects: MANY + 1, deadline: 60_000 };
      const grafter = await kernel.spawn(compiled, { name: 'grafter', ...most });
      const call = (name, ...values) => grafter.call(`test/grafter@1#${name}`, values);
      equal(await call(shape, MANY), MANY + 1);
      equal(kernel.usage().objects.used, before + MANY + 1);
      equal(await call('revoke', 1), 0);
      equal(kernel.usage().objects.used, before, 'all of them are over');
      equal(await call('usable', 1, MANY + 2), 0);
      equal(await call('release', 1, MANY + 2), 0);
      equal([grafter.usage().handles.used, grafter.usage().objects.used], [0, 0]);
      await call(shape, MANY);
      grafter.kill();
      equal(kernel.usage().objects.used, before, 'at the end of the process');
    });
}

for (let position = 0; position < 5; position++) {
  cases[`killed in the middle of a chain of five, process ${position} ends alone`] = (context) =>
    besideANeighbour(context, async () => {
      const { kernel } = context;
      const links = await spawnChain(context, 5, () => {
        links[position].kill('the test wants it');
        return 7;
      });
      const call = () => links[0].call('test/link@1#call', [100]);
      if (position === 0) await refused(call, 'trapped', 'plugin `link 0` was stopped: the test wants it');
      else equal(await call(), 100 + numberOf(context, 'trapped'));
      equal(links.map(({ alive }) => alive), links.map((_, index) => index !== position));
      const { calls, depth } = links[position === 4 ? 3 : 4].usage();
      equal([calls.used, depth.used], [0, 0]);
      for (const link of links) link.kill();
      equal(used(kernel.usage()).transfers, 0);
    }, 1);
}

export default cases;
