// Compile bombs: every kind is what it is meant to be, and nothing larger is accepted than what `npm run bombs` measured.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Kernel } from 'portcullis';
import { kinds } from '../bombs/kinds.mjs';
import { promised } from '../bombs/scales.mjs';
import { build, dist, inRoot } from '../../xtask/paths.mjs';

/** The largest module of each kind that was accepted when it was measured: its scale and its bytes. */
const measured = JSON.parse(readFileSync(inRoot('tests/bombs/measured.json'), 'utf8'));

/** Points a byte that the dearest programs have, such as SQLite, zstd, and the kernel itself. */
const ordinary = 220;

/** Points that a module may have. */
const allowed = 200_000_000;

/** Bytes of the kernel's own stack, which the linker gives it. */
const stack = 1 << 20;

/** Kinds that Node 20 has no instructions for. */
const unknownToNode = /try_table|constant expression/;

const kernel = await Kernel.start();
const accepts = (bytes) =>
  kernel.describe(bytes).then(
    () => true,
    (error) => (assert.match(error.code, /^(?:refused-module|bad-metadata|invalid-module)$/), false),
  );

test('every kind makes valid modules', async () => {
  for (const [name, make] of Object.entries(kinds)) {
    for (const scale of [1, Math.min(2, measured[name]?.scale ?? 1)]) {
      assert.ok(await accepts(make(scale)), name);
      assert.ok(unknownToNode.test(name) || WebAssembly.validate(make(scale)), name);
    }
  }
});

test('every kind was measured', () => {
  assert.deepEqual(Object.keys(measured).sort(), Object.keys(kinds).sort(), 'run `npm run bombs -- --missing --record`');
});

test('nothing larger is accepted than was measured', async () => {
  for (const [name, { scale, size }] of Object.entries(measured)) {
    const module = kinds[name](scale);
    assert.equal(module.length, size, name);
    assert.ok(await accepts(module), `${name}: ${scale} was accepted`);
    const larger = kinds[name](Math.ceil(scale * 1.02) + 1);
    // Some kinds are as large as what is promised anything, about, and some do not grow for ever.
    if (size < promised * 0.95 && larger.length > size && larger.length <= promised) assert.ok(!(await accepts(larger)), `${name}: more than ${scale} is accepted, and nobody knows how long that takes`);
  }
});

test('a program costs far less', async () => {
  const bytes = new Uint8Array(readFileSync(join(dist, 'kernel_bg.wasm')));
  const cost = (ordinary * bytes.length) / allowed;
  const error = await kernel.describe(bytes, { cost }).catch((error) => error);
  // It is no plugin: what it imports has no signatures.
  assert.notEqual(error.code, 'refused-module', error.message);
});

test('no module leads the kernel deep into its own stack', async () => {
  // A second kernel without the package around it. Its stack is the beginning of its memory and grows down; it was never used.
  const bindings = await import(pathToFileURL(join(build, 'npm/kernel.js')).href);
  const { memory } = await bindings.default({ module_or_path: readFileSync(join(dist, 'kernel_bg.wasm')) });
  for (const [name, make] of Object.entries(kinds)) {
    const scale = /nested|deep/.test(name) ? measured[name].scale : Math.min(64, measured[name].scale);
    const work = new bindings.Preparation(make(scale), undefined, true, Infinity);
    let prepared;
    while (prepared === undefined) prepared = work.step();
    prepared.free();
    work.free();
  }
  const words = new Uint32Array(memory.buffer, 0, stack / 4);
  const used = stack - 4 * words.findIndex((word) => word !== 0);
  assert.ok(used > 0 && used < stack / 16, `${used} bytes`);
});

test.after(() => kernel.close());
