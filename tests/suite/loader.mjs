// Plugins that start plugins, from bytes that they hold.

import { equal, includes, ok, refused, returnsError } from './assert.mjs';
import { emptyModule, joined, leb128, section, withSection } from './bytes.mjs';

const LOADER = 'portcullis/loader@1';
const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** A plugin that hosts plugins, with a loader. `grants` is what the loader can grant. */
export async function openNest({ kernel, plugin }, { grants = {}, options = {}, spawn = {} } = {}) {
  const loader = kernel.loader({ imports: grants, ...options });
  const process = await kernel.spawn(await plugin('plugin-host'), {
    name: 'nest',
    imports: { [LOADER]: loader, 'test/worker@1': 'later', 'test/nest@1': 'later' },
    deadline: 20_000,
    ...spawn,
  });
  return { loader, process, nest: process.interface('test/nest@1') };
}

/** The names of the processes that live, in the order in which they were started. */
function names(kernel) {
  const all = kernel.processes.map(({ name }) => name);
  equal(kernel.inspect().processes.slice(1).map(({ name }) => name).sort(), [...all].sort(), 'what the kernel says');
  return all;
}

/** A plugin that does nothing. */
const idle = emptyModule;

/** How the engine says that JavaScript has used up the stack. */
const isOverflow = (error) => error instanceof RangeError || error?.name === 'InternalError';

/** Goes down until the stack ends, and tries something in every frame on the way back. */
function allTheWay(attempt) {
  try {
    allTheWay(attempt);
  } catch (error) {
    if (!isOverflow(error)) throw error;
  }
  attempt();
}

/** A module with a function of so many instructions, which takes a while to prepare. */
const large = (instructions) => {
  const body = [0, ...Array(instructions).fill([0x41, 0, 0x1a]).flat(), 0x0b];
  return joined(emptyModule, section(1, [1, 0x60, 0, 0]), section(3, [1, 0]), section(10, [1, ...leb128(body.length), ...body]));
};

