// A call from plugin to plugin through the kernel, against the same call with the callee imported directly.

import { compare } from './measure.mjs';
import { copyingPairs, pairs } from './plugins.mjs';

/** The arithmetic that host and plugins are asked for. */
const add = (left, right) => (left + right) >>> 0;

const hostSignature = 'add: func(left: u32, right: u32) -> u32';

/** Containment alone: what the kernel puts around a callee, without anything else of the kernel. */
function contain(callee, failed) {
  return (one, two, three) => {
    try {
      return callee(one, two, three);
    } catch (error) {
      return failed(error);
    }
  };
}

/** The functions of an interface among exports, by name. */
const served = (exports, prefix) =>
  Object.fromEntries(Object.entries(exports).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])));

async function instantiate(bytes, imports) {
  return (await WebAssembly.instantiate(bytes, imports)).instance.exports;
}

/** Pairs that import each other as they are. Nobody protects anybody here. */
export async function directPairs(plugin, wrap) {
  const made = [];
  for (let number = 0; number < pairs; number += 1) {
    const canvas = await instantiate(await plugin(`canvas-${number}`), { portcullis: { handle_create: (badge) => badge } });
    const viewer = await instantiate(await plugin(`viewer-${number}`), {});
    const provided = (exports, prefix) =>
      Object.fromEntries(Object.entries(served(exports, prefix)).map(([name, callee]) => [name, wrap(callee)]));
    const painter = await instantiate(await plugin(`painter-${number}`), {
      'figures/canvas@1': { ...provided(canvas, 'figures/canvas@1#'), create: canvas['figures/canvas@1#create'] },
      'figures/viewer@1': provided(viewer, 'figures/viewer@1#'),
      'figures/host@1': { add },
    });
    painter.begin();
    made.push({ call: async (name, [count]) => painter[name](count), calls: async () => canvas.calls() + viewer.calls(), canvas });
  }
  return made;
}

export async function containedPairs(kernel, plugin, options = {}) {
  const host = kernel.provide('figures/host@1', hostSignature, { add });
  const made = [];
  for (let number = 0; number < pairs; number += 1) {
    const canvas = await kernel.spawn(await plugin(`canvas-${number}`), { name: `canvas ${number}`, ...options });
    const viewer = await kernel.spawn(await plugin(`viewer-${number}`), { name: `viewer ${number}`, ...options });
    const painter = await kernel.spawn(await plugin(`painter-${number}`), {
      name: `painter ${number}`,
      ...options,
      imports: { 'figures/canvas@1': canvas, 'figures/viewer@1': viewer, 'figures/host@1': host },
    });
    await painter.call('begin');
    made.push({ call: (name, values) => painter.call(name, values), calls: async () => (await canvas.call('calls')) + (await viewer.call('calls')), canvas });
  }
  return made;
}

async function copying(plugin, spawn) {
  const made = [];
  for (let number = 0; number < copyingPairs; number += 1) {
    made.push(await spawn(await plugin(`reader-${number}`), await plugin(`writer-${number}`)));
  }
  return made;
}

export const directCopying = (plugin) =>
  copying(plugin, async (readerBytes, writerBytes) => {
    const reader = await instantiate(readerBytes, {});
    const writer = await instantiate(writerBytes, { 'figures/reader@1': served(reader, 'figures/reader@1#') });
    return { call: async (name, [count]) => writer[name](count), calls: async () => reader.calls() };
  });

export const containedCopying = (kernel, plugin) =>
  copying(plugin, async (readerBytes, writerBytes) => {
    const reader = await kernel.spawn(readerBytes);
    const writer = await kernel.spawn(writerBytes, { imports: { 'figures/reader@1': reader } });
    return { call: (name, values) => writer.call(name, values), calls: () => reader.call('calls') };
  });

/** A contestant in which every pair makes its share of the calls. */
export function through(name, made, method, tally) {
  return {
    name,
    async run(count) {
      const share = Math.max(1, Math.round(count / made.length));
      for (const pair of made) await pair.call(method, [share]);
      tally.expected += share * made.length;
      return share * made.length;
    },
  };
}

/** Measures one method in several worlds, and checks that no call was lost or made up. */
export async function measure(title, method, worlds, counted = true) {
  const tally = { expected: 0 };
  const before = counted ? await arrived(worlds) : 0;
  const figures = await compare(Object.entries(worlds).map(([name, made]) => through(name, made, method, tally)));
  if (counted) {
    const after = await arrived(worlds);
    if ((after - before - tally.expected) % 2 ** 32 !== 0) throw new Error(`${title}: ${tally.expected} calls were made, ${after - before} arrived`);
  }
  return { title, figures };
}

async function arrived(worlds) {
  let calls = 0;
  for (const pair of Object.values(worlds).flat()) calls += await pair.calls();
  return calls;
}

/** The host calls a plugin, and waits for each answer. */
async function fromHost(contained, direct) {
  const each = (made, call) => async (count) => {
    for (let done = 0; done < count; done += 1) await call(made[done % made.length].canvas, done);
    return count;
  };
  const figures = await compare([
    { name: 'contained', run: each(contained, (canvas, number) => canvas.call('figures/canvas@1#add', [number, 7])) },
    { name: 'direct import', run: each(direct, async (canvas, number) => canvas['figures/canvas@1#add'](number, 7)) },
  ]);
  return { title: 'host to plugin, two numbers and a result', figures };
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('./measure.mjs').Figure[] }[]>}
 */
export async function calls({ kernel, plugin }) {
  const results = [];
  const failed = () => 0;
  {
    const contained = await containedPairs(kernel, plugin);
    const trusted = await containedPairs(kernel, plugin, { metering: false });
    const framed = await directPairs(plugin, (callee) => contain(callee, failed));
    const direct = await directPairs(plugin, (callee) => callee);
    const worlds = { contained, 'contained, not metered': trusted, 'a bare try/catch': framed, 'direct import': direct };
    results.push(await measure('plugin to plugin, a handle and two numbers', 'handle', worlds));
    results.push(await measure('plugin to plugin, two numbers and a result', 'numbers', worlds));
    results.push(await measure("plugin to plugin, another one's handle and two numbers", 'lent', worlds));
    results.push(await measure('plugin to host, two numbers and a result', 'host', { contained, 'contained, not metered': trusted, 'direct import': direct }, false));
    results.push(await fromHost(contained, direct));
    for (const process of kernel.processes) process.kill();
  }
  const worlds = { contained: await containedCopying(kernel, plugin), 'direct import, nothing copied': await directCopying(plugin) };
  results.push(await measure('plugin to plugin, a string of 16 bytes', 'text', worlds));
  results.push(await measure('plugin to plugin, a list of 1,024 bytes', 'bytes', worlds));
  for (const process of kernel.processes) process.kill();
  return results;
}
