// Takes the figures of the section that the address names, and leaves them in `globalThis.outcome`.

import { Kernel } from '/dist/index.js';
import { takeFigures } from './figures.mjs';

async function plugin(name) {
  const response = await fetch(`/plugins/${name}.wasm`);
  if (!response.ok) throw new Error(`there is no plugin ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

const section = location.hash.slice(1);
try {
  globalThis.outcome = { results: await takeFigures(section, { Kernel, plugin }) };
} catch (error) {
  globalThis.outcome = { error: `${error}\n${error?.stack ?? ''}` };
}
