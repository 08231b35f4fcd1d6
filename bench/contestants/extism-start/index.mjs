// Starts plugins with Extism.

import { createPlugin } from '@extism/extism';

/** Two numbers as eight bytes. */
const numbers = new Uint8Array(Uint32Array.of(2, 3).buffer);

/** Starts a plugin, of bytes or of a module that was compiled before, and has it add two numbers. */
export async function start(wasm) {
  const plugin = await createPlugin({ wasm: [wasm instanceof WebAssembly.Module ? { module: wasm } : { data: wasm }] }, { useWasi: false });
  return { answer: (await plugin.call('add', numbers)).getUint32(0, true), end: () => plugin.close(), plugin };
}

/** What adds two numbers in a plugin that was started. */
export const add = async (plugin) => (await plugin.call('add', numbers)).getUint32(0, true);
