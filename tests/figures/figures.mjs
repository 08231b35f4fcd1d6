// All figures but those of the paint page's loading. The same in Node and in every browser.

import { crossings } from './crossings.mjs';
import { runaway } from './runaway.mjs';
import { stack } from './stack.mjs';

/**
 * What the measurements need.
 *
 * @typedef {object} Environment
 * @property {import('portcullis').Kernel} kernel
 * @property {typeof import('portcullis').Kernel} Kernel to start another one, when that one was closed
 * @property {(name: string) => Promise<Uint8Array>} plugin the bytes of a plugin
 */

const sections = { crossings, runaway, stack };

/**
 * Takes the figures of a section.
 *
 * @param {string} section
 * @param {Omit<Environment, 'kernel'>} environment
 */
export async function takeFigures(section, { Kernel, plugin }) {
  const kernel = await Kernel.start();
  const bytes = new Map();
  const remembered = async (name) => {
    if (!bytes.has(name)) bytes.set(name, await plugin(name));
    return bytes.get(name);
  };
  try {
    return await sections[section]({ kernel, Kernel, plugin: remembered });
  } finally {
    kernel.close();
  }
}
