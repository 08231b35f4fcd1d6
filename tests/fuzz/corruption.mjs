// `node tests/fuzz/corruption.mjs <minutes> [seed]`: tests/suite/corruption.mjs for long, in Node.

import { performance } from 'node:perf_hooks';
import * as portcullis from 'portcullis';
import { testPlugins } from '../lib/test-plugins.mjs';
import { corrupt } from '../suite/corruption.mjs';

/** Milliseconds between two lines of progress. */
const PROGRESS = 30_000;

const [minutes = '1', given] = process.argv.slice(2);
const seed = given === undefined ? globalThis.crypto.getRandomValues(new Uint32Array(1))[0] : Number(given);
const plugins = testPlugins();
const kernel = await portcullis.Kernel.start();
const context = { ...portcullis, kernel, plugin: async (name) => plugins.get(name) };
console.log(`seed ${seed}`);
const began = performance.now();
let told = began;
const counts = await corrupt(context, {
  seed,
  goesOn(round) {
    const now = performance.now();
    if (now - told > PROGRESS) {
      told = now;
      console.log(`${round} rounds after ${Math.round((now - began) / 1000)} s`);
    }
    return now - began < Number(minutes) * 60_000;
  },
});
kernel.close();
console.log(`${counts.rounds} rounds, ${counts.calls} calls, ${counts.ended} processes ended: the kernel and its neighbour are well`);
