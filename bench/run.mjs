// Measures one row. The same in Node and in every browser.

import { takeInTurn } from './measure.mjs';
import { inUnit, resultsOf } from './report.mjs';
import { findRow } from './rows/index.mjs';

/**
 * What rows need.
 *
 * @typedef {object} Environment
 * @property {string} engine its name, for what is known of it and cannot be detected
 * @property {boolean} quick whether a rough figure will do
 * @property {Features} features
 * @property {import('portcullis').Kernel} kernel
 * @property {typeof import('portcullis').Kernel} Kernel to start another one, when that one was closed
 * @property {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin in `build/bench/plugins`
 * @property {(path: string) => Promise<Uint8Array>} file the bytes of a file in `build/bench`
 * @property {(path: string) => string} address where a file in `build/bench` can be loaded from
 * @property {(name: string) => Promise<any>} contestant the module of somebody else's tool: `bench/contestants/<name>/index.mjs`
 * @property {(path: string, instance?: string) => Promise<any>} built a module in `build/bench`; for each name of an instance anew
 * @property {Record<string, string>} absent who cannot do the row here, and why
 * @property {(name: string) => Promise<Channel>} worker starts a worker: `bench/contestants/<name>/worker.mjs`
 * @property {() => Promise<(bytes: Uint8Array, metered: boolean) => void>} preparation what `compile` does with a module before
 *   the engine gets it, on its own
 * @property {() => Promise<number>} residentBytes what the operating system counts as memory of all processes of the engine
 * @property {() => Promise<{ Engine: any, memory: WebAssembly.Memory }>} pixelEngine starts the paint page's pixel engine
 *
 * @typedef {{ port: MessagePort, terminate: () => void }} Channel a worker, and the port on which it is spoken to
 *
 * @typedef {object} Features what the engine has
 * @property {boolean} node whether it is Node, without a page
 * @property {boolean} multiMemory
 * @property {boolean} jspi
 * @property {boolean} isolated whether memory can be shared with workers
 */

/** A module with two memories. */
const twoMemories = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0);

/** @returns {Features} */
export const detectFeatures = () => ({
  node: typeof document === 'undefined',
  multiMemory: WebAssembly.validate(twoMemories),
  jspi: 'Suspending' in WebAssembly,
  isolated: globalThis.crossOriginIsolated ?? true,
});

/** A rough figure takes less of everything. */
const roughly = { rounds: 11, milliseconds: 2, warmth: 30, blocks: 4, patience: 1_500 };

/** Reads each thing once. */
function remember(read) {
  const known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  };
}

async function take(row, environment) {
  if (row.measure) return row.measure(environment);
  const { contestants, absent, close } = await row.prepare(environment);
  Object.assign(environment.absent, absent);
  try {
    const options = environment.quick ? { ...row.options, ...roughly } : row.options;
    const taken = await takeInTurn(contestants, options);
    for (const { end } of contestants) await end?.();
    return taken.map(({ name, samples }) => ({ name, samples: samples.map((value) => inUnit(value, row)) }));
  } finally {
    await close?.();
  }
}

/**
 * Measures a row.
 *
 * @param {string} name of the row
 * @param {Omit<Environment, 'kernel' | 'features' | 'preparation' | 'absent'> & { startPreparation: () => Promise<any> }} around
 * @returns {Promise<import('./report.mjs').Result[]>}
 */
export async function takeRow(name, { startPreparation, ...around }) {
  const { row } = await findRow(name);
  const features = detectFeatures();
  const kernel = await around.Kernel.start();
  const preparation = async () => {
    const { Preparation } = await startPreparation();
    return (module, metered) => {
      const work = new Preparation(module, undefined, metered, Infinity);
      let prepared;
      while (prepared === undefined) prepared = work.step();
      prepared.free();
      work.free();
    };
  };
  const environment = { ...around, features, kernel, plugin: remember(around.plugin), file: remember(around.file), preparation };
  const absent = {};
  for (const [contestant, reason] of Object.entries(row.absent ?? {})) {
    const why = typeof reason === 'function' ? reason(environment) : reason;
    if (why !== undefined) absent[contestant] = why;
  }
  try {
    const taken = await take(row, { ...environment, absent });
    return resultsOf(row, around.engine, taken, absent);
  } finally {
    kernel.close();
  }
}
