// How long plugins may run, and who ends when they run longer. Nothing here asserts how long anything took.

import { equal, includes, ok, refused, returnsError } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';
import { inspected } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** Milliseconds after which the runaways of this suite are to end. */
const DEADLINE = 60;

const hosted = 'spin: func()\nwork: func(rounds: u32) -> u32';

/** A process of looper.wat. It calls `other`, and has `act` of the application. */
async function spawnLooper({ kernel, plugin }, { act = () => {}, other, ...options } = {}) {
  const host = kernel.provide('test/host@1', 'act: func()', { act });
  const none = other ?? kernel.provide('test/looper@1', hosted, { spin() {}, work: () => 0 });
  return kernel.spawn(await plugin('looper'), { name: 'looper', imports: { 'test/host@1': host, 'test/looper@1': none }, ...options });
}

const call = (process, name, values = [], options = {}) => process.call(`test/looper@1#${name}`, values, options);

/** Works until the clock says that so many milliseconds are over. */
function spend(milliseconds) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

const cases = {};

for (const name of ['spin', 'calls', 'recurse', 'indirect', 'fill', 'copy', 'grow', 'acts', 'system', 'catch']) {
  cases[`a plugin that never returns from ${name} ends at its deadline, and no other`] = (context) =>
    besideANeighbour(
      context,
      async () => {
        const process = await spawnLooper(context);
        const where = `test/looper@1#${name}`;
        const error = await refused(() => call(process, name, [], { deadline: DEADLINE }), 'deadline', 'plugin `looper` ran too long', `in \`${where}\``, `its deadline was ${DEADLINE} ms`);
        equal([error.process, error.function], ['looper', where]);
        const reason = await process.exited;
        equal([reason.code, reason.function, reason.message], ['deadline', where, error.message]);
        equal([reason.budget.what, reason.budget.given], ['deadline', DEADLINE]);
        ok(reason.budget.used >= DEADLINE, 'it had what it was given');
        await refused(() => call(process, 'count'), 'dead');
      },
      3,
    );

  cases[`a plugin that never returns from ${name} ends when its fuel is used up`] = async (context) => {
    const process = await spawnLooper(context);
    const error = await refused(() => call(process, name, [], { fuel: 100_000, deadline: Infinity }), 'fuel', 'plugin `looper` used', `in \`test/looper@1#${name}\``, 'the call had 100,000');
    const reason = await process.exited;
    equal([reason.code, reason.message, reason.budget.what, reason.budget.given], ['fuel', error.message, 'fuel', 100_000]);
  };
}

for (const name of ['start-loops', 'initialise-loops', 'status-loops']) {
  cases[`a plugin that loops before it is called does not start: ${name}`] = (context) =>
    besideANeighbour(context, async () => {
      const { kernel, plugin } = context;
      const bytes = await plugin(name);
      await refused(() => kernel.spawn(bytes, { name: 'slow', deadline: DEADLINE }), 'deadline', 'plugin `slow` ran too long', 'while it started');
      await refused(() => kernel.spawn(bytes, { name: 'slow', fuel: 1_000 }), 'fuel', 'plugin `slow` used', 'while it started');
    });
}

