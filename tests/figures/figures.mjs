// All figures but those of the paint page's loading. The same in Node and in every browser.

import { crossings } from './crossings.mjs';
import { filters } from './filters.mjs';
import { life } from './life.mjs';
import { metering } from './metering.mjs';
import { runaway } from './runaway.mjs';
import { stack } from './stack.mjs';

/**
 * What the measurements need.
 *
 * @typedef {object} Environment
 * @property {import('portcullis').Kernel} kernel
 * @property {typeof import('portcullis').Kernel} Kernel to start another one, when that one was closed
 * @property {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin
 * @property {() => Promise<string[]>} filterNames the names of all filters, which are plugins
 * @property {() => Promise<(bytes: Uint8Array, metered: boolean) => void>} preparation what `compile` does with a module before
 *   the engine gets it, on its own
 * @property {() => Promise<{ Engine: any, memory: WebAssembly.Memory }>} engine starts the paint page's pixel engine
 */

const sections = { crossings, life, filters, metering, runaway, stack };

/**
 * Takes the figures of a section.
 *
 * @param {string} section
 * @param {Omit<Environment, 'kernel'>} environment
 */
export async function takeFigures(section, { Kernel, plugin, filterNames, startPreparation, engine }) {
  const kernel = await Kernel.start();
  const bytes = new Map();
  const remembered = async (name) => {
    if (!bytes.has(name)) bytes.set(name, await plugin(name));
    return bytes.get(name);
  };
  const preparation = async () => {
    const { prepare } = await startPreparation();
    return (module, metered) => prepare(module, undefined, metered, Infinity).free();
  };
  try {
    return await sections[section]({ kernel, Kernel, plugin: remembered, filterNames, preparation, engine });
  } finally {
    kernel.close();
  }
}
