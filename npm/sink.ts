// Lists that a plugin returns.

import type { NumberArray } from './scalars.js';

/** Takes the lists of a result: the first into the caller's array if there is one, the others into new ones. */
export class Sink {
  /** The part of `into` that was filled. */
  filled: NumberArray | undefined;
  /** How many bytes did not fit. */
  tooSmall: number | undefined;
  readonly #drained: Uint8Array<ArrayBuffer>[];
  #into: NumberArray | undefined;

  constructor(drained: Uint8Array<ArrayBuffer>[], into: NumberArray | undefined) {
    this.#drained = drained;
    this.#into = into;
  }

  take(bytes: Uint8Array): void {
    const into = this.#into;
    if (into === undefined) {
      this.#drained.push(bytes.slice());
      return;
    }
    this.#into = undefined;
    if (bytes.length > into.byteLength) {
      this.tooSmall = bytes.length;
      return;
    }
    new Uint8Array(into.buffer, into.byteOffset, bytes.length).set(bytes);
    this.filled = into.subarray(0, Math.floor(bytes.length / into.BYTES_PER_ELEMENT));
  }
}
