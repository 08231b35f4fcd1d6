// Takes the figures of the section that the address names, and leaves them in `globalThis.outcome`.

import { Kernel } from '/dist/index.js';
import { takeFigures } from './figures.mjs';

async function plugin(name) {
  const response = await fetch(`/plugins/${name}.wasm`);
  if (!response.ok) throw new Error(`there is no plugin ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function engine() {
  const { default: start, Engine } = await import('/engine/engine.js');
  return { Engine, memory: (await start()).memory };
}

/** The kernel's module a second time, without the package around it, which does not show this part. */
async function startPreparation() {
  const kernel = await import('/kernel/kernel.js');
  await kernel.default({ module_or_path: '/dist/kernel_bg.wasm' });
  return kernel;
}

const filterNames = async () => (await fetch('/plugins/filters.json')).json();

const section = location.hash.slice(1);
try {
  globalThis.outcome = { results: await takeFigures(section, { Kernel, plugin, filterNames, startPreparation, engine }) };
} catch (error) {
  globalThis.outcome = { error: `${error}\n${error?.stack ?? ''}` };
}
