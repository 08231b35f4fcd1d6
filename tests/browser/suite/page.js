// Runs every case of the suite, one after the other, and notes what came of each in `globalThis.outcomes`.

import * as portcullis from '/dist/index.js';
import { runCase, suites } from '/suite/suites.mjs';

/** After so many milliseconds a case has failed. */
const patience = 60_000;

const violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective}: ${blockedURI}`));

const kernelUrl = new URL('/dist/kernel_bg.wasm', location.href);

const bytesOf = async (response) => new Uint8Array(await response.arrayBuffer());

const url = (name) => new URL(`/plugins/${name}.wasm`, location.href);

async function plugin(name) {
  const response = await fetch(url(name));
  if (!response.ok) throw new Error(`there is no test plugin ${name}`);
  return bytesOf(response);
}

let copies = 0;

const environment = {
  portcullis,
  plugin,
  url,
  freshCopy() {
    copies += 1;
    return import(`/dist/index.js?copy=${copies}`);
  },
  kernelUrl,
  kernelBytes: await bytesOf(await fetch(kernelUrl)),
};

/** Undefined for a case that passed, a text for one that failed. */
async function outcome(suite, name) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${patience / 1000} seconds`)), patience);
  });
  try {
    await Promise.race([runCase(suite, name, environment), late]);
    return undefined;
  } catch (error) {
    // Not every engine repeats the message in the stack.
    return `${error}\n${error?.stack ?? ''}`;
  } finally {
    clearTimeout(timer);
  }
}

globalThis.violations = violations;
globalThis.outcomes = [];
for (const [suite, cases] of Object.entries(suites)) {
  for (const name of Object.keys(cases)) globalThis.outcomes.push({ suite, name, failure: (await outcome(suite, name)) ?? null });
}
