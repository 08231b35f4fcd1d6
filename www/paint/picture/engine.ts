// The pixel engine: one wasm memory that holds the picture. This module is the only one that makes views of it.

import start, { Engine, checkSize, probePicture } from 'paint-engine';

export { Engine, checkSize, probePicture };

/** A rectangle in whole pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

let memory: WebAssembly.Memory | undefined;

/** Resolves when the engine can be used. Loading begins with this module. */
export const engineStarted: Promise<void> = start().then((exports) => {
  memory = exports.memory;
});

/**
 * The bytes of engine memory at an address. The view is good until the next call into the engine, which may grow the
 * memory and detach it: use it at once, and make another for the next call.
 */
export function engineBytes(address: number, length: number): Uint8Array<ArrayBuffer> {
  if (!memory) throw new Error('The pixel engine has not started yet.');
  return new Uint8Array(memory.buffer, address, length);
}

/** Bytes of the engine's whole memory. */
export function engineMemory(): number {
  return memory?.buffer.byteLength ?? 0;
}
