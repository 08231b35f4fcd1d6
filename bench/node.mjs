// Measures a row in Node, and sends what came of it to the process that started this one: `node bench/node.mjs <row> [--quick]`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build, dist, inRoot } from '../xtask/paths.mjs';
import { bytesOf } from '../xtask/resident.mjs';
import { takeRow } from './run.mjs';

const inBench = (path) => join(build, 'bench', path);
const load = (path) => import(pathToFileURL(path).href);
const file = async (path) => new Uint8Array(readFileSync(inBench(path)));

async function pixelEngine() {
  const { default: start, Engine } = await load(join(build, 'engine/engine.js'));
  const { memory } = await start({ module_or_path: readFileSync(join(build, 'engine/engine_bg.wasm')) });
  return { Engine, memory };
}

/** The kernel's module a second time, without the package around it, which does not show this part. */
async function startPreparation() {
  const kernel = await load(join(build, 'npm/kernel.js'));
  await kernel.default({ module_or_path: readFileSync(join(dist, 'kernel_bg.wasm')) });
  return kernel;
}

async function worker(name) {
  const started = new Worker(inRoot('bench/contestants', name, 'worker.mjs'));
  const { port1, port2 } = new MessageChannel();
  started.postMessage(port2, [port2]);
  return { port: port1, terminate: () => started.terminate() };
}

const [row, ...flags] = process.argv.slice(2);
const { Kernel } = await load(join(dist, 'index.js'));
let outcome;
try {
  const results = await takeRow(row, {
    engine: 'node',
    quick: flags.includes('--quick'),
    Kernel,
    plugin: (name) => file(`plugins/${name}.wasm`),
    file,
    address: (path) => pathToFileURL(inBench(path)).href,
    contestant: (name) => load(inRoot('bench/contestants', name, 'index.mjs')),
    built: (path, instance) => import(`${pathToFileURL(inBench(path)).href}${instance === undefined ? '' : `?${instance}`}`),
    worker,
    residentBytes: async () => bytesOf('self'),
    pixelEngine,
    startPreparation,
  });
  outcome = { results };
} catch (error) {
  outcome = { error: `${error?.stack ?? error}` };
}
// Whatever contestants left running ends with this process.
process.send(outcome, () => process.exit());
