// Measures the row that the address names, and leaves what came of it in `globalThis.outcome`.

import { Kernel } from '/dist/index.js';
import { takeRow } from '../run.mjs';

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`there is no ${address}`);
  return response;
}

const file = async (path) => new Uint8Array(await (await fetched(`/built/${path}`)).arrayBuffer());

async function pixelEngine() {
  const { default: start, Engine } = await import('/engine/engine.js');
  return { Engine, memory: (await start()).memory };
}

/** The kernel's module a second time, without the package around it, which does not show this part. */
async function startPreparation() {
  const kernel = await import('/kernel/kernel.js');
  await kernel.default({ module_or_path: '/dist/kernel_bg.wasm' });
  return kernel;
}

async function worker(name) {
  const started = new Worker(`/built/contestants/${name}-worker.js`, { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  started.postMessage(port2, [port2]);
  return { port: port1, terminate: () => started.terminate() };
}

/** The task reads it where a page cannot. */
function residentBytes() {
  return new Promise((resolve) => {
    globalThis.asked = (bytes) => {
      globalThis.asked = undefined;
      resolve(bytes);
    };
  });
}

const wanted = new URLSearchParams(location.search);
try {
  const results = await takeRow(wanted.get('row'), {
    engine: wanted.get('engine'),
    quick: wanted.has('quick'),
    Kernel,
    plugin: (name) => file(`plugins/${name}.wasm`),
    file,
    address: (path) => new URL(`/built/${path}`, location.href).href,
    contestant: (name) => import(`/built/contestants/${name}.js`),
    built: (path, instance) => import(`/built/${path}${instance === undefined ? '' : `?${instance}`}`),
    worker,
    residentBytes,
    pixelEngine,
    startPreparation,
  });
  globalThis.outcome = { results };
} catch (error) {
  globalThis.outcome = { error: `${error}\n${error?.stack ?? ''}` };
}