Object.assign(cases, {
  'the deadline of a process holds for calls that say nothing, and each call may say something else': async (context) => {
    const process = await spawnLooper(context, { deadline: DEADLINE });
    await refused(() => call(process, 'spin'), 'deadline', `its deadline was ${DEADLINE} ms`);
    const other = await spawnLooper(context, { deadline: 1, fuel: 1 });
    equal(await call(other, 'work', [100], { deadline: Infinity, fuel: Infinity }), (await call(other, 'work', [100], { deadline: 1e9, fuel: 2 ** 53 - 1 })));
    await refused(() => call(other, 'spin', [], { deadline: DEADLINE, fuel: Infinity }), 'deadline', `its deadline was ${DEADLINE} ms`);
  },

  'fuel is counted: the same work uses the same': async (context) => {
    const process = await spawnLooper(context);
    /** Whether an amount is enough for the work. */
    const enough = async (fuel) => {
      const worker = await spawnLooper(context);
      try {
        await call(worker, 'work', [50], { fuel, deadline: Infinity });
        return true;
      } catch (error) {
        equal(error.code, 'fuel');
        return false;
      } finally {
        worker.kill();
      }
    };
    let [little, much] = [1, 100_000];
    ok(await enough(much), 'that much is enough');
    while (much - little > 1) {
      const middle = (little + much) >> 1;
      if (await enough(middle)) much = middle;
      else little = middle;
    }
    ok(much > 100 && much < 5_000, `50 rounds took ${much} units`);
    // Many calls, each with just enough: what one leaves is not another's.
    for (let time = 0; time < 20; time++) await call(process, 'work', [50], { fuel: much });
    await refused(() => call(process, 'work', [50], { fuel: much - 1 }), 'fuel');
  },

  'budgets that are none are refused before anything happens': async (context) => {
    const { kernel, plugin } = context;
    const process = await spawnLooper(context);
    for (const deadline of [NaN, 0, -0, -1, -Infinity, '5', null, 5n, {}]) {
      await refused(() => call(process, 'count', [], { deadline }), 'bad-argument', 'deadline must be a number of milliseconds');
      await refused(async () => kernel.spawn(await plugin('adder'), { deadline }), 'bad-limit', 'deadline must be a number of milliseconds');
    }
    for (const fuel of [NaN, 0, -1, 0.5, 1.5, 2 ** 53, -Infinity, '5', null, 5n]) {
      await refused(() => call(process, 'count', [], { fuel }), 'bad-argument', 'fuel must be a whole number from 1 to 9007199254740991');
      await refused(async () => kernel.spawn(await plugin('adder'), { fuel }), 'bad-limit', 'fuel must be a whole number');
    }
    for (const deadline of [Number.MIN_VALUE, Number.MAX_VALUE, Infinity]) await call(process, 'count', [], { deadline });
    for (const fuel of [2 ** 53 - 1, Infinity]) await call(process, 'count', [], { fuel });
    equal(await call(process, 'count', [], { deadline: undefined, fuel: undefined }), 0);
    ok(process.alive);
  },

  'a service that loops ends, and its caller is told and goes on': (context) =>
    besideANeighbour(
      context,
      async () => {
        const service = await spawnLooper(context, { name: 'service' });
        const caller = await spawnLooper(context, { name: 'caller', other: service });
        equal(await call(caller, 'relay-spin', [10], { deadline: DEADLINE }), numberOf(context, 'trapped'));
        equal([caller.alive, service.alive, service.reason.code, service.reason.function], [true, false, 'deadline', 'test/looper@1#spin']);
        equal(inspected(context.kernel, caller).active, 0);
        equal(await call(caller, 'work', [10]), await call(caller, 'work', [10]), 'it has all of its time again');
        caller.kill();
      },
      4,
    ),

  'a caller that goes on after its grace ends too': async (context) => {
    const service = await spawnLooper(context, { name: 'service' });
    const caller = await spawnLooper(context, { name: 'caller', other: service });
    await refused(() => call(caller, 'relay-spin', [0], { deadline: DEADLINE }), 'deadline', 'plugin `caller` ran too long');
    equal([caller.alive, service.alive], [false, false]);
  },

  'a caller that loops over calls ends, and its service does not': (context) =>
    besideANeighbour(
      context,
      async () => {
        const service = await spawnLooper(context, { name: 'service' });
        for (const rounds of [1, 1_000, 200_000]) {
          const caller = await spawnLooper(context, { name: 'caller', other: service });
          await refused(() => call(caller, 'relay-for-ever', [rounds], { deadline: DEADLINE }), 'deadline', 'plugin `caller` ran too long');
          equal([caller.alive, service.alive], [false, true], `with ${rounds} rounds`);
        }
        const caller = await spawnLooper(context, { name: 'caller', other: service });
        await refused(() => call(caller, 'relay-for-ever', [100], { fuel: 1_000_000, deadline: Infinity }), 'fuel', 'plugin `caller` used');
        equal([service.alive, inspected(context.kernel, service).active], [true, 0]);
        service.kill();
      },
      7,
    ),

  'a service is not ended by a caller that has no time left for it': async (context) => {
    const service = await spawnLooper(context, { name: 'service' });
    for (let time = 0; time < 20; time++) {
      const caller = await spawnLooper(context, { name: 'caller', other: service });
      // About as much as the caller's own part uses up.
      try {
        await call(caller, 'relay-work', [2_000], { fuel: 500 + time, deadline: Infinity });
      } catch (error) {
        equal([error.code, error.process], ['fuel', 'caller']);
      }
      caller.kill();
    }
    ok(service.alive, 'the service lives');
  },

  'every one of a chain ends or goes on by itself': async (context) => {
    const last = await spawnLooper(context, { name: 'last' });
    const middle = await spawnLooper(context, { name: 'middle', other: last });
    const first = await spawnLooper(context, { name: 'first', other: middle });
    await refused(() => call(first, 'relay-for-ever', [100], { deadline: DEADLINE }), 'deadline', 'plugin `first` ran too long');
    equal([first.alive, middle.alive, last.alive], [false, true, true]);
  },

  'a call that the application makes in the middle of another one has at most what is left of that': async (context) => {
    const inner = await spawnLooper(context, { name: 'inner' });
    const errors = [];
    const act = () => {
      inner.call('test/looper@1#spin', [], { deadline: Infinity }).catch((error) => errors.push(error.code));
    };
    const outer = await spawnLooper(context, { name: 'outer', act });
    equal(await call(outer, 'act', [10], { deadline: DEADLINE }), await call(outer, 'work', [10]));
    equal([errors, inner.alive, outer.alive], [['deadline'], false, true]);
    includes(inner.reason.message, `its deadline was ${DEADLINE} ms`);
    outer.kill();
  },

  'and may have less': async (context) => {
    const errors = [];
    const inners = [];
    for (let time = 0; time < 2; time++) inners.push(await spawnLooper(context, { name: 'inner' }));
    const act = () => {
      inners[0].call('test/looper@1#spin', [], { deadline: DEADLINE }).catch((error) => errors.push(error.code));
      inners[1].call('test/looper@1#spin', [], { fuel: 1_000 }).catch((error) => errors.push(error.code));
    };
    const outer = await spawnLooper(context, { name: 'outer', act });
    await call(outer, 'act', [100_000], { deadline: Infinity });
    equal([errors, outer.alive], [['deadline', 'fuel'], true]);
    outer.kill();
  },

  'a plugin does not end for what only the application took': async (context) => {
    const process = await spawnLooper(context, { act: () => spend(DEADLINE * 2) });
    await call(process, 'act', [10_000], { deadline: DEADLINE });
    ok(process.alive);
    await refused(() => call(process, 'act', [0], { deadline: DEADLINE }), 'deadline');
  },

  'an allocator that loops ends its process': async (context) => {
    const process = await spawnLooper(context);
    await call(process, 'mode', [1]);
    await refused(() => call(process, 'length', [Uint8Array.of(1, 2)], { deadline: DEADLINE }), 'deadline', 'in `test/looper@1#length`');
    equal(process.alive, false);
  },

  'so does what runs after a call': async (context) => {
    const process = await spawnLooper(context);
    await refused(() => call(process, 'add', ['one', 'two'], { deadline: DEADLINE }), 'deadline', 'in `test/looper@1#add`');
    equal(process.alive, false);
  },

  'a destructor that loops ends its process, and not the one that released': (context) =>
    besideANeighbour(
      context,
      async () => {
        const process = await spawnLooper(context);
        const thing = await call(process, 'create');
        await call(process, 'mode', [1]);
        thing.release();
        equal([process.alive, process.reason.code, process.reason.function], [false, 'deadline', 'test/looper@1#[dtor]thing']);
      },
      3,
    ),

  'what a process has used can be read': async (context) => {
    const process = await spawnLooper(context);
    const { fuel: before } = process.usage();
    equal(before, { used: 0, limit: Infinity });
    await call(process, 'work', [30_000_000], { deadline: Infinity });
    const { fuel, time } = process.usage();
    ok(fuel.used > 30_000_000 && time.used > 0, `${fuel.used} units, ${time.used} ms`);
    process.kill();
    equal(process.usage().fuel, { used: 0, limit: 0 });
  },

  'a plugin that is trusted is not metered': async (context) => {
    const { kernel, plugin } = context;
    const compiled = await kernel.compile(await plugin('looper'), { metering: false });
    const imports = {
      'test/host@1': kernel.provide('test/host@1', 'act: func()', { act() {} }),
      'test/looper@1': kernel.provide('test/looper@1', hosted, { spin() {}, work: () => 0 }),
    };
    const process = await kernel.spawn(compiled, { imports });
    await call(process, 'work', [3_000_000], { fuel: 1, deadline: Number.MIN_VALUE });
    ok(process.alive);
    const other = await kernel.spawn(await plugin('looper'), { imports, metering: false, fuel: 1 });
    await call(other, 'work', [1_000]);
    await refused(() => kernel.spawn(compiled, { imports, metering: false }), 'bad-argument', '`metering` is for `compile`');
    // What it calls is metered, and has its grace.
    const service = await spawnLooper(context, { name: 'service' });
    const caller = await kernel.spawn(compiled, { imports: { ...imports, 'test/looper@1': service } });
    equal(await call(caller, 'relay-spin', [10], { deadline: DEADLINE }), numberOf(context, 'trapped'));
    equal([service.alive, service.reason.code], [false, 'deadline']);
  },
});

export default cases;
