// How long a plugin takes from its bytes to its first answer, and from its end to the next one.

import { spread, turn } from '../../bench/measure.mjs';

/** How many plugins are started cold: each has code that the engine has not seen. */
export const coldVariants = 24;
const warmRounds = 12;
/** What is quick is measured so often at once: clocks are coarse. */
const batch = 8;

/** What is asked of each plugin first. */
const questions = {
  /** A canvas of 700 bytes, without a memory. */
  'calls/canvas': { export: 'figures/canvas@1#add', values: [2, 3] },
  /** The filter `invert`, 47 KB of Rust with a memory. */
  invert: { export: 'paint/filter@1#prepare', values: [16, 16] },
};

/** Notes how many nanoseconds an action takes, done so often. */
async function timed(samples, times, action) {
  const start = performance.now();
  for (let done = 0; done < times; done += 1) await action();
  samples.push(((performance.now() - start) * 1e6) / times);
}

/** Imports that let a plugin start without a kernel, and protect nobody. */
const bare = { portcullis: { fault() {}, handle_create: (badge) => badge } };

/** The same steps with nothing but the engine: compile, instantiate, call. */
async function answersBare(bytes, question, compiled) {
  const module = compiled ?? (await WebAssembly.compile(bytes));
  const { exports } = await WebAssembly.instantiate(module, bare);
  exports._initialize?.();
  exports[question.export](...question.values);
  return module;
}

async function measureCold(kernel, plugin, name, ask) {
  const samples = { cold: [], 'cold, engine alone': [] };
  // Two variants a round: the engine would know the code of the first road on the second.
  for (let variant = 0; variant < coldVariants; variant += 2) {
    const [mine, theirs] = [await plugin(`${name}-${variant}`), await plugin(`${name}-${variant + 1}`)];
    let process;
    await timed(samples.cold, 1, async () => {
      process = await kernel.spawn(mine);
      await ask(process);
    });
    process.kill();
    await turn();
    await timed(samples['cold, engine alone'], 1, () => answersBare(theirs, questions[name]));
    await turn();
  }
  return samples;
}

async function measureWarm(kernel, plugin, name, ask) {
  const samples = { warm: [], 'kill and respawn': [], kill: [], 'warm, engine alone': [] };
  const bytes = await plugin(`${name}-0`);
  const compiled = await kernel.compile(bytes);
  const module = await WebAssembly.compile(bytes);
  const start = async () => {
    const process = await kernel.spawn(compiled);
    await ask(process);
    return process;
  };
  for (let round = 0; round < warmRounds; round += 1) {
    const processes = [];
    await timed(samples.warm, batch, async () => processes.push(await start()));
    await turn();
    await timed(samples['kill and respawn'], batch, async () => {
      processes.shift().kill();
      processes.push(await start());
    });
    await turn();
    await timed(samples.kill, batch, () => processes.shift().kill());
    await turn();
    await timed(samples['warm, engine alone'], batch, () => answersBare(undefined, questions[name], module));
    await turn();
  }
  return samples;
}

async function measure(kernel, plugin, name) {
  const { export: label, values } = questions[name];
  const ask = (process) => process.call(label, values);
  const samples = { ...(await measureCold(kernel, plugin, name, ask)), ...(await measureWarm(kernel, plugin, name, ask)) };
  return Object.entries(samples).map(([label, times]) => ({ name: label, ...spread(times) }));
}

const titles = { 'calls/canvas': 'a plugin of some hundred bytes', invert: 'the filter invert, 47 KB' };

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function life({ kernel, plugin }) {
  const results = [];
  for (const name of Object.keys(questions)) results.push({ title: titles[name], figures: await measure(kernel, plugin, name) });
  return results;
}
