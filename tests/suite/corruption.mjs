// The whole memory of a plugin is scribbled over, before, during and after its calls, as a plugin can do itself. Whatever it
// does then is its own affair: its calls come back with what they may, the kernel goes on, a neighbour notices nothing, and
// nothing is left. `npm run fuzz corruption` does it for long.

import { AssertionError, equal, ok } from './assert.mjs';
import { provideAll } from './application.mjs';
import { Random, scribble, watchingMemories } from './scribble.mjs';

/** What a process may use: little, for what is damaged asks for much, and runs for ever. */
const little = { memory: { maximum: 2 * 1024 * 1024 }, handles: 200, objects: 200, calls: 8, fuel: 3_000_000, deadline: Infinity };

/** Most calls of a round. */
const CALLS = 6;

const text = (random) => Array.from({ length: random.below(40) }, () => String.fromCodePoint(random.pick([0x61, 0xdf, 0x6f22, 0x1f980]))).join('');
const list = (random, type) => type.from({ length: random.below(60) }, () => random.any());

/** Calls of `test/echo@1`, which strings, lists and tuples go through. */
const echoCalls = [
  (echo, random) => echo.echoString(text(random)),
  (echo, random) => echo.listU8(list(random, Uint8Array)),
  (echo, random) => echo.listU32(list(random, Uint32Array)),
  (echo, random) => echo.listF64(list(random, Float64Array)),
  (echo, random) => echo.listChar(text(random)),
  (echo, random) => echo.listBool([true, false, true]),
  (echo, random) => echo.echoChar(random.pick(['a', 'ß', '🦀'])),
  (echo, random) => echo.tuple(random.below(256), text(random), BigInt(random.any()), list(random, Uint16Array)),
  (echo, random) =>
    echo.many(1, 2n, 3, text(random), list(random, Uint32Array), true, 'x', 4, 5, 6, text(random), 7n, 8, list(random, Float64Array)),
  (echo, random) => echo.resultText(random.below(2) === 0, text(random)),
  (echo, random) => echo.resultTuple(random.below(2) === 0),
];

/** Calls of `test/counter@1`. `held` has the handles that came back from it. */
const counterCalls = [
  (counters, random) => counters.create(random.any()),
  (counters, random) => counters.tryCreate(random.below(2_000)),
  (counters, random) => counters.maybeCreate(true, random.any()),
  (counters, random) => counters.createTwo(random.any(), random.any()),
  (counters, random, held) => counters.increment(random.pick(held), 1),
  (counters, random, held) => counters.same(random.pick(held), random.pick(held)),
  (counters, random, held) => counters.clone(random.pick(held)),
  (counters, random, held) => counters.keep(random.pick(held)),
  (counters, random, held) => counters.finishIfAny(random.pick(held)),
  (counters) => counters.giveBack(),
  (counters) => counters.kept(),
];

/** Calls of `test/relay@1`: handles of another process go through. */
const relayCalls = [
  (relay, random) => relay.create(random.any()),
  (relay, random, held) => relay.increment(random.pick(held), 1),
  (relay, random, held) => relay.pass(random.pick(held)),
  (relay, random, held) => relay.passIfAny(random.pick(held)),
  (relay, random, held) => relay.hoard(random.pick(held)),
  (relay, random, held) => relay.finish(random.pick(held)),
  (relay) => relay.sum(),
  (relay) => relay.abandon(),
];

/** What has to be again as it was before a round. */
function figures(kernel) {
  const { processes, objects, slots, transfers } = kernel.inspect();
  const [host] = processes;
  return { processes: processes.length, objects, slots, transfers, held: host.capabilities.length };
}

/** Those of the values that came back that are handles. */
function handlesIn(value, { Handle }) {
  if (value instanceof Handle) return [value];
  return Array.isArray(value) ? value.flatMap((member) => handlesIn(member, { Handle })) : [];
}

/** What a call may be refused with: what the package declares, and nothing that was thrown by mistake. */
function checkRefusal(error, { errorCodes }) {
  if (error?.name === 'PluginError') return;
  const declared = error?.name === 'PortcullisError' && errorCodes.some(({ name }) => name === error.code);
  if (!declared || error.code === 'closed' || error.code === 'unknown-export') throw error;
}

/** A process that is never damaged, with an object that nobody else has: what it counts is known. */
async function openNeighbour(context, server) {
  const process = await context.kernel.spawn(server, { name: 'neighbour' });
  const counters = process.interface('test/counter@1');
  const echo = process.interface('test/echo@1');
  const counter = await counters.create(0);
  let expected = 0;
  return {
    /** Says that it is well. It can be asked in the middle of a call of somebody else. */
    async check() {
      expected += 1;
      equal(await counters.increment(counter, 1), expected, 'what the neighbour counts');
      equal(await echo.echoString('still here'), 'still here', 'the neighbour');
    },
    end() {
      counter.release();
      process.kill();
    },
  };
}

