// Functions of the application that return promises: who waits for them, where nobody can, and what ends the waiting. Where an
// engine cannot suspend a call, the plugin is told so, and the function is not called.

import { Counter, counterSignatures, counters } from './application.mjs';
import { equal, includes, ok, refused, thrown } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { countersOf, inspected, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

const slowSignatures = `
  get: async func(number: u32) -> u32
  text: async func(name: string) -> string
  bytes: async func(bytes: list<u8>) -> list<u8>
  try: async func(number: u32) -> result<u32, u32>
  make: async func() -> own<test/counter@1.counter>`;

/** Functions that promise something, which a test keeps or breaks. */
export class Desk {
  /** What was asked and is still open: `{ name, value, signal, resolve, reject }`. */
  open = [];
  /** How often it was asked. */
  asked = 0;

  #ask(name, value, signal) {
    this.asked += 1;
    return new Promise((resolve, reject) => this.open.push({ name, value, signal, resolve, reject }));
  }

  get = (value, signal) => this.#ask('get', value, signal);
  text = (value, signal) => this.#ask('text', value, signal);
  bytes = (value, signal) => this.#ask('bytes', value, signal);
  try = (value, signal) => this.#ask('try', value, signal);
  make = (signal) => this.#ask('make', undefined, signal);

  /** Keeps the oldest promise. */
  answer(value) {
    this.open.shift().resolve(value);
  }
}

/** A process of waiter.wat, whom `methods` serve; `next` is the process or interface that it relays to. */
export async function spawnWaiter({ kernel, plugin }, methods, { next, ...options } = {}) {
  const slow = kernel.provide('test/slow@1', slowSignatures, methods);
  const other = next ?? kernel.provide('test/waiter@1', 'get: func(number: u32) -> tuple<u32, u32>', { get: (number) => [number, 0] });
  return kernel.spawn(await plugin('waiter'), { name: 'waiter', imports: { 'test/slow@1': slow, 'test/waiter@1': other }, ...options });
}

const call = (process, name, values = [], options = {}) => process.call(`test/waiter@1#${name}`, values, options);

/** Nothing of suspended calls is left. */
function nothingIsLeft(context) {
  const { kernel, clock } = context;
  const { suspendable, transfers, content } = kernel.usage();
  equal([suspendable.used, transfers.used, content.used, clock.due], [0, 0, 0, []], 'suspended calls, transfers, content, timers');
}

/** Makes a case that needs an engine which can suspend calls. */
const suspended = (action) => async (context) => {
  if (!context.kernel.features.waiting) return;
  await action(context);
  nothingIsLeft(context);
};

