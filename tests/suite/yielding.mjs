// Calls in the middle of which the page goes on. Where an engine cannot suspend a call, the same calls do without.

import { equal, ok, refused } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, echoOf, inspected, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** Rounds of work that take every machine several turns. */
const LONG = 60_000_000;

async function spawnLooper({ kernel, plugin }, { act = () => {}, other, ...options } = {}) {
  const host = kernel.provide('test/host@1', 'act: func()', { act });
  const none = other ?? kernel.provide('test/looper@1', 'spin: func()\nwork: func(rounds: u32) -> u32', { spin() {}, work: () => 0 });
  return kernel.spawn(await plugin('looper'), { name: 'looper', imports: { 'test/host@1': host, 'test/looper@1': none }, ...options });
}

const call = (process, name, values = [], options = {}) => process.call(`test/looper@1#${name}`, values, options);

/** Counts how often the event loop turns, and does something at each turn, until it is stopped. */
function atEveryTurn(action = () => {}) {
  const { port1, port2 } = new MessageChannel();
  let turns = 0;
  let stopped = false;
  port1.onmessage = () => {
    if (stopped) {
      port1.close();
      return;
    }
    turns += 1;
    action(turns);
    port2.postMessage(0);
  };
  port2.postMessage(0);
  return () => {
    stopped = true;
    port2.postMessage(0);
    return turns;
  };
}

