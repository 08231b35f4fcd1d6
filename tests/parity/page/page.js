// Has guests do everything in a page, and notes what came of it in `globalThis.outcomes`.

import * as portcullis from '/dist/index.js';
import { perform } from '/parity/perform.mjs';

globalThis.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.violations.push(`${violatedDirective}: ${blockedURI}`));

async function fetched(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`there is no ${path}`);
  return response;
}

const bytes = async (path) => new Uint8Array(await (await fetched(path)).arrayBuffer());

/** Has the guest in a folder do everything. */
async function attempt(folder, wanted) {
  const server = await bytes('/guests/counter.wasm');
  const module = await bytes(`/guests/${folder}/parity.wasm`);
  const signatures = await (await fetched(`/guests/${folder}/records.txt`)).text();
  return perform({ portcullis, module, signatures: signatures || undefined, server }, wanted);
}

/** Begins; `outcomes` is there when it is over. */
globalThis.begin = (folder, wanted) => {
  globalThis.outcomes = undefined;
  attempt(folder, wanted).then(
    (outcomes) => (globalThis.outcomes = outcomes),
    (error) => (globalThis.outcomes = String(error?.stack ?? error)),
  );
};