/** Numbers that look random, from a seed. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export default {
  'a plugin waits for what a function promises, whatever its type': async (context) => {
    const { kernel, PluginError } = context;
    const desk = new Desk();
    kernel.provide('test/counter@1', counterSignatures, counters(context));
    const process = await spawnWaiter(context, desk);
    if (!kernel.features.waiting) {
      const code = numberOf(context, 'cannot-wait');
      equal(await call(process, 'get', [1]), [0, code]);
      equal(await call(process, 'try', [1]), [0, 0, code]);
      equal([desk.asked, process.alive], [0, true], 'the functions are not called');
      return;
    }
    const answers = [
      ['get', [5], 7, [7, 0]],
      ['text', ['who'], 'somebody', 'somebody'],
      ['text', ['x'.repeat(10_000)], 'y'.repeat(20_000), 'y'.repeat(20_000)],
      ['bytes', [Uint8Array.of(1, 2)], Uint8Array.of(3, 4, 5), Uint8Array.of(3, 4, 5)],
      ['bytes', [new Uint8Array(50_000).fill(1)], new Uint8Array(60_000).fill(2), new Uint8Array(60_000).fill(2)],
      ['try', [1], 9, [0, 9, 0]],
    ];
    for (const [name, values, answer, expected] of answers) {
      const called = call(process, name, values);
      equal([desk.open[0].name, desk.open[0].value], [name, values[0]]);
      equal(inspected(kernel, process).active, 1);
      desk.answer(answer);
      equal(await called, expected, name);
    }
    const failing = call(process, 'try', [1]);
    desk.open.shift().reject(new PluginError(12));
    equal(await failing, [1, 12, 0]);
    const made = call(process, 'make');
    desk.answer(new Counter(41));
    equal((await made).value, 41, 'an object of the application');
    equal(inspected(kernel, process).active, 0);
    nothingIsLeft(context);
  },

  'a function may give its value at once': suspended(async (context) => {
    const process = await spawnWaiter(context, { ...new Desk(), get: (number) => number + 1, text: async (name) => name });
    equal(await call(process, 'get', [1]), [2, 0]);
    equal(await call(process, 'text', ['at once']), 'at once');
    const thenable = await spawnWaiter(context, { ...new Desk(), get: (number) => ({ then: (resolve) => resolve(number * 2) }) });
    equal(await call(thenable, 'get', [4]), [8, 0], 'whatever can be awaited');
  }),

  'the page and other plugins go on meanwhile': suspended((context) =>
    besideANeighbour(
      context,
      async () => {
        const desk = new Desk();
        const process = await spawnWaiter(context, desk);
        const server = await spawnServer(context);
        const called = call(process, 'both', [1, 2]);
        for (const answer of [10, 20]) {
          equal(desk.open.length, 1);
          for (let round = 0; round < 10; round++) {
            const counter = await countersOf(server).create(round);
            equal(await countersOf(server).increment(counter, 1), round + 1);
            counter.release();
            const text = `${round}`.repeat(9_000);
            equal(await server.call('test/echo@1#echo-string', [text]), text);
          }
          equal(desk.open.length, 1, 'it waits');
          desk.answer(answer);
          while (desk.open.length === 0 && answer === 10) await null;
        }
        equal(await called, [10, 20, 3], 'what it had in its variables is there');
        for (const each of [process, server]) each.kill();
      },
      6,
    ),
  ),

  'many wait at once, and go on in any order': suspended((context) =>
    besideANeighbour(
      context,
      async () => {
        const { kernel, plugin } = context;
        const seed = Math.floor(Math.random() * 2 ** 32);
        const next = random(seed);
        const desk = new Desk();
        const slow = kernel.provide('test/slow@1', slowSignatures, desk);
        const other = kernel.provide('test/waiter@1', 'get: func(number: u32) -> tuple<u32, u32>', { get: (number) => [number, 0] });
        const compiled = await kernel.compile(await plugin('waiter'));
        const processes = [];
        for (let index = 0; index < 16; index++) {
          processes.push(await kernel.spawn(compiled, { name: `waiter ${index}`, imports: { 'test/slow@1': slow, 'test/waiter@1': other } }));
        }
        try {
          for (let round = 0; round < 8; round++) {
            const calls = processes.map(async (process, index) => {
              const size = next(12_000);
              const name = ['text', 'bytes', 'get', 'both'][next(4)];
              if (name === 'text') equal(await call(process, name, ['q'.repeat(size)]), `text ${size}`.repeat(100));
              else if (name === 'bytes') equal(await call(process, name, [new Uint8Array(size).fill(index)]), new Uint8Array(size + 1).fill(index));
              else if (name === 'get') equal(await call(process, name, [size]), [size + 1, 0]);
              else equal(await call(process, name, [size, index]), [size + 1, index + 1, size + index]);
            });
            equal(kernel.usage().suspendable.used, processes.length);
            let over = false;
            const all = Promise.all(calls).finally(() => (over = true));
            all.catch(() => {});
            while (!over) {
              if (desk.open.length > 0) {
                const [{ name, value, resolve }] = desk.open.splice(next(desk.open.length), 1);
                if (name === 'text') resolve(`text ${value.length}`.repeat(100));
                else if (name === 'bytes') resolve(new Uint8Array(value.length + 1).fill(processes.length > 0 && value.length > 0 ? value[0] : 0));
                else resolve(value + 1);
              }
              // Some of them at once, some after others went on.
              for (let turns = next(4); turns > 0; turns--) await null;
            }
            await all;
          }
        } catch (error) {
          error.message += ` (seed ${seed})`;
          throw error;
        }
        for (const process of processes) process.kill();
        nothingIsLeft(context);
      },
      6,
    ),
  ),

  'where something else is in the call it cannot wait, and the function is not called': async (context) => {
    const { kernel, plugin } = context;
    const code = numberOf(context, 'cannot-wait');
    const desk = new Desk();
    const inner = await spawnWaiter(context, desk, { name: 'inner' });
    const outer = await spawnWaiter(context, desk, { name: 'outer', next: inner });
    equal(await call(outer, 'relay', [1]), [0, code], 'another plugin');
    equal(await call(outer, 'relay', [1], { yielding: true }), [0, code], 'another plugin, yielding');
    let within;
    const host = kernel.provide('test/host@1', 'act: func()', {
      act() {
        within = call(inner, 'get', [2]);
      },
    });
    const caller = await kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': host } });
    equal(await caller.call('test/caller@1#call'), 0);
    equal(await within, [0, code], 'the application');
    const thing = await call(inner, 'create');
    thing.release();
    equal(await call(inner, 'status'), code, 'a destructor');
    const acting = kernel.provide('test/host@1', 'act: async func()', { act: () => desk.get(3) });
    const started = await kernel.spawn(await plugin('start-calls'), { imports: { 'test/host@1': acting } });
    equal(await started.call('test/started@1#counts'), [1, 1], 'a start function, which goes on with the error');
    equal([desk.asked, inner.alive, outer.alive, started.alive], [0, true, true, true]);
    nothingIsLeft(context);
  },

  'its allocator may wait too': suspended(async (context) => {
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    await call(process, 'mode', [1]);
    const called = call(process, 'text', ['abc']);
    equal(desk.open.map(({ name, value }) => [name, value]), [['get', 3]], 'for the argument');
    desk.answer(0);
    while (desk.open.length === 0) await null;
    equal(desk.open[0].name, 'text');
    desk.answer('defg');
    while (desk.open.length === 0) await null;
    equal(desk.open.map(({ name, value }) => [name, value]), [['get', 4]], 'for the result');
    desk.answer(0);
    equal(await called, 'defg');
  }),

  'a function that fails after a while, or promises what its type does not allow, is told as any other': suspended(async (context) => {
    const host = numberOf(context, 'host');
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const cases = [
      ['get', [1], (reject) => reject(new Error('it is closed')), [0, host], 'test/slow@1#get', 'it is closed'],
      ['get', [1], (_, resolve) => resolve('seven'), [0, host], 'test/slow@1#get', 'the result of test/slow@1#get: expected u32'],
      ['get', [1], (_, resolve) => resolve(-1), [0, host], 'test/slow@1#get', 'the result of test/slow@1#get'],
      ['try', [1], (reject) => reject(new context.PluginError('no number')), [0, 0, host], 'test/slow@1#try', 'the result of test/slow@1#try'],
      ['get', [1], (reject) => reject(undefined), [0, host], 'test/slow@1#get', ''],
    ];
    for (const [name, values, end, expected, label, text] of cases) {
      const called = call(process, name, values);
      const { resolve, reject } = desk.open.shift();
      end(reject, resolve);
      equal(await called, expected);
      const [failure, ...others] = context.failures();
      equal([failure.label, others.length], [label, 0]);
      includes(String(failure.error?.message ?? ''), text);
    }
    ok(process.alive, 'it goes on');
  }),

  'the deadline of a call goes on while it waits': suspended(async (context) => {
    const { clock } = context;
    const cancelled = numberOf(context, 'cancelled');
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const called = call(process, 'get', [1], { deadline: 1_000 });
    const [{ signal, resolve }] = desk.open.splice(0);
    ok(clock.due.length === 1 && clock.due[0] <= 1_000, `a timer of at most 1,000 ms, not ${clock.due}`);
    clock.advance(400);
    equal(signal.aborted, false);
    clock.advance(600);
    equal([signal.aborted, signal.reason.name], [true, 'TimeoutError']);
    equal(await called, [0, cancelled], 'the plugin came to an end');
    resolve(5);
    equal(await call(process, 'count'), 1, 'it goes on');
    const endless = call(process, 'get', [1], { deadline: Infinity });
    equal(clock.due, [], 'as long as it likes');
    desk.answer(3);
    equal(await endless, [3, 0]);
  }),

  'a plugin that does not come to an end when the waiting was ended is ended': suspended(async (context) => {
    const { clock } = context;
    for (const name of ['get-and-spin', 'get-for-ever']) {
      const desk = new Desk();
      const process = await spawnWaiter(context, desk);
      const called = refused(() => call(process, name, [1], { deadline: 1_000 }), 'deadline', 'plugin `waiter` ran too long', 'its deadline was 1,000 ms');
      equal(desk.open.length, 1);
      clock.advance(1_000);
      await called;
      equal([desk.asked, process.reason.code], [1, 'deadline'], 'whoever is over asks in vain');
      const next = await spawnWaiter(context, desk);
      const controller = new AbortController();
      const aborted = refused(() => call(next, name, [1], { signal: controller.signal }), 'cancelled', 'was cancelled: plugin `waiter` did not come to an end in `test/waiter@1#');
      controller.abort(new Error('enough'));
      equal((await aborted).cause.message, 'enough');
      equal([next.reason.code, next.reason.budget], ['cancelled', undefined]);
    }
  }),

  'the time and the fuel of others is not its': suspended(async (context) => {
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const worker = await spawnWaiter(context, desk, { name: 'worker' });
    const called = call(process, 'both', [1, 2], { fuel: 50_000, deadline: Infinity });
    await call(worker, 'work', [3_000_000]);
    desk.answer(1);
    while (desk.open.length === 0) await null;
    await call(worker, 'work', [3_000_000], { fuel: 100_000_000 });
    desk.answer(2);
    equal(await called, [1, 2, 3]);
    await refused(() => call(worker, 'work', [3_000_000], { fuel: 50_000 }), 'fuel');
    const asking = call(process, 'get-for-ever', [1], { fuel: 50_000 });
    const over = refused(() => asking, 'fuel', 'the call had 50,000');
    while (process.alive) {
      if (desk.open.length > 0) desk.answer(0);
      await null;
    }
    await over;
    ok(desk.asked > 20, `each call takes some: ${desk.asked}`);
  }),

  'a signal cancels a call before it begins, everywhere': async (context) => {
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const reason = new Error('the user left');
    for (const yielding of [false, true]) {
      const error = await refused(() => call(process, 'get', [1], { signal: AbortSignal.abort(reason), yielding }), 'cancelled', 'the call of test/waiter@1#get of plugin waiter was cancelled');
      equal([error.cause, error.process, error.function], [reason, 'waiter', 'test/waiter@1#get']);
    }
    equal([desk.asked, await call(process, 'count')], [0, 0]);
    await refused(() => call(process, 'get', [1], { signal: 'now' }), 'bad-argument', '`signal` must be an AbortSignal');
    const unused = new AbortController();
    equal(await call(process, 'count', [], { signal: unused.signal }), 0);
    unused.abort();
    ok(process.alive, 'a call that is over is not cancelled');
  },

  'a signal in the middle of a call that cannot be suspended stops whoever is in it': async (context) => {
    const { kernel, plugin } = context;
    const controller = new AbortController();
    const host = kernel.provide('test/host@1', 'act: func()', { act: () => controller.abort('stop') });
    const none = kernel.provide('test/looper@1', 'spin: func()\nwork: func(rounds: u32) -> u32', { spin() {}, work: () => 0 });
    const process = await kernel.spawn(await plugin('looper'), { name: 'looper', imports: { 'test/host@1': host, 'test/looper@1': none } });
    const error = await refused(() => process.call('test/looper@1#acts', [], { signal: controller.signal, deadline: Infinity }), 'cancelled', 'plugin `looper` did not come to an end');
    equal([error.cause, process.reason.code], ['stop', 'cancelled']);
    const again = new AbortController();
    const brief = kernel.provide('test/host@1', 'act: func()', { act: () => again.abort('stop') });
    const caller = await kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': brief } });
    await refused(() => caller.call('test/caller@1#call', [], { signal: again.signal }), 'cancelled');
    ok(caller.alive, 'it came to an end');
  },

  'a signal cancels what a plugin waits for': suspended(async (context) => {
    const cancelled = numberOf(context, 'cancelled');
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const controller = new AbortController();
    const called = refused(() => call(process, 'get', [1], { signal: controller.signal }), 'cancelled');
    const [{ signal, resolve }] = desk.open.splice(0);
    controller.abort('no more');
    equal([signal.aborted, signal.reason], [true, 'no more'], 'the function is told');
    equal((await called).cause, 'no more');
    resolve(1);
    ok(process.alive, 'it came to an end');
    const seen = call(process, 'get', [2]);
    desk.answer(2);
    equal(await seen, [2, 0], `and not ${cancelled}`);
    const within = new AbortController();
    const cancelling = await spawnWaiter(context, {
      ...desk,
      get(number) {
        within.abort();
        return desk.get(number);
      },
    });
    await refused(() => call(cancelling, 'get', [3], { signal: within.signal }), 'cancelled');
    ok(cancelling.alive, 'it did not even begin to wait');
    desk.open.splice(0);
  }),

  'what a cancelled call gives is released': suspended(async (context) => {
    const { kernel } = context;
    const provided = kernel.provide('test/counter@1', counterSignatures, counters(context));
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const controller = new AbortController();
    const called = refused(() => call(process, 'make', [], { signal: controller.signal }), 'cancelled');
    desk.answer(new Counter(1));
    // The plugin has what it waited for, and nobody wants it any more.
    await null;
    controller.abort();
    await called;
    equal([kernel.inspect().objects, kernel.usage().transfers.used], [0, 0]);
    provided.withdraw();
  }),

  'a signal stops a call that lets others run': suspended(async (context) => {
    const process = await spawnWaiter(context, new Desk());
    const controller = new AbortController();
    const called = refused(() => call(process, 'work', [4_000_000_000], { signal: controller.signal, deadline: Infinity, yielding: true }), 'cancelled');
    setTimeout(() => controller.abort(), 0);
    await called;
    equal(process.reason.code, 'cancelled');
  }),

  'calls to a plugin that waits are refused': suspended(async (context) => {
    const busy = numberOf(context, 'busy');
    for (const reentry of [undefined, 'refuse']) {
      const desk = new Desk();
      const process = await spawnWaiter(context, desk, reentry && { reentry });
      const other = await spawnWaiter(context, { ...desk, get: () => 1 }, { name: 'other', next: process });
      const called = call(process, 'bytes', [new Uint8Array(9_000).fill(1)]);
      for (let round = 0; round < 3; round++) {
        await refused(() => call(process, 'bytes', [new Uint8Array(8_000)]), 'busy', 'test/waiter@1#bytes of plugin waiter could not be called');
        equal(await call(other, 'relay', [1]), [0, busy].map(() => 0), 'nothing came back');
      }
      desk.answer(new Uint8Array(7_000).fill(2));
      equal(await called, new Uint8Array(7_000).fill(2), 'its lists are its own');
      equal(await call(process, 'count'), 0);
      if (reentry === 'refuse') {
        const first = call(process, 'get', [1]);
        await refused(() => call(process, 'get', [1], { yielding: true }), 'busy');
        desk.answer(1);
        equal(await first, [1, 0]);
      }
    }
    await refused(() => spawnWaiter(context, new Desk(), { reentry: 'wait' }), 'bad-argument', "reentry must be 'refuse' or 'queue', got wait");
  }),

  'calls to a plugin that waits are made in their order, if it is declared so': suspended(async (context) => {
    const { clock } = context;
    const desk = new Desk();
    const process = await spawnWaiter(context, desk, { reentry: 'queue' });
    const other = await spawnWaiter(context, { ...desk, get: () => 1 }, { name: 'other', next: process });
    const order = [];
    const controller = new AbortController();
    const calls = [1, 2, 3, 4].map(async (number) => {
      const [value] = await call(process, 'get', [number], number === 3 ? { signal: controller.signal } : {}).catch((error) => [error.code]);
      order.push(value);
    });
    const late = refused(() => call(process, 'count', [], { deadline: 10 }), 'deadline', 'test/waiter@1#count of plugin waiter could not be called within 10 ms: it is in another call');
    equal(desk.open.map(({ value }) => value), [1], 'one at a time');
    equal(await call(other, 'relay', [1]), [0, 0], 'another plugin is refused');
    clock.advance(10);
    await late;
    controller.abort();
    await calls[2];
    for (const [value, answer] of [[1, 10], [2, 20], [4, 40]]) {
      while (desk.open.length === 0) await null;
      equal(desk.open.map((asked) => asked.value), [value]);
      desk.answer(answer);
    }
    await Promise.all(calls);
    equal(order, ['cancelled', 10, 20, 40]);
    equal(await call(process, 'count'), 3);
    const waited = call(process, 'get', [5]);
    const [after, dead] = [call(process, 'count'), call(process, 'count')].map((each) => thrown(() => each));
    process.kill();
    await refused(() => waited, 'trapped');
    equal([(await after).code, (await dead).code], ['dead', 'dead']);
    desk.open.splice(0);
  }),

  'a plugin that is ended while it waits is over, and what it waited for has no effect': suspended((context) =>
    besideANeighbour(
      context,
      async () => {
        const { plugin } = context;
        const ends = [
          [(process) => process.kill('the user was bored'), 'trapped', 'the user was bored', 'killed'],
          [async (process) => process.replace(await plugin('waiter')), 'trapped', 'ended in test/waiter@1#', undefined],
        ];
        for (const [end, code, words, reason] of ends) {
          for (const [name, value] of [['get', 1], ['text', 'x'.repeat(10_000)], ['bytes', new Uint8Array(10_000)]]) {
            const desk = new Desk();
            const process = await spawnWaiter(context, desk);
            const called = refused(() => call(process, name, [value]), code, words);
            const [{ resolve, signal }] = desk.open.splice(0);
            await end(process);
            resolve(value);
            await called;
            equal([signal.aborted, process.reason?.code], [true, reason]);
            nothingIsLeft(context);
            if (process.alive) {
              equal(await call(process, 'count'), 0, 'the newer build');
              process.kill();
            }
          }
        }
      },
      36,
    ),
  ),

  'a plugin that traps after it has waited is ended as any other': suspended(async (context) => {
    const desk = new Desk();
    const process = await spawnWaiter(context, desk, { respawn: { delay: 50 } });
    const called = refused(() => call(process, 'get-and-trap', [1]), 'trapped', 'in `test/waiter@1#get-and-trap`');
    desk.answer(1);
    await called;
    equal([process.reason.code, process.state], ['trapped', 'respawning']);
    context.clock.advance(50);
    while (!process.alive) await new Promise((resolve) => setTimeout(resolve));
    const again = call(process, 'get', [1]);
    desk.answer(9);
    equal(await again, [9, 0], 'the next one waits as well');
    process.kill();
  }),

  'a call that waits until its plugin is started again has a deadline and a signal, too': async (context) => {
    const { clock } = context;
    const desk = new Desk();
    const process = await spawnWaiter(context, desk, { respawn: { delay: 5_000, calls: 'wait' } });
    const trapped = refused(() => call(process, 'get-and-trap', [1]), 'trapped');
    for (const { resolve } of desk.open) resolve(1);
    await trapped;
    equal(process.state, 'respawning');
    const controller = new AbortController();
    const cancelled = refused(() => call(process, 'count', [], { signal: controller.signal }), 'cancelled');
    const late = refused(() => call(process, 'count', [], { deadline: 100 }), 'deadline', 'could not be called within 100 ms: it has not been started again');
    const patient = call(process, 'count');
    controller.abort();
    await cancelled;
    clock.advance(100);
    await late;
    clock.advance(4_900);
    equal(await patient, 0);
    process.kill();
  },

  'a kernel that is closed ends whoever waits': async (context) => {
    const { kernel, Kernel, clock } = context;
    if (!kernel.features.waiting) return;
    const desk = new Desk();
    const process = await spawnWaiter(context, desk);
    const called = refused(() => call(process, 'get', [1]), 'trapped', 'the kernel was closed');
    kernel.close();
    const next = await Kernel.start({ clock });
    await called;
    desk.answer(1);
    equal(next.usage().suspendable.used, 0);
    next.close();
  },

  'what is lent stays lent until the promise is kept': suspended(async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const counters = countersOf(server);
    const counter = await counters.create(40);
    const promises = [];
    const later = () => new Promise((resolve, reject) => promises.push({ resolve, reject }));
    let shown;
    const viewer = kernel.provide(
      'test/viewer@1',
      `look: async func(counter: borrow<test/counter@1.counter>) -> u32
       take: async func(counter: own<test/counter@1.counter>)`,
      {
        look(handle) {
          shown = handle;
          return later();
        },
        take(handle) {
          shown = handle;
          return later();
        },
      },
    );
    const process = await kernel.spawn(await plugin('shower'), { name: 'shower', imports: { 'test/viewer@1': viewer } });
    const shower = process.interface('test/shower@1');
    const showing = shower.show(counter);
    equal(await counters.increment(shown, 2), 42, 'the function uses it while the plugin waits');
    equal(await thrown(() => counter.release()).then(({ code }) => code), 'lent');
    promises.shift().resolve(7);
    equal(await showing, 7);
    await refused(() => counters.read(shown), 'bad-handle');
    equal(await counters.read(counter), 42);
    const killed = await kernel.spawn(await plugin('shower'), { name: 'shower', imports: { 'test/viewer@1': viewer } });
    const ended = refused(() => killed.call('test/shower@1#show', [counter]), 'trapped');
    killed.kill();
    await ended;
    await refused(() => counters.read(shown), 'bad-handle');
    const given = shower.give(counter);
    ok(!counter.alive && shown.alive, 'it is the function’s now');
    promises.at(-1).resolve();
    equal(await given, 0);
    shown.release();
    equal(await counters.alive(), 0);
    for (const each of [process, server]) each.kill();
  }),

  'calls that were suspended again and again leave nothing behind': suspended(async (context) => {
    const { kernel } = context;
    const desk = new Desk();
    const slow = kernel.provide('test/slow@1', slowSignatures, desk);
    const compiled = await kernel.compile(await context.plugin('waiter'));
    const other = kernel.provide('test/waiter@1', 'get: func(number: u32) -> tuple<u32, u32>', { get: (number) => [number, 0] });
    const cycle = async (number) => {
      const process = await kernel.spawn(compiled, { name: 'waiter', imports: { 'test/slow@1': slow, 'test/waiter@1': other } });
      const controller = new AbortController();
      const called = call(process, 'text', ['x'.repeat(number * 100)], { signal: controller.signal }).catch((error) => error.code);
      const [{ resolve, reject }] = desk.open.splice(0);
      const ends = [() => resolve('y'.repeat(9_000)), () => reject(new Error('no')), () => controller.abort(), () => process.kill(), () => context.clock.advance(5_000)];
      ends[number % ends.length]();
      await called;
      process.kill();
    };
    for (let number = 0; number < 20; number++) await cycle(number);
    const left = () => {
      const { processes, content, transfers, objects, functions, suspendable } = kernel.usage();
      return [processes.used, content.used, transfers.used, objects.used, functions.used, suspendable.used];
    };
    const before = left();
    for (let number = 0; number < 100; number++) await cycle(number);
    equal(left(), before);
    context.failures();
  }),
};
