// The header for C: every sample and test plugin as C11 and as C++17, without a libc and with wasi-libc; the template; the guide.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Kernel } from 'portcullis';
import { compileC, cPlugins, warnings } from '../../xtask/c-plugins.mjs';
import { findClang } from '../../xtask/clang.mjs';
import { run } from '../../xtask/command.mjs';
import { inRoot } from '../../xtask/paths.mjs';

const standards = ['c11', 'c++17'];
const kinds = { bare: 'without a libc', wasi: 'with wasi-libc' };

/** Every way in which a plugin can be compiled, the samples' own first. */
const variants = standards.flatMap((standard) => Object.keys(kinds).map((kind) => ({ standard, kind, said: `as ${standard.toUpperCase()} ${kinds[kind]}` })));

/** What is the same of a module in every variant: what it imports and exports, and its records. A libc sees to constructors in any case. */
function face(bytes) {
  const module = new WebAssembly.Module(bytes);
  const records = WebAssembly.Module.customSections(module, 'portcullis').map((section) => new TextDecoder().decode(section));
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from} ${name}`);
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name).filter((name) => name !== '_initialize');
  return { records: records.join('').split('\n').sort(), imports: imports.sort(), exports: exports.sort() };
}

describe('plugins in C', () => {
  let folder;
  let kernel;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portcullis-guests-'));
    kernel = await Kernel.start();
  });

  after(() => {
    kernel.close();
    rmSync(folder, { recursive: true });
  });

  /** The bytes of a plugin, compiled anew. */
  async function made(name, sources, options) {
    const output = join(folder, `${name}.wasm`);
    await compileC(sources, output, options);
    return readFileSync(output);
  }

  for (const [name, sources] of Object.entries(cPlugins)) {
    // Those are refused, however they are compiled.
    const contradictory = name.startsWith('contradictory-');
    test(`${name} compiles without a warning and has the same face in every variant`, async () => {
      const faces = [];
      for (const { standard, kind } of variants) {
        const bytes = await made(`${name}-${standard}-${kind}`, sources, { standard, kind });
        faces.push(face(bytes));
        if (contradictory) await assert.rejects(kernel.describe(bytes), { code: 'bad-metadata' });
        else await kernel.describe(bytes);
      }
      for (const [index, each] of faces.entries()) assert.deepEqual(each, faces[0], `${variants[index].said}, beside ${variants[0].said}`);
    });
  }

  for (const { standard, kind, said } of variants) {
    const spawn = async (name, imports = {}) => kernel.spawn(await made(`${name}-runs`, cPlugins[name], { standard, kind }), { name, imports });

    for (const [way, name] of Object.entries({ signatures: 'demo/canvas@1', messages: 'demo/canvas-by-messages@1' })) {
      test(`objects, lists and calls by ${way} work ${said}`, async () => {
        const server = await spawn(`canvas-by-${way}`);
        const client = await spawn(`drawing-by-${way}`, { [name]: server });
        const board = await client.call('demo/drawing@1#chessboard', [2, 1]);
        assert.deepEqual([...board], [...[255, 255, 255, 255], ...[0, 0, 0, 255], ...[0, 0, 0, 255], ...[255, 255, 255, 255]]);
        await assert.rejects(client.call('demo/drawing@1#chessboard', [5_000, 1]), { name: 'PluginError', value: 256 });
        assert.equal(await server.call(`${name}#count`), 0);
      });
    }

    test(`memory and constructors work ${said}`, async () => {
      const memory = await spawn('memory');
      const seed = 1 + Math.floor(Math.random() * (2 ** 32 - 2));
      await memory.call('test/memory@1#exercise', [seed, 20_000]).catch((error) => assert.fail(`${error.message} (seed ${seed})`));
      for (let turn = 0; turn < 50; turn++) assert.equal(await memory.call('test/memory@1#length', [turn % 2 ? 'x'.repeat(99_999) : '']), turn % 2 ? 99_999 : 0);
      assert.ok((await memory.call('test/memory@1#pages')) < 24);
      const constructors = await spawn('constructors');
      for (let turn = 0; turn < 2; turn++) assert.equal(await constructors.call('test/constructors@1#runs'), 1);
    });
  }

  test('what the header leaves out without bulk memory it does by itself', async () => {
    const bytes = await made('memory-mvp', cPlugins.memory, { flags: ['-mno-bulk-memory'] });
    const memory = await kernel.spawn(bytes);
    await memory.call('test/memory@1#exercise', [7, 2_000]);
    const server = await kernel.spawn(await made('canvas-mvp', cPlugins['canvas-by-signatures'], { flags: ['-mno-bulk-memory'] }));
    const client = await kernel.spawn(await made('drawing-mvp', cPlugins['drawing-by-signatures'], { flags: ['-mno-bulk-memory'] }), {
      imports: { 'demo/canvas@1': server },
    });
    assert.deepEqual([...(await client.call('demo/drawing@1#shadow', [1, 1, 0, 0]))], [255, 0, 0, 255]);
  });

  test('C and C++ can be linked into one plugin', async () => {
    const { program } = findClang();
    const objects = [];
    for (const [index, [source, language]] of [['records-here.c', 'c'], ['records-agreeing.c', 'c++']].entries()) {
      const object = join(folder, `mixed-${index}.o`);
      await run(program, ['--target=wasm32', '-x', language, '-Oz', '-I', inRoot('guest-sdk/c'), '-c', inRoot('tests/guests/c', source), '-o', object]);
      objects.push(object);
    }
    const output = join(folder, 'mixed.wasm');
    await run(program, ['--target=wasm32', '-nostdlib', '-Wl,--no-entry', ...objects, '-o', output]);
    const lines = [];
    const log = kernel.provide('test/log@1', 'write: func(line: string)', { write: (line) => lines.push(line) });
    const process = await kernel.spawn(readFileSync(output), { imports: { 'test/log@1': log } });
    await process.call('test/records@1#here');
    await process.call('test/records@1#there');
    assert.deepEqual(lines, ['here', 'there']);
  });

  test('for another target than WebAssembly plain functions are left', async () => {
    const source = join(folder, 'native.c');
    writeFileSync(source, '#include "vec.c"\n#include "canvas/pixels.c"\n');
    for (const [language, standard] of [['c', 'c11'], ['c++', 'c++17']]) {
      const include = ['-I', inRoot('guest-sdk/c'), '-I', inRoot('guest-sdk/c/samples')];
      await run(findClang().program, [...include, '-x', language, `-std=${standard}`, ...warnings, '-fsyntax-only', source]);
    }
  });

  test('the template builds with the line that it gives, and runs', async () => {
    const template = inRoot('guest-sdk/c/template');
    const { build, output, sdk } = JSON.parse(readFileSync(join(template, 'template.json'), 'utf8'));
    const filled = (text) => text.replaceAll('{{name}}', 'my-plugin');
    const target = mkdtempSync(join(folder, 'template-'));
    for (const file of readdirSync(template)) {
      if (file !== 'template.json') writeFileSync(join(target, filled(file)), filled(readFileSync(join(template, file), 'utf8')));
    }
    for (const { from, to } of sdk) cpSync(inRoot('guest-sdk/c', from), join(target, to));
    const [command, ...args] = filled(build).split(' ');
    assert.equal(command, 'clang');
    await run(findClang().program, args, { cwd: target });
    const lines = [];
    const log = kernel.provide('demo/log@1', 'write: func(line: string)', { write: (line) => lines.push(line) });
    const process = await kernel.spawn(readFileSync(join(target, filled(output))), { imports: { 'demo/log@1': log } });
    assert.equal(await process.call('demo/greet@1#hello', ['Ada']), 'Hello, Ada!');
    assert.deepEqual(lines, ['Ada']);
  });

  test('whatever the guide shows compiles, as C and as C++', async () => {
    const guide = readFileSync(inRoot('guest-sdk/c/README.md'), 'utf8');
    const blocks = [...guide.matchAll(/^```c\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
    assert.ok(blocks.length > 5);
    const source = join(folder, 'guide.c');
    for (const [index, code] of blocks.entries()) {
      writeFileSync(source, code.includes('#include "portcullis.h"') ? code : `#include "portcullis.h"\n${code}`);
      for (const standard of standards) {
        await compileC([source], join(folder, 'guide.wasm'), { standard }).catch((error) =>
          assert.fail(`block ${index + 1}, as ${standard}: ${error.message}\n${error.output}`),
        );
      }
    }
  });
});
