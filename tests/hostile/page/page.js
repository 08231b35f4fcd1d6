// Runs attacks in a page, from the index in the address on, and notes what came of each in `globalThis.news`.

import '/hostile/clock.mjs';
import * as portcullis from '/dist/index.js';
import { perform } from '/hostile/perform.mjs';

const parameters = new URLSearchParams(location.search);
const violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective}: ${blockedURI}`));

const plugins = new Map();

async function fetched(name) {
  const response = await fetch(`/plugins/${encodeURIComponent(name)}.wasm`);
  if (!response.ok) throw new Error(`there is no plugin ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}

function plugin(name) {
  if (!plugins.has(name)) plugins.set(name, fetched(name));
  return plugins.get(name);
}

globalThis.news = [];
globalThis.violations = violations;
globalThis.over = false;
await perform({ portcullis, plugin, seed: Number(parameters.get('seed')) }, Number(parameters.get('from')), parameters.getAll('wanted'), (index, failure) => {
  globalThis.news.push({ index, failure: failure === undefined ? 'begins' : failure });
});
globalThis.over = true;
