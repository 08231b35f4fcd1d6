// The plugins in C: the samples, and those of the tests, which are built into build/guests/c.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { findClang, kinds } from './clang.mjs';
import { Failure, run } from './command.mjs';
import { build, inRoot, root } from './paths.mjs';
import { unlessMade } from './stamp.mjs';

const samples = (...files) => files.map((file) => `guest-sdk/c/samples/${file}`);
const tests = (...files) => files.map((file) => `tests/guests/c/${file}`);

/** The source files of every plugin. */
export const cPlugins = {
  pythagorus: samples('pythagorus.c'),
  vec: samples('vec.c'),
  buffer: samples('buffer.c'),
  'canvas-by-signatures': samples('canvas/pixels.c', 'canvas/store.c', 'canvas/by-signatures/server.c'),
  'drawing-by-signatures': samples('canvas/drawing.c', 'canvas/by-signatures/client.c'),
  'canvas-by-messages': samples('canvas/pixels.c', 'canvas/store.c', 'canvas/by-messages/server.c'),
  'drawing-by-messages': samples('canvas/drawing.c', 'canvas/by-messages/client.c'),
  parity: samples('parity/guest.c', 'parity/cell.c'),
  'parity-server': tests('parity-server/echo.c', 'parity-server/counter.c', 'parity-server/fail.c'),
  smallest: samples('smallest.c'),
  constructors: tests('constructors.c'),
  memory: tests('memory.c'),
  'without-section': tests('without-section.c'),
  'without-section-text': tests('without-section-text.c'),
  'agreeing-records': tests('records-here.c', 'records-agreeing.c'),
  'contradictory-signatures': tests('records-here.c', 'records-contradicting.c'),
  'contradictory-classes': tests('records-here.c', 'records-of-another-class.c'),
};

/** Beyond errors: nothing that a reader of the samples would be warned of. */
export const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Werror'];

/**
 * Compiles and links a plugin.
 *
 * @param {string[]} sources paths, from the checkout's root on
 * @param {string} output where the module goes
 * @param {object} [options]
 * @param {'bare' | 'wasi'} [options.kind] without a libc, or with wasi-libc
 * @param {'c11' | 'c++17'} [options.standard]
 * @param {string[]} [options.flags] more flags for the compiler
 * @param {(line: string) => void} [options.report]
 */
export async function compileC(sources, output, { kind = 'bare', standard = 'c11', flags = [], report } = {}) {
  const clang = findClang();
  if (!clang) throw new Failure('no clang here compiles for wasm32', { todo: 'run `npm run setup`' });
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-c-'));
  const todo = 'mend what the compiler says above';
  const sysroot = kind === 'wasi' ? clang.sysroot : [];
  const language = standard.startsWith('c++') ? ['-x', 'c++', '-fno-exceptions', '-fno-rtti'] : ['-x', 'c'];
  const compile = [...sysroot, ...kinds[kind].compile, `-std=${standard}`, ...warnings, '-Oz', '-I', inRoot('guest-sdk/c'), ...flags];
  try {
    const objects = await Promise.all(
      sources.map(async (source, index) => {
        const object = join(folder, `${index}-${basename(source)}.o`);
        await run(clang.program, [...compile, ...language, '-c', resolve(root, source), '-o', object], { todo, onLine: report });
        return object;
      }),
    );
    mkdirSync(dirname(output), { recursive: true });
    await run(clang.program, [...sysroot, ...kinds[kind].link, ...objects, '-o', output], { todo, onLine: report });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const directory = join(build, 'guests/c');
const output = (name) => join(directory, `${name}.wasm`);

/** Builds all plugins in C, unless they are as the sources would make them. */
export async function buildCPlugins(report) {
  const names = Object.keys(cPlugins);
  const what = {
    texts: [findClang()?.version ?? ''],
    sources: ['guest-sdk/c', 'tests/guests/c', 'xtask/c-plugins.mjs', 'xtask/clang.mjs'],
    outputs: names.map(output),
  };
  await unlessMade('guests-c', what, async () => {
    rmSync(directory, { recursive: true, force: true });
    for (const name of names) await compileC(cPlugins[name], output(name), { report });
  });
  return `${names.length} plugins`;
}