export default {
  'a plugin starts another one, is served by it, and serves it': async (context) => {
    const { kernel, plugin } = context;
    const { nest, process } = await openNest(context);
    await returnsError(() => nest.work(4), numberOf(context, 'dead'));
    equal(await nest.load(await plugin('worker'), 'worker', 'test/note@1 = self', 1), 0);
    equal(names(kernel), ['nest', 'nest/worker']);
    await returnsError(() => nest.work(4), numberOf(context, 'dead'));
    await nest.bind(0, 'test/worker@1');
    equal([await nest.work(4), await nest.work(5), await nest.notes()], [8, 10, 2]);
    equal(await nest.state(0), 1);
    equal(await nest.usage(0), [65_536n, 0, 0]);
    await nest.kill(0);
    equal([await nest.state(0), await nest.usage(0)], [0, [0n, 0, 0]]);
    await returnsError(() => nest.work(4), numberOf(context, 'dead'));
    equal(names(kernel), ['nest']);
    ok(process.alive, 'it goes on');
  },

  'what a loader can grant is passed on, and nothing else': async (context) => {
    const { kernel, plugin } = context;
    const lines = [];
    const note = kernel.provide('test/note@1', 'write: func(text: string)', { write: (text) => void lines.push(text) });
    const secret = kernel.provide('test/secret@1', 'read: func() -> string', { read: () => 'secret' });
    const { nest } = await openNest(context, { grants: { 'test/note@1': note } });
    ok(secret.name !== '', 'there is more that nobody granted');
    const worker = await plugin('worker');
    await nest.load(worker, 'worker', 'test/note@1', 1);
    await nest.bind(0, 'test/worker@1');
    equal([await nest.work(2), lines], [4, ['working']]);
    equal(await returned(() => nest.load(worker, 'worker', 'test/secret@1', 1)), '`test/secret@1` is nothing that this loader can grant; it has test/note@1');
    for (const inherited of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      equal(await returned(() => nest.load(worker, 'worker', inherited, 1)), `\`${inherited}\` is nothing that this loader can grant; it has test/note@1`);
    }
    includes(await returned(() => nest.load(worker, 'worker', '', 1)), 'plugin `nest/worker` asks for `test/note@1`, which nobody granted');
    includes(await returned(() => nest.load(worker, 'worker', 'test/note@1 = later', 1).then(() => nest.bind(1, 'test/note@1'))), String(numberOf(context, 'denied')));
  },

  'what is wrong with a list of grants is told in a sentence': async (context) => {
    const { plugin } = context;
    const { nest } = await openNest(context);
    const worker = await plugin('worker');
    const say = (imports) => returned(() => nest.load(worker, 'worker', imports, 1));
    includes(await say('test/note@1 = nobody'), '`test/note@1 = nobody` is no grant: behind `=` stands self, object or later');
    includes(await say('test/note@1 self'), 'is no line of imports');
    includes(await say('= self'), 'is no line of imports');
    includes(await say('test/note@1 = self\n\n// again\n test/note@1=self '), '`test/note@1` is named twice');
    includes(await say('x'.repeat(70_000)), 'at most 65536 characters');
    includes(await say('test/other@1 = self\ntest/note@1 = self'), 'was granted as provider of `test/other@1`, but does not export it');
    includes(await say('test/note@1 = object'), 'is no method');
    includes(await say('test/note@1 = \u001b[2J\u202e'), '·[2J·');
    includes(await say(LOADER), 'this loader is the last one: what it starts cannot start others');
    equal(await nest.load(worker, '\u0007\n'.repeat(50), 'test/note@1=self', 1), 0, 'and this is a good one');
    ok(names(context.kernel).at(-1).startsWith('nest/··') && !/[\n\u0007]/.test(names(context.kernel).join('')), 'its name is cleaned');
  },

  'what is no plugin, or too much of one, is told in a sentence': async (context) => {
    const { kernel, plugin } = context;
    const { nest, process } = await openNest(context);
    const say = (bytes, memory = 1) => returned(() => nest.load(bytes, 'child', '', memory));
    includes(await say(new Uint8Array()), 'these bytes are no WebAssembly module');
    includes(await say(new TextEncoder().encode('<html>')), 'HTML');
    includes(await say((await plugin('worker')).slice(0, 60)), 'cut short');
    includes(await say(await plugin('bounded-memory')), 'plugin `nest/child` needs 128 KiB of memory to start, its limit is 64 KiB');
    includes(await say(await plugin('start-traps')), 'while it started');
    // A type that no engine accepts: i32.add of an i64.
    const code = section(10, [1, 8, 0, 0x42, 0, 0x41, 0, 0x6a, 0x1a, 0x0b]);
    includes(await say(joined(emptyModule, section(1, [1, 0x60, 0, 0]), section(3, [1, 0]), code)), 'the engine refuses the module');
    const bomb = section(4, [1, 0x70, 0, ...leb128(1_000_001)]);
    includes(await say(joined(emptyModule, bomb)), '1000000 entries');
    includes(await say(large(60_000)), 'bytes');
    includes(await say(joined(emptyModule, section(0, [1, 0x61, ...new Uint8Array(4 << 20)]))), 'and a plugin can load 4194304 at most');
    equal([names(kernel), process.alive], [['nest'], true]);
    equal(kernel.usage().processes.used, 1);
  },

  'three levels deep, and more, a plugin hosts a plugin that hosts a plugin': async (context) => {
    const { kernel, plugin } = context;
    const [own, worker] = [await plugin('plugin-host'), await plugin('worker')];
    for (const levels of [0, 1, 2, 4]) {
      const { nest, process } = await openNest(context, { options: { depth: levels + 1 } });
      equal(await nest.descend(levels, own, worker), 42, `${levels} levels`);
      equal(names(kernel).length, levels + 2);
      includes(names(kernel).at(-1), `level 0`);
      process.kill();
      equal(names(kernel), [], 'all of them end with the first');
    }
    const { nest } = await openNest(context, { options: { depth: 2 } });
    includes(await returned(() => nest.descend(2, own, worker)), 'this loader is the last one');
  },

  'a child ends with its last handle, with its parent, and when its parent is replaced': async (context) => {
    const { kernel, plugin } = context;
    const { nest, process } = await openNest(context, { options: { depth: 3 } });
    await nest.load(idle, 'a', '', 0);
    await nest.load(idle, 'b', '', 0);
    equal(names(kernel), ['nest', 'nest/a', 'nest/b']);
    await nest.letGo(0);
    equal(names(kernel), ['nest', 'nest/b']);
    await process.replace(await plugin('plugin-host'));
    equal(names(kernel), ['nest']);
    await nest.load(idle, 'c', '', 0);
    equal(await nest.descend(1, await plugin('plugin-host'), await plugin('worker')), 42);
    equal(names(kernel).length, 4);
    process.kill();
    equal(names(kernel), []);
  },

  'a child that traps ends alone, and its parent goes on': async (context) => {
    const { kernel, plugin } = context;
    const { nest, process } = await openNest(context);
    await nest.load(await plugin('tally-unsaving'), 'tally', '', 4);
    await nest.bind(0, 'test/worker@1');
    equal(await nest.work(1), 5_000_001);
    const [child] = kernel.processes.filter(({ name }) => name === 'nest/tally');
    await refused(() => child.call('portcullis/state@1#save'), 'trapped', 'plugin `nest/tally` trapped');
    equal([await nest.state(0), process.alive], [0, true]);
    await returnsError(() => nest.work(1), numberOf(context, 'dead'));
    await nest.load(await plugin('tally-1'), 'tally', '', 1);
    await nest.bind(1, 'test/worker@1');
    equal(await nest.work(1), 1_000_001, 'another one is bound in its place');
  },

  'bind refuses who lacks the function, who has it otherwise, and what was not granted for later': async (context) => {
    const { plugin } = context;
    const { nest } = await openNest(context);
    await nest.load(idle, 'idle', '', 0);
    await nest.load(await plugin('tally-1'), 'tally', '', 1);
    await returnsError(() => nest.bind(0, 'test/worker@1'), numberOf(context, 'no-method'));
    await returnsError(() => nest.bind(1, 'test/note@1'), numberOf(context, 'denied'));
    await returnsError(() => nest.bind(1, 'no interface at all'), numberOf(context, 'denied'));
    await nest.bind(1, 'test/worker@1');
    await returnsError(() => nest.bind(0, 'test/worker@1'), numberOf(context, 'no-method'));
    equal(await nest.work(1), 1_000_001, 'what was bound stays bound');
    await nest.kill(0);
    await returnsError(() => nest.bind(0, 'test/worker@1'), numberOf(context, 'dead'));
  },

  'processes and memory are shared by all that descend from a loader': async (context) => {
    const { kernel, plugin } = context;
    const { nest } = await openNest(context, { options: { processes: 3, memory: 40 * 65_536, depth: 3 } });
    const say = (memory) => returned(() => nest.load(idle, 'child', '', memory));
    includes(await say(41), '41 pages of memory are more than the 40 that the loader has left of 40');
    await nest.load(idle, 'a', '', 10);
    includes(await say(31), '31 pages of memory are more than the 30 that the loader has left of 40');
    includes(await returned(async () => nest.descend(1, await plugin('plugin-host'), await plugin('worker'))), '32 pages of memory are more than');
    equal(names(kernel), ['nest', 'nest/a'], 'what failed is gone');
    await nest.load(idle, 'b', '', 10);
    await nest.load(idle, 'c', '', 0);
    includes(await say(0), 'the loader has 3 processes, and all of them are in use');
    await nest.kill(0);
    await nest.load(idle, 'd', '', 30);
    includes(await say(0), 'all of them are in use');
    for (const child of [1, 2, 3]) await nest.letGo(child);
    equal(await nest.load(idle, 'e', '', 40), 4, 'all of it is there again');
  },

  'a part of a loader can be passed on, and counts in the whole': async (context) => {
    const { plugin } = context;
    const { nest } = await openNest(context, { options: { processes: 4, depth: 3 } });
    const own = await plugin('plugin-host');
    const rest = 'test/worker@1 = later\ntest/nest@1 = later';
    const say = (part) => returned(() => nest.load(own, 'child', `${LOADER} = ${part}\n${rest}`, 32));
    for (const part of ['', 'processes', 'processes -1', 'processes 1.5', 'memory lots', 'cost 5', 'processes 1; memory 2', 'self']) includes(await say(part), 'is no part of a loader');
    await nest.load(own, 'small', `${LOADER} = processes 1, memory 2, depth 1\n${rest}`, 32);
    await nest.bind(0, 'test/nest@1');
    const [small] = context.kernel.processes.filter(({ name }) => name === 'nest/small');
    const inner = small.interface('test/nest@1');
    includes(await returned(() => inner.load(own, 'child', `${LOADER}\n${rest}`, 2)), 'this loader is the last one');
    includes(await returned(() => inner.load(idle, 'child', '', 3)), '3 pages of memory are more than the 2');
    await inner.load(idle, 'child', '', 2);
    includes(await returned(() => inner.load(idle, 'child', '', 0)), 'the loader has 1 processes');
    await nest.load(idle, 'a', '', 0);
    await nest.load(idle, 'b', '', 0);
    includes(await returned(() => nest.load(idle, 'c', '', 0)), 'the loader has 4 processes');
  },

  'a child can pass on what it was granted itself, and no more': async (context) => {
    const { kernel, plugin } = context;
    const lines = [];
    const note = kernel.provide('test/note@1', 'write: func(text: string)', { write: (text) => void lines.push(text) });
    const { nest } = await openNest(context, { grants: { 'test/note@1': note }, options: { depth: 3 } });
    const [own, worker] = [await plugin('plugin-host'), await plugin('worker')];
    const rest = `${LOADER}\ntest/worker@1 = later\ntest/nest@1 = later`;
    await nest.load(own, 'without', rest, 32);
    await nest.load(own, 'with', `${rest}\ntest/note@1`, 32);
    const [without, having] = ['without', 'with'].map((name) => kernel.processes.find((process) => process.name === `nest/${name}`).interface('test/nest@1'));
    includes(await returned(() => without.load(worker, 'worker', 'test/note@1', 1)), '`test/note@1` is nothing that this loader can grant; it has nothing');
    await having.load(worker, 'worker', 'test/note@1', 1);
    await having.bind(0, 'test/worker@1');
    equal([await having.work(3), lines], [6, ['working']]);
  },

  'a start that loops is stopped with the call in which it happens': async (context) => {
    const { kernel, plugin } = context;
    const { nest, process } = await openNest(context, { options: { deadline: 40 } });
    const text = await returned(async () => nest.load(await plugin('start-loops'), 'looper', '', 1));
    includes(text, 'plugin `nest/looper` ran too long', 'its deadline was 40 ms', 'while it started');
    equal([names(kernel), process.alive], [['nest'], true]);
    // Where the loader says nothing, it is the deadline of the call, and who called has run too long itself.
    const open = await openNest(context, { spawn: { deadline: 60, name: 'other' } });
    await refused(async () => open.nest.load(await plugin('start-loops'), 'looper', '', 1), 'deadline').catch(async (error) => {
      // It may have had a grace to say so itself.
      includes(String(error), 'looper');
    });
    equal(names(kernel).filter((name) => name.includes('looper')), []);
  },

  'a module that has itself loaded is stopped where the levels end': async (context) => {
    const { kernel, plugin } = context;
    for (const depth of [1, 2, 5, 16]) {
      const texts = [];
      const bytes = await plugin('recursive');
      const self = kernel.provide('test/self@1', 'bytes: func() -> list<u8>\ntold: func(text: string)', { bytes: () => bytes, told: (text) => void texts.push(text) });
      const loader = kernel.loader({ imports: { 'test/self@1': self }, depth, processes: 100 });
      const process = await kernel.spawn(bytes, { name: 'r', imports: { [LOADER]: loader, 'test/self@1': self }, deadline: 20_000 });
      equal(texts.length >= 1, true);
      ok(texts.slice(1).every((text) => text === 'started'), `all but the last one: ${texts}`);
      ok(texts[0] === 'failed' || texts[0].includes('this loader is the last one'), texts[0]);
      ok(names(kernel).length <= depth + 1, 'no more than there may be');
      process.kill();
      equal(names(kernel), []);
      loader.withdraw();
    }
  },

  'with too little stack a plugin is not loaded, and nothing has happened': async (context) => {
    const { kernel, plugin, PortcullisError } = context;
    const { nest, process } = await openNest(context, { options: { processes: 1_000 } });
    const worker = await plugin('worker');
    // Other bytes each time, so that each is compiled.
    const load = (number) => nest.load(withSection(worker, 'number', String(number)), 'worker', 'test/note@1 = self', 1);
    await load(0);
    const calls = [];
    let frames = 0;
    allTheWay(() => {
      frames += 1;
      if (frames % 8 !== 0 || kernel.processes.length > 20) return;
      try {
        calls.push(load(frames));
      } catch (error) {
        ok(isOverflow(error), String(error));
      }
    });
    const outcomes = { loaded: 0, nest: 0, loader: 0 };
    for (const call of calls) {
      try {
        await call;
        outcomes.loaded += 1;
      } catch (error) {
        if (isOverflow(error)) continue;
        if (error instanceof PortcullisError) equal(error.code, 'depth');
        else includes(String(error.value), 'the call failed with', 'nested too deeply');
        outcomes[error instanceof PortcullisError ? 'nest' : 'loader'] += 1;
      }
    }
    ok(outcomes.loaded >= 15 && outcomes.nest > 0 && outcomes.loader > 0, JSON.stringify(outcomes));
    equal([kernel.processes.length, process.alive], [outcomes.loaded + 2, true]);
    await load(-1);
  },

  'a flood of spawns ends at the quota, and the rest of the page goes on': async (context) => {
    const { kernel } = context;
    const { nest, process } = await openNest(context, { options: { processes: 40, memory: 0 } });
    let refusals = 0;
    for (let index = 0; index < 100; index++) {
      try {
        await nest.load(idle, `flood ${index}`, '', 0);
      } catch (error) {
        refusals += 1;
        includes(String(error.value), 'the loader has 40 processes, and all of them are in use');
      }
    }
    equal([refusals, kernel.usage().processes.used], [60, 41]);
    process.kill();
    equal(kernel.usage().processes.used, 0);
  },

  'who loads is asked whether its time is over, each time': async (context) => {
    const { nest, process } = await openNest(context, { options: { memory: 0 } });
    // Far less than a slice: by itself it would not be asked.
    for (let index = 0; index < 4; index++) {
      const before = process.usage().fuel.used;
      await nest.load(idle, 'idle', '', 0);
      ok(process.usage().fuel.used > before, 'it has been asked');
    }
  },

  'a plugin whose bytes are in quarantine is not loaded by plugins either': async (context) => {
    const { kernel, plugin } = context;
    const { nest } = await openNest(context);
    const worker = await plugin('worker');
    const { sha256 } = await kernel.describe(worker);
    kernel.quarantine.add(sha256, { name: 'worker', reason: 'enough' });
    includes(await returned(() => nest.load(worker, 'worker', 'test/note@1 = self', 1)), 'is in quarantine', 'enough');
    kernel.quarantine.lift(sha256);
    await nest.load(worker, 'worker', 'test/note@1 = self', 1);
    equal(kernel.processes.at(-1).sha256, sha256);
  },

  'the application sees, calls and ends what plugins start': async (context) => {
    const { kernel, plugin } = context;
    const { nest } = await openNest(context);
    await nest.load(await plugin('tally-1'), 'tally', '', 1);
    const child = kernel.processes.at(-1);
    equal([child.name, child.state, await child.call('test/worker@1#work', [5])], ['nest/tally', 'running', 1_000_005]);
    const seen = kernel.events.filter(({ what }) => what === 'spawned').map(({ process }) => process.name);
    equal(seen.at(-1), 'nest/tally');
    child.kill('enough');
    equal([await nest.state(0), (await child.exited).message], [0, 'plugin `nest/tally` was stopped: enough']);
  },

  'a child whose handle was given away ends with who started it all the same': async (context) => {
    const { kernel, plugin } = context;
    const loader = kernel.loader();
    const self = kernel.provide('test/self@1', 'bytes: func() -> list<u8>', { bytes: () => idle });
    const keeper = await kernel.spawn(await plugin('keeper'), { name: 'keeper', imports: { [LOADER]: 'object' } });
    const open = async () => kernel.spawn(await plugin('giver'), { name: 'giver', imports: { [LOADER]: loader, 'test/self@1': self, 'test/keep@1': keeper } });
    const keep = keeper.interface('test/keep@1');
    const first = await open();
    equal(await first.call('test/giver@1#run'), 0);
    equal([await keep.state(), names(kernel)], [1, ['keeper', 'giver', 'giver/given']]);
    first.kill();
    equal([names(kernel), await keep.state(), await keep.error()], [['keeper'], 0, 0]);
    await keep.letGo();
    const second = await open();
    await second.call('test/giver@1#run');
    await keep.kill();
    equal([names(kernel), await keep.state()], [['keeper', 'giver'], 0], 'whoever holds it may end it');
    await keep.letGo();
    await second.call('test/giver@1#run');
    await keep.letGo();
    equal(names(kernel), ['keeper', 'giver'], 'with its last handle it ends, too');
  },

  'who ends while it starts another one leaves nothing behind': async (context) => {
    const { kernel, plugin } = context;
    const bytes = await plugin('recursive');
    let nested = 0;
    const self = kernel.provide('test/self@1', 'bytes: func() -> list<u8>\ntold: func(text: string)', {
      bytes() {
        nested += 1;
        if (nested === 3) opened.process.kill('in the middle');
        return bytes;
      },
      told() {},
    });
    const opened = await openNest(context, { grants: { 'test/self@1': self }, options: { depth: 8 } });
    const call = opened.nest.load(bytes, 'recursive', `${LOADER}\ntest/self@1`, 2);
    const error = await call.then(() => undefined, (reason) => reason);
    ok(error?.name === 'PortcullisError' && ['trapped', 'dead'].includes(error.code), String(error));
    equal([names(kernel), nested >= 3], [[], true]);
  },

  'an object that a plugin made itself is no process of the loader’s': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('pretender'), { imports: { [LOADER]: kernel.loader() } });
    for (const which of [0, 1]) equal(await process.call('test/pretender@1#try', [which]), numberOf(context, 'not-owner'));
    equal(context.failures(), []);
  },

  'a loader that is withdrawn is dead, and what it had started ends': async (context) => {
    const { kernel } = context;
    const { nest, loader, process } = await openNest(context);
    const other = await openNest(context, { spawn: { name: 'other' } });
    await nest.load(idle, 'a', '', 0);
    await other.nest.load(idle, 'b', '', 0);
    loader.withdraw();
    equal(names(kernel), ['nest', 'other', 'other/b'], 'those of other loaders go on');
    includes(await returned(() => nest.load(idle, 'c', '', 0)), 'the call failed with');
    ok(process.alive, 'it goes on');
  },

  'who is granted the same loader shares it': async (context) => {
    const { kernel, plugin } = context;
    const loader = kernel.loader({ processes: 1 });
    const imports = { [LOADER]: loader, 'test/worker@1': 'later', 'test/nest@1': 'later' };
    const [first, second] = [await kernel.spawn(await plugin('plugin-host'), { imports }), await kernel.spawn(await plugin('plugin-host'), { imports })];
    await first.call('test/nest@1#load', [idle, 'a', '', 0]);
    includes(await returned(() => second.call('test/nest@1#load', [idle, 'a', '', 0])), 'the loader has 1 processes');
    first.kill();
    await second.call('test/nest@1#load', [idle, 'a', '', 0]);
  },

  'what a loader is made with is checked': async ({ kernel, plugin }) => {
    const refuse = (options, code, ...parts) => refused(async () => kernel.loader(options), code, ...parts);
    for (const processes of [-1, 1.5, 2 ** 32, '5']) await refuse({ processes }, 'bad-limit', 'processes must be a whole number');
    for (const memory of [-1, 0.5, Infinity]) await refuse({ memory }, 'bad-limit', 'memory must be a whole number');
    for (const depth of [-1, 17, 1.5]) await refuse({ depth }, 'bad-limit', 'depth must be a whole number from 0 to 16');
    await refuse({ deadline: 0 }, 'bad-limit', 'deadline');
    for (const grant of [undefined, null, 'later', 'self', {}, 1]) await refuse({ imports: { 'a/b@1': grant } }, 'bad-argument', "neither an interface, nor a process, nor 'object'");
    await refuse({ imports: { [LOADER]: kernel.loader() } }, 'bad-argument', 'cannot grant another');
    const nothing = kernel.loader({ depth: 0 });
    const process = await kernel.spawn(await plugin('plugin-host'), { imports: { [LOADER]: nothing, 'test/worker@1': 'later', 'test/nest@1': 'later' } });
    equal(await returned(() => process.call('test/nest@1#load', [idle, 'a', '', 0])), 'this loader may start nothing');
  },
};

/** The error side that a call returned. */
async function returned(action) {
  try {
    await action();
  } catch (error) {
    ok(error?.name === 'PluginError', `${error?.stack ?? error}`);
    return String(error.value);
  }
  throw new Error('it should have returned an error');
}
