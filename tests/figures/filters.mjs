// Filters over a picture of 12 megapixels, as the paint page runs them, with the kernel and without it.

import { spread, turn } from '../../bench/measure.mjs';
import { KernelRun, PlainRun } from './filter-runs.mjs';

const width = 4000;
const height = 3000;
const rounds = 9;
const historyBudget = 256 * 1024 * 1024;

/** The filters, with the values of their parameters. */
const wanted = [
  { title: 'invert', plugin: 'invert', values: {} },
  { title: 'gaussian blur, σ 5', plugin: 'gaussian-blur', values: { sigma: 5 } },
  { title: 'sharpen, 3×3', plugin: 'sharpen', values: {} },
  { title: 'box blur, radius 8', plugin: 'box-blur', values: { radius: 8 } },
  { title: 'median, radius 1', plugin: 'median', values: { radius: 1 } },
];

/** A picture with flat parts, edges and a little noise, as photographs have them. */
function picture() {
  const pixels = new Uint8Array(width * height * 4);
  let random = 1;
  for (let y = 0, index = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, index += 4) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const noise = (random >>> 24) / 16;
      const shape = ((x >> 7) ^ (y >> 6)) & 1 ? 60 : 0;
      pixels[index] = 40 + shape + (x / width) * 120 + noise;
      pixels[index + 1] = 30 + shape + (y / height) * 120 + noise;
      pixels[index + 2] = 60 + shape + ((x + y) / (width + height)) * 90 + noise;
      pixels[index + 3] = 255;
    }
  }
  return pixels;
}

/**
 * Applies a filter to the whole picture: cuts each tile with its halo, has it made, puts it in its place, and makes the
 * whole a step of the history. Gives nanoseconds: all of it, and what went into calls of the plugin and copies for it.
 */
async function apply({ engine, engineMemory }, start) {
  const bytes = (address, length) => new Uint8Array(engineMemory.buffer, address, length);
  let calls = 0;
  const began = performance.now();
  engine.setBlend(0, 0, width, height, 1);
  engine.stage();
  const run = await start();
  const edge = engine.tileEdge * (run.halo > 64 ? 2 : 1);
  for (let y = 0; y < height; y += edge) {
    for (let x = 0; x < width; x += edge) {
      const core = [x, y, Math.min(edge, width - x), Math.min(edge, height - y)];
      const length = core[2] * core[3] * 4;
      const room = engine.makeRoom(length);
      engine.cut(0, ...core, run.halo);
      const called = performance.now();
      const made = await run.process(bytes(engine.tileAddress, engine.tileLength), core, bytes(room, length));
      calls += performance.now() - called;
      if (made !== length) throw new Error(`a tile of ${length} bytes has ${made}`);
      engine.putStaged(...core, length);
    }
  }
  run.end();
  engine.commit('filter');
  const whole = performance.now() - began;
  const checksum = engine.checksum();
  engine.goTo(0);
  return { whole: whole * 1e6, calls: calls * 1e6, checksum };
}

async function measure(environment, { title, plugin, values }) {
  const { kernel } = environment;
  const bytes = await environment.plugin(plugin);
  const compiled = await kernel.compile(bytes);
  const module = await WebAssembly.compile(bytes);
  const [section] = WebAssembly.Module.customSections(module, 'paint/filter');
  const declaration = JSON.parse(new TextDecoder().decode(section));
  const roads = {
    contained: () => KernelRun.start(kernel, compiled, declaration, values, width, height),
    'without the kernel': () => PlainRun.start(module, declaration, values, width, height),
  };
  const names = Object.keys(roads);
  const samples = new Map(names.map((name) => [name, { whole: [], calls: [] }]));
  const checksums = new Set();
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { whole, calls, checksum } = await apply(environment, roads[name]);
      checksums.add(checksum);
      if (round >= 0) {
        samples.get(name).whole.push(whole);
        samples.get(name).calls.push(calls);
      }
      await turn();
    }
  }
  if (checksums.size !== 1) throw new Error(`${title}: the kernel changes what the filter gives`);
  const plain = samples.get(names.at(-1));
  const figure = (name, part, label) => {
    const times = samples.get(name)[part];
    return { name: label, ...spread(times), ratio: spread(times.map((time, round) => time / plain[part][round])).median };
  };
  return { title, figures: names.flatMap((name) => [figure(name, 'whole', name), figure(name, 'calls', '  of this, calls of the plugin')]) };
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function filters(environment) {
  const { Engine, memory } = await environment.engine();
  const engine = Engine.fromPixels(width, height, picture(), historyBudget);
  const results = [];
  try {
    for (const filter of wanted) results.push(await measure({ ...environment, engine, engineMemory: memory }, filter));
  } finally {
    engine.free();
  }
  return results;
}
