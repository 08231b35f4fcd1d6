// Measures, in a browser, the module that it is told to.

import { Kernel } from '/dist/index.js';
import { stillness } from './stillness.mjs';

async function bytesOf(name) {
  const response = await fetch(`/modules/${name}.wasm`);
  if (!response.ok) throw new Error(`there is no module ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Measures a module, and leaves what came of it in `globalThis.outcome`. */
globalThis.measure = (name) => {
  (async () => {
    const [harmless, bytes] = await Promise.all([bytesOf('harmless'), bytesOf(name)]);
    return stillness(await Kernel.start(), harmless, bytes);
  })().then(
    (outcome) => (globalThis.outcome = outcome),
    (error) => (globalThis.outcome = { error: String(error) }),
  );
};
