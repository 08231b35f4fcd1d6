// The kernel's memory as the host sees it: frames, and content that is staged for them.

import * as kernel from './kernel.js';
import { PortcullisError, numberOf } from './errors.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const DEPTH = numberOf('depth');

/** The identity of the host among the processes. */
export const HOST = 1;
/** In the place of an address: the content goes from or to the host without a stop in the kernel's memory. */
export const AT_HOST = 0xffff_ffff;
/** In the place of an address: there is no content. */
const NOWHERE = 1;

/** Reads and writes the call frames. Views are made anew whenever the memory has grown. */
export class Frames {
  readonly #memory: WebAssembly.Memory;
  readonly #top: number;
  readonly #end: number;
  readonly #depth: number;
  #view: DataView;
  /** The same, and empty as soon as the memory has grown: to look at its length costs less than to ask for the buffer. */
  #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#top = kernel.frameTopAddress();
    this.#end = kernel.frameEndAddress();
    this.#depth = kernel.depthAddress();
  }

  /** A view of the kernel's memory, good until the next call into the kernel or a plugin. */
  get view(): DataView {
    if (this.#bytes.length === 0) {
      this.#view = new DataView(this.#memory.buffer);
      this.#bytes = new Uint8Array(this.#memory.buffer);
    }
    return this.#view;
  }

  /** Takes a frame for a call from the host. `give` it back in any case. */
  take(size: number): number {
    const view = this.view;
    const frame = view.getUint32(this.#top, true);
    if (frame + size > view.getUint32(this.#end, true)) {
      throw new PortcullisError('depth', 'calls are nested too deeply');
    }
    view.setUint32(this.#top, frame + size, true);
    view.setUint32(frame, HOST, true);
    // Lists in the results go straight to the host; and how many calls are nested, should one end without saying so.
    view.setUint32(frame + 4, 1 | (view.getUint32(this.#depth, true) << 1), true);
    for (let offset = 8; offset < size; offset += 4) view.setUint32(frame + offset, 0, true);
    return frame;
  }

  /** Gives a frame back with everything that was staged for it. */
  give(frame: number): void {
    const view = this.view;
    view.setUint32(this.#depth, view.getUint32(frame + 4, true) >>> 1, true);
    kernel.unframe(frame);
  }

  /** The status of a call out of which something came flying: of whoever was entered last, which is ended. */
  caught(frame: number, error: unknown): number {
    const entered = this.view.getUint32(frame + 8, true);
    return entered === 0 ? DEPTH : kernel.trapped(entered, this.view.getUint32(frame + 12, true), error);
  }

  /** Puts bytes into the kernel's memory until the running frame ends. */
  stage(bytes: Uint8Array): number {
    if (bytes.length === 0) return NOWHERE;
    const address = kernel.stage(bytes.length);
    new Uint8Array(this.#memory.buffer, address, bytes.length).set(bytes);
    return address;
  }

  /** As {@link stage}, for text. Gives address and length in bytes. */
  stageText(text: string): [number, number] {
    const bytes = encoder.encode(text);
    return [this.stage(bytes), bytes.length];
  }

  /** A copy of staged bytes, which the caller owns. */
  copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    return length === 0 ? new Uint8Array() : new Uint8Array(this.#memory.buffer, address, length).slice();
  }

  /** Staged text. The kernel has checked that it is UTF-8. */
  text(address: number, length: number): string {
    return length === 0 ? '' : decoder.decode(new Uint8Array(this.#memory.buffer, address, length));
  }
}
