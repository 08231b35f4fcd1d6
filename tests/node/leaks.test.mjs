// Thousands of processes that are started and ended: nothing is left of them in the kernel, and JavaScript lets go of them and of
// their memories. `PORTCULLIS_CYCLES=10000` makes it longer.

import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as portcullis from 'portcullis';
import { testPlugins } from '../lib/test-plugins.mjs';
import { cycles } from '../suite/leaks.mjs';

const count = Number(process.env.PORTCULLIS_CYCLES ?? 2_000);

/** Collects whatever nobody refers to. What is let go in a finalizer is collected the next time. */
async function collect() {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let round = 0; round < 5; round++) {
    gc();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** Notes every linear memory that is made from now on. */
function noteMemories() {
  const memories = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor) {
      super(descriptor);
      memories.push(new WeakRef(this));
    }
  };
  return memories;
}

test(`nothing is left of ${count} cycles, in the kernel and in JavaScript`, async () => {
  const kernel = await portcullis.Kernel.start();
  const plugins = testPlugins();
  const [processes, memories] = [[], noteMemories()];
  await cycles({ ...portcullis, kernel, plugin: async (name) => plugins.get(name) }, count, { seen: processes, collect });
  await collect();
  const alive = (references) => references.filter((reference) => reference.deref() !== undefined).length;
  ok(memories.length > 2 * count, 'every process had a memory');
  // What was last on the stack may stay.
  ok(alive(processes) < 4, `${alive(processes)} of ${processes.length} processes were not collected`);
  ok(alive(memories) < 4, `${alive(memories)} of ${memories.length} memories were not collected`);
  kernel.close();
});