/**
 * Rounds of damage.
 *
 * @param {import('./suites.mjs').Context} context
 * @param {object} settings
 * @param {number} settings.seed a whole number below 2³²; the rounds follow from it
 * @param {(round: number) => boolean} settings.goesOn asked before each round
 * @returns {Promise<{ rounds: number, calls: number, ended: number }>} how many there were, and how many processes ended of it
 */
export async function corrupt(context, { seed, goesOn }) {
  const counts = { rounds: 0, calls: 0, ended: 0 };
  await watchingMemories(async (made) => {
    const { kernel, plugin } = context;
    const [server, client] = [await kernel.compile(await plugin('parity-server')), await kernel.compile(await plugin('parity-client'))];
    const neighbour = await openNeighbour(context, server);
    // What happens in the middle of a call, in a function of the application.
    let during = () => {};
    const host = provideAll(context, interrupted(context, () => during()));
    const before = figures(kernel);
    while (goesOn(counts.rounds)) {
      const round = new Random((seed ^ Math.imul(counts.rounds + 1, 0x9e37_79b1)) >>> 0);
      try {
        await oneRound(context, { random: round, made, server, client, host, neighbour, counts, onDuring: (action) => (during = action) });
        await neighbour.check();
        equal(figures(kernel), before, 'what is left');
      } catch (error) {
        throw new AssertionError(`round ${counts.rounds} of seed ${seed}: ${error?.stack ?? error}`);
      }
      counts.rounds += 1;
    }
    neighbour.end();
  });
  return counts;
}

/** Functions of the application that are interrupted before they do what they do. */
function interrupted(context, interrupt) {
  const wrap = (value) => (interrupt(), value);
  const echo = {};
  for (const name of ['echoString', 'listU8', 'listU32', 'listF64', 'listChar', 'listBool', 'echoChar']) echo[name] = wrap;
  echo.tuple = (...values) => wrap(values);
  echo.many = (...values) => wrap(values);
  return { echo };
}

async function oneRound(context, { random, made, server, client, host, neighbour, counts, onDuring }) {
  const { kernel } = context;
  const spawned = [];
  const memories = new Map();
  const spawn = async (plugin, name, imports = {}) => {
    const process = await kernel.spawn(plugin, { name, imports, ...little });
    memories.set(process, made.at(-1));
    made.length = 0;
    spawned.push(process);
    return process;
  };
  const provider = await spawn(server, 'provider');
  const others = { 'test/counter@1': provider, 'test/fail@1': provider };
  const scene = random.below(4);
  let victim;
  let between;
  if (scene === 0) victim = provider;
  else if (scene === 1) victim = await spawn(client, 'victim', { ...others, 'test/echo@1': host['test/echo@1'] });
  else {
    // Between the victim and the application is somebody who is well.
    between = await spawn(client, 'between', { ...others, 'test/echo@1': host['test/echo@1'] });
    victim = await spawn(client, 'victim', { ...others, 'test/echo@1': between });
  }
  const memory = memories.get(victim);
  const damage = () => {
    if (victim.alive) scribble(memory, random);
  };
  const checks = [];
  onDuring(() => {
    damage();
    if (random.below(8) === 0) checks.push(neighbour.check());
  });
  const held = [undefined];
  const echo = victim.interface('test/echo@1');
  const [interfaceOfHandles, callsOfHandles] = scene === 0 ? ['test/counter@1', counterCalls] : ['test/relay@1', relayCalls];
  const handles = victim.interface(interfaceOfHandles);
  for (let count = 1 + random.below(CALLS); count > 0; count--) {
    if (random.below(3) > 0) damage();
    try {
      const call = random.below(2) === 0 ? random.pick(echoCalls)(echo, random) : random.pick(callsOfHandles)(handles, random, held);
      held.push(...handlesIn(await call, context));
    } catch (error) {
      checkRefusal(error, context);
    }
    counts.calls += 1;
  }
  damage();
  onDuring(() => {});
  await Promise.all(checks);
  // Destructors of the victim run in damaged memory.
  for (const handle of held) handle?.release();
  if (between) {
    ok(between.alive, 'whoever was called in between goes on');
    equal(await between.interface('test/echo@1').echoString('well'), 'well');
  }
  for (const process of spawned) {
    if (!process.alive) counts.ended += 1;
    process.kill();
  }
}

const anySeed = () => globalThis.crypto.getRandomValues(new Uint32Array(1))[0];

export default {
  'a plugin whose whole memory is scribbled over harms nobody else': async (context) => {
    const counts = await corrupt(context, { seed: anySeed(), goesOn: (round) => round < 60 });
    ok(counts.ended > 0, 'some of them ended of it');
  },
};
