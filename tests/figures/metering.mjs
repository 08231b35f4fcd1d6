// What it costs that a plugin can be stopped: how much longer it runs, and how fast it is made ready for that.

import { KernelRun } from './filter-runs.mjs';
import { compare, turn } from '../../bench/measure.mjs';

/** Edge of the tile that filters work on, in pixels. */
const edge = 256;
const core = [0, 0, edge, edge];

/** How often both ways are measured, and for how many milliseconds each time: briefly, so that a busy machine disturbs few of the pairs. */
const effort = { rounds: 121, milliseconds: 2 };

/** Milliseconds that both ways run before they are measured, for the engine to optimise them: some do that late. */
const preamble = 400;

/** The smallest loops: an export of kernels.wat, what it does, and the argument of one run. */
const kernels = [
  { name: 'count', title: 'a loop that only counts', argument: 1_000_000 },
  { name: 'sum', title: 'a loop that adds up bytes', argument: 1_000_000 },
  { name: 'fib', title: 'recursion, Fibonacci', argument: 22 },
];

/** Both ways to run a plugin; the last is the measure. */
const roads = { metered: {}, trusted: { metering: false } };

/** What is not a filter's fault: a call has all the time it needs. */
const unhurried = { deadline: Infinity };

/** Noise: nothing in it is easier than in other pictures. */
function pixels(width, height) {
  const bytes = new Uint8Array(width * height * 4);
  let random = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    bytes[index] = index % 4 === 3 ? 255 : random >>> 24;
  }
  return bytes;
}

/** One row: how long something takes metered, and how much more than trusted that is. */
async function row(name, contestants) {
  for (const { run } of contestants) {
    const end = performance.now() + preamble;
    while (performance.now() < end) {
      await run(1);
      await turn();
    }
  }
  const [{ ratio, ...metered }] = await compare(contestants, effort);
  return { ...metered, name, more: ratio - 1 };
}

/** The row in which rows come together, which has no time of its own. */
function meanOf(rows) {
  const logarithms = rows.map(({ more }) => Math.log(1 + more));
  return { name: 'geometric mean', more: Math.exp(logarithms.reduce((sum, value) => sum + value, 0) / rows.length) - 1 };
}

async function measureKernels({ kernel, plugin }) {
  const bytes = await plugin('kernels');
  const figures = [];
  for (const { name, title, argument } of kernels) {
    const contestants = [];
    for (const [road, options] of Object.entries(roads)) {
      const process = await kernel.spawn(bytes, { ...options, ...unhurried });
      contestants.push({
        name: road,
        async run(count) {
          for (let done = 0; done < count; done += 1) await process.call(name, [argument]);
          return count;
        },
      });
    }
    figures.push(await row(title, contestants));
    for (const process of kernel.processes) process.kill();
  }
  return [...figures, meanOf(figures)];
}

/** Runs a filter on one tile; one that only analyses does that. Gives what it made, too. */
async function tileWork(kernel, compiled, declaration) {
  const { geometry } = declaration;
  const run = await KernelRun.start(kernel, compiled, declaration, {}, edge, edge);
  const around = edge + 2 * run.halo;
  const tile = geometry.kind === 'generator' ? new Uint8Array() : pixels(around, around);
  const analyse = () => run.analyse(tile, core);
  if (geometry.kind === 'analysis') return { work: analyse, made: undefined };
  if (geometry.kind === 'whole') await analyse();
  const made = new Uint8Array(edge * edge * 4);
  return { work: () => run.process(tile, core, made), made };
}

async function measureFilter({ kernel, plugin }, name) {
  const bytes = await plugin(name);
  const contestants = [];
  const pictures = [];
  for (const [road, options] of Object.entries(roads)) {
    const compiled = await kernel.compile(bytes, options);
    const [section] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), 'paint/filter');
    const { work, made } = await tileWork(kernel, compiled, JSON.parse(new TextDecoder().decode(section)));
    await work();
    pictures.push(made?.join());
    contestants.push({
      name: road,
      async run(count) {
        for (let done = 0; done < count; done += 1) await work();
        return count;
      },
    });
  }
  if (pictures[0] !== pictures[1]) throw new Error(`${name}: metering changes what the filter gives`);
  const figure = await row(name, contestants);
  for (const process of kernel.processes) process.kill();
  return figure;
}

/** A module with a custom section more, of which no two are the same: engines remember what they have compiled. */
function fresh(bytes) {
  const section = [0, 6, 1, 0x6e];
  const copy = new Uint8Array(bytes.length + section.length + 4);
  copy.set(bytes);
  copy.set(section, bytes.length);
  const number = new DataView(copy.buffer, bytes.length + section.length);
  let last = 0;
  return () => {
    number.setUint32(0, (last += 1));
    return copy;
  };
}

/** Reading and preparing a module, as `compile` does it before the engine gets it, against the engine's part alone. */
async function measurePreparation({ plugin, preparation }, { name, title }) {
  const bytes = await plugin(name);
  const next = fresh(bytes);
  const prepare = await preparation();
  const contestant = (label, work) => ({
    name: label,
    async run(count) {
      for (let done = 0; done < count; done += 1) await work();
      return count;
    },
  });
  const figures = await compare([
    contestant('prepared, metered', () => prepare(next(), true)),
    contestant('prepared, trusted', () => prepare(next(), false)),
    contestant('WebAssembly.compile alone', () => WebAssembly.compile(next())),
  ]);
  return { title: `preparation of ${title}, ${Math.round(bytes.length / 1000)} KB`, figures: figures.map((figure) => ({ ...figure, bytes: bytes.length })) };
}

/** The modules that are prepared. */
const prepared = [
  { name: 'emboss', title: 'the filter emboss' },
  { name: 'kernel-as-plugin', title: "the kernel's own module" },
];

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function metering(environment) {
  const results = [{ title: 'small loops, metered, and how much more than trusted', figures: await measureKernels(environment) }];
  const rows = [];
  for (const name of await environment.filterNames()) rows.push(await measureFilter(environment, name));
  results.push({ title: `filters on a tile of ${edge} × ${edge} pixels, metered, and how much more than trusted`, figures: [...rows, meanOf(rows)] });
  for (const module of prepared) results.push(await measurePreparation(environment, module));
  return results;
}
