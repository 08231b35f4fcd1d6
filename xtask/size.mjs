// `npm run size`: what a web app downloads for the kernel, gzipped as a server would send it; and the smallest plugins.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Failure } from './command.mjs';
import { build, dist } from './paths.mjs';

/** Addresses that a module loads: static and dynamic imports, re-exports, and `new URL(…, import.meta.url)`. */
const references = [
  /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"](\.[^'"]+)['"]/g,
  /\bimport\s*\(?\s*['"](\.[^'"]+)['"]/g,
  /\bnew URL\(\s*['"`]([^'"`]+)['"`]\s*,\s*import\.meta\.url\s*\)/g,
];

/** Every file that importing the package loads, each after the ones that led to it. */
function loadedFrom(entry) {
  const seen = new Set([entry]);
  for (const file of seen) {
    if (!/\.m?js$/.test(file)) continue;
    const source = readFileSync(file, 'utf8');
    for (const pattern of references) {
      for (const [, address] of source.matchAll(pattern)) {
        const target = join(dirname(file), address);
        if (existsSync(target)) seen.add(target);
      }
    }
  }
  return [...seen];
}

/** The smallest plugin that does something in each language: it adds two numbers. */
const smallest = new Map([
  ['Rust', 'test-plugins/smallest.wasm'],
  ['C', 'guests/c/smallest.wasm'],
  ['AssemblyScript', 'guests/assemblyscript/smallest.wasm'],
  ['Zig', 'guests/zig/smallest.wasm'],
  ['text', 'guests/wat/smallest.wasm'],
]);

/**
 * What a web app downloads for the kernel.
 *
 * @returns {{ path: string, bytes: number }[]} each file in the package, and its gzipped bytes
 */
export function downloaded() {
  const entry = join(dist, 'index.js');
  if (!existsSync(entry)) throw new Failure('there is no package yet', { todo: 'run `npm run build`' });
  return loadedFrom(entry).map((file) => ({ path: relative(dist, file), bytes: gzipSync(readFileSync(file), { level: 9 }).length }));
}

/** Prints a line a file, gzipped bytes and its path in the package, and the total last. */
export function size() {
  const files = downloaded();
  for (const { path, bytes } of files) console.log(`${String(bytes).padStart(8)}  ${path}`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${String(total).padStart(8)}  total, bytes gzipped`);
  for (const [language, path] of smallest) {
    const file = join(build, path);
    if (existsSync(file)) console.log(`${String(statSync(file).size).padStart(8)}  the smallest plugin in ${language}, bytes`);
  }
}
