// What it costs that a plugin can be stopped: how much longer it runs, and how fast it is made ready for that.

import { declarationOf, FilterRun } from '../filters/run.mjs';
import { noise } from '../filters/picture.mjs';
import { filterNames } from '../filters/names.mjs';
import { inTurn } from '../roads/pairs.mjs';

/** Edge of the tile that filters work on, in pixels. */
const edge = 256;
const core = [0, 0, edge, edge];

/** Briefly and often, so that a busy machine disturbs few of the pairs. */
const effort = { rounds: 121, milliseconds: 4 };

/** Processes of each kind, which take turns: one may take a fifth longer than another one of the same module for as long as it lives. */
const several = 6;

const limit = 'metering off';

/** What a plugin is compiled with, and each of its calls is made with. */
const ways = {
  'with a deadline': { compile: {}, call: { deadline: 3000 } },
  'with fuel': { compile: {}, call: { deadline: Infinity, fuel: Number.MAX_SAFE_INTEGER } },
  [limit]: { compile: { metering: false }, call: { deadline: Infinity } },
};

const repeatedly = (work) => async (count) => {
  for (let done = 0; done < count; done += 1) await work();
};

const repeated = (name, work) => ({
  name,
  async run(count) {
    await repeatedly(work)(count);
    return count;
  },
});

/** A contestant of several processes; `make` starts one, and gives what it does each time. */
async function ofSeveral(name, make) {
  const pairs = [];
  while (pairs.length < several) pairs.push({ call: repeatedly(await make()) });
  return inTurn(name, pairs);
}

/** The smallest loops: an export of kernels.wat, what it does, and the argument of one run. */
const kernels = [
  { name: 'count', title: 'a loop that only counts', argument: 1_000_000 },
  { name: 'sum', title: 'a loop that adds up bytes', argument: 1_000_000 },
  { name: 'fib', title: 'recursion, Fibonacci', argument: 22 },
];

const common = { unit: 'µs', better: 'less', limit, options: effort };

const kernelRow = ({ name, title, argument }) => ({
  ...common,
  name: `metering-${name}`,
  title,
  essential: name === 'sum',
  work: `${title}, with ${argument.toLocaleString('en')} as its argument: one call from the page.`,
  async prepare({ kernel, plugin }) {
    const bytes = await plugin('metering/kernels');
    const contestants = [];
    for (const [way, { compile, call }] of Object.entries(ways)) {
      const compiled = await kernel.compile(bytes, compile);
      const start = async () => {
        const process = await kernel.spawn(compiled);
        return () => process.call(name, [argument], call);
      };
      contestants.push(await ofSeveral(way, start));
    }
    return { contestants };
  },
});

/** Runs a filter on one tile; one that only analyses does that. Gives what it made, too. */
async function tileWork(kernel, compiled, declaration, options) {
  const { geometry } = declaration;
  const run = await FilterRun.start(kernel, compiled, declaration, { width: edge, height: edge, options });
  const around = edge + 2 * run.halo;
  const tile = geometry.kind === 'generator' ? new Uint8Array() : noise(around, around);
  const analyse = () => run.analyse(tile, core);
  if (geometry.kind === 'analysis') return { work: analyse, made: undefined };
  if (geometry.kind === 'whole') await analyse();
  const made = new Uint8Array(edge * edge * 4);
  return { work: () => run.process(tile, core, made), made };
}

const filterRow = (name) => ({
  ...common,
  name: `metering-${name}`,
  title: `filter ${name}`,
  work: `A tile of ${edge} × ${edge} pixels of noise goes to the filter ${name} and comes back.`,
  async prepare({ kernel, plugin }) {
    const bytes = await plugin(`filters/${name}`);
    const declaration = await declarationOf(bytes);
    const contestants = [];
    const pictures = new Set();
    for (const [way, { compile, call }] of Object.entries(ways)) {
      const compiled = await kernel.compile(bytes, compile);
      const start = async () => {
        const { work, made } = await tileWork(kernel, compiled, declaration, call);
        await work();
        pictures.add(made?.join());
        return work;
      };
      contestants.push(await ofSeveral(way, start));
    }
    if (pictures.size !== 1) throw new Error(`${name}: metering changes what the filter gives`);
    return { contestants };
  },
});

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

const compileAlone = 'WebAssembly.compile alone';

/** Reading and preparing a module, as `compile` does it before the engine gets it, beside the engine's part alone. */
const preparationRow = ({ name, title, file }) => ({
  name: `preparation-${name}`,
  title: `preparation of ${title}`,
  work: `What the kernel does with the bytes of ${title} before the engine compiles them: reads, checks, meters and writes them anew.`,
  unit: 'ms',
  better: 'less',
  limit: compileAlone,
  async prepare({ plugin, preparation }) {
    const next = fresh(await plugin(file));
    const prepare = await preparation();
    return {
      contestants: [
        repeated('prepared, metered', () => prepare(next(), true)),
        repeated('prepared, metering off', () => prepare(next(), false)),
        repeated(compileAlone, () => WebAssembly.compile(next())),
      ],
    };
  },
});

export const rows = [
  ...kernels.map(kernelRow),
  ...filterNames.map(filterRow),
  preparationRow({ name: 'filter', title: 'the filter emboss', file: 'filters/emboss' }),
  preparationRow({ name: 'kernel', title: "the kernel's own module", file: 'metering/kernel-as-plugin' }),
];
