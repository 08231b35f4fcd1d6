// How large a bomb may be: the largest of each kind that the kernel accepts.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Bytes that a module may have for the promise to hold. */
export const promised = 2 ** 20;

/** How near to the largest scale the search ends. */
const precision = 1 / 128;

/**
 * The scale of a kind whose module has about so many bytes, and not more. Sizes grow about in proportion.
 *
 * @param {(scale: number) => Uint8Array} make
 * @param {number} bytes
 */
function scaleOfSize(make, bytes) {
  const [small, large] = [make(64).length, make(128).length];
  if (small === large) return 2 ** 20;
  let scale = Math.min(2 ** 20, 64 + Math.floor((Math.max(0, bytes - small) * 64) / (large - small)));
  for (;;) {
    const { length } = make(scale);
    if (length <= bytes || scale === 1) return scale;
    scale = Math.max(1, Math.floor(scale * Math.min(0.97, bytes / length)));
  }
}

/**
 * The largest module of a kind for which something holds, about; it is assumed to hold for all smaller ones.
 *
 * @param {(scale: number) => Uint8Array} make
 * @param {number} most bytes that the module may have
 * @param {(bytes: Uint8Array) => Promise<boolean>} holds
 * @returns {Promise<number>} its scale, 0 if it does not hold for 1
 */
export async function largest(make, most, holds) {
  if (make(1).length > most) return 0;
  let high = scaleOfSize(make, most);
  if (await holds(make(high))) return high;
  if (!(await holds(make(1)))) return 0;
  let low = 1;
  while (high - low > Math.max(1, low * precision)) {
    const middle = Math.floor(Math.sqrt(low * (high + 1)));
    const next = Math.min(high - 1, Math.max(low + 1, middle));
    if (await holds(make(next))) low = next;
    else high = next;
  }
  return low;
}

/** Changes with what a kind makes, and with the kernel that judges it. */
function fingerprint(make, kernelBytes) {
  const hash = createHash('sha256').update(kernelBytes);
  for (const scale of [1, 3, 200]) hash.update(make(scale));
  return hash.digest('hex');
}

/** The scales of kinds, as far as they were found before, in a file. */
export class Scales {
  #file;
  #kernel;
  #kernelBytes;
  #known;

  /**
   * @param {import('portcullis').Kernel} kernel
   * @param {Uint8Array} kernelBytes its module
   * @param {string} file where they are kept
   */
  constructor(kernel, kernelBytes, file) {
    this.#kernel = kernel;
    this.#kernelBytes = kernelBytes;
    this.#file = file;
    this.#known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  }

  /**
   * The largest scale of a kind at which the kernel accepts its module of at most {@link promised} bytes; 0 if it accepts none.
   *
   * @param {string} name
   * @param {(scale: number) => Uint8Array} make
   */
  async of(name, make) {
    const print = fingerprint(make, this.#kernelBytes);
    if (this.#known[name]?.print !== print) {
      const accepts = (bytes) =>
        this.#kernel.describe(bytes).then(
          () => true,
          () => false,
        );
      this.#known[name] = { print, scale: await largest(make, promised, accepts) };
      writeFileSync(this.#file, `${JSON.stringify(this.#known, null, 1)}\n`);
    }
    return this.#known[name].scale;
  }
}
