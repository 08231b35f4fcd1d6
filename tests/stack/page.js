// Makes the trials that the address asks for (`#trials,seed`), and leaves what came of them in `globalThis.outcome`.

import * as portcullis from '/dist/index.js';
import { trials } from './trials.mjs';

async function plugin(name) {
  const response = await fetch(`/plugins/${name}.wasm`);
  if (!response.ok) throw new Error(`there is no plugin ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

const [count, seed] = location.hash.slice(1).split(',').map(Number);
try {
  globalThis.outcome = await trials(portcullis, plugin, count, seed);
} catch (error) {
  globalThis.outcome = { error: `${error?.message ?? error}\n${error?.stack ?? ''}` };
}