export default {
  'the page goes on while a plugin works, and the result is the same': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel } = context;
        const process = await spawnLooper(context);
        const expected = await call(process, 'work', [LONG], { deadline: Infinity });
        const stop = atEveryTurn();
        equal(await call(process, 'work', [LONG], { deadline: Infinity, yielding: true }), expected);
        const turns = stop();
        if (kernel.features.yielding) ok(turns > 1, `the page had ${turns} turns`);
        equal([process.alive, inspected(kernel, process).active], [true, 0]);
        equal(await call(process, 'work', [100]), await call(process, 'work', [100], { yielding: true }));
        process.kill();
      },
      3,
    ),

  'the deadline holds, and so does fuel': async (context) => {
    for (const name of ['spin', 'calls', 'recurse', 'catch', 'acts']) {
      const process = await spawnLooper(context);
      const stop = atEveryTurn();
      await refused(() => call(process, name, [], { deadline: 60, yielding: true }), 'deadline', 'plugin `looper` ran too long', 'its deadline was 60 ms');
      if (context.kernel.features.yielding) ok(stop() > 0, 'the page had turns');
      else stop();
      equal(process.reason.code, 'deadline');
    }
    const process = await spawnLooper(context);
    await refused(() => call(process, 'spin', [], { fuel: 300_000_000, deadline: Infinity, yielding: true }), 'fuel', 'the call had 300,000,000');
  },

  'a plugin is busy while it is suspended': async (context) => {
    const process = await spawnLooper(context);
    const codes = new Set();
    const stop = atEveryTurn(() => {
      call(process, 'count').then(
        () => codes.add('none'),
        (error) => codes.add(error.code),
      );
    });
    const work = call(process, 'work', [LONG], { deadline: Infinity, yielding: true });
    await work;
    stop();
    if (context.kernel.features.yielding) ok(codes.has('busy'), `the calls in the middle came to ${[...codes]}`);
    equal(await call(process, 'count'), 0, 'afterwards it is not');
  },

  'a plugin that is killed while it is suspended runs no further': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel } = context;
        if (!kernel.features.yielding) return;
        const process = await spawnLooper(context);
        const stop = atEveryTurn((turn) => {
          if (turn === 3) process.kill('the user was bored');
        });
        await refused(() => call(process, 'spin', [], { deadline: Infinity, yielding: true }), 'trapped', 'the user was bored');
        stop();
        equal(process.reason.code, 'killed');
        const next = await spawnLooper(context);
        ok((await call(next, 'work', [LONG], { deadline: Infinity, yielding: true })) !== undefined, 'the next one can');
        next.kill();
      },
      context.kernel.features.yielding ? 6 : 0,
    ),

  'calls of others run to their end meanwhile, and neither disturbs the other': (context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel } = context;
        const server = await spawnServer(context);
        const counters = countersOf(server);
        const process = await spawnLooper(context);
        const service = await spawnLooper(context, { name: 'service' });
        const caller = await spawnLooper(context, { name: 'caller', other: service });
        const long = 'x'.repeat(10_000);
        const failures = [];
        const results = [];
        const stop = atEveryTurn((turn) => {
          const busy = [
            echoOf(server).echoString(`${long}${turn}`).then((text) => results.push(text === `${long}${turn}`)),
            counters.create(turn).then(async (counter) => {
              results.push((await counters.increment(counter, 1)) === turn + 1);
              counter.release();
            }),
            call(caller, 'relay-work', [turn]).then((value) => results.push(value !== undefined)),
          ];
          for (const each of busy) each.catch((error) => failures.push(error));
        });
        const bytes = new Uint8Array(9_000).fill(7);
        equal(await call(process, 'length', [bytes]), 9_000);
        const expected = await call(process, 'work', [LONG], { deadline: Infinity });
        equal(await call(process, 'work', [LONG], { deadline: Infinity, yielding: true }), expected);
        stop();
        equal([failures.map(String), results.every(Boolean)], [[], true]);
        if (kernel.features.yielding) ok(results.length > 0, 'others ran');
        equal(kernel.inspect().transfers, 0);
        for (const each of [server, process, service, caller]) each.kill();
      },
      7,
    ),

  'calls that yield run one after another in a process, in their order': async (context) => {
    const [first, second] = [await spawnLooper(context), await spawnLooper(context)];
    const { kernel } = context;
    const order = [];
    const run = async (name, process, values) => {
      order.push(`${name} begins`);
      await call(process, 'work', values, { deadline: Infinity, yielding: true });
      order.push(`${name} ends`);
    };
    await Promise.all([run('long', first, [LONG]), run('short', second, [1]), run('again', first, [2])]);
    const begin = ['long begins', 'short begins', 'again begins'];
    equal(order, kernel.features.yielding ? [...begin, 'short ends', 'long ends', 'again ends'] : [...begin, 'long ends', 'short ends', 'again ends']);
  },

  'an end in the middle is told as always, and the next in line goes on': async (context) => {
    const [first, second] = [await spawnLooper(context), await spawnLooper(context)];
    const ended = refused(() => call(first, 'spin', [], { deadline: 60, yielding: true }), 'deadline');
    const next = call(second, 'work', [10], { yielding: true });
    // Right after the first one has ended, and before its promise may have said so.
    const others = [];
    const stop = atEveryTurn(() => others.push(call(second, 'count').catch((error) => error.code)));
    await ended;
    equal(await next, await call(second, 'work', [10]));
    stop();
    await Promise.all(others);
    equal([first.alive, second.alive], [false, true]);
  },

  'behind another plugin or the application it has no effect': async (context) => {
    const inner = await spawnLooper(context, { name: 'inner' });
    let result;
    const act = () => {
      result = inner.call('test/looper@1#work', [LONG / 10], { yielding: true });
    };
    const outer = await spawnLooper(context, { name: 'outer', act, other: inner });
    let turns;
    const stop = atEveryTurn();
    const before = call(outer, 'act', [10], { deadline: Infinity });
    await before;
    turns = stop();
    equal(await result, await call(inner, 'work', [LONG / 10]));
    ok(turns <= 1, 'nobody ran in between');
    equal(await call(outer, 'relay-work', [LONG / 10], { deadline: Infinity, yielding: true }), await result);
  },

  'a plugin that traps in such a call is ended at once': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('trapper'));
    for (const [name, values, code] of [
      ['unreachable', [], 'trapped'],
      ['recurse', [0n], 'overflow'],
      ['throw', [], 'trapped'],
    ]) {
      const process = await kernel.spawn(compiled, { name: 'trapper' });
      const ended = refused(() => process.call(name, values, { yielding: true }), 'trapped', 'plugin `trapper`', `in \`${name}\``);
      // It is not entered any more, even if its end is not told yet.
      const after = Promise.resolve().then(() => process.call('add', [1, 2]));
      const code_ = await after.then(
        () => 'none',
        (error) => error.code,
      );
      ok(['none', 'busy', 'dead'].includes(code_), code_);
      await ended;
      equal(process.reason.code, code);
    }
    ok(numberOf(context, 'busy') > 0);
  },
};
