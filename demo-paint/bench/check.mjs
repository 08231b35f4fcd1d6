// Whether the filters, as they are shipped, give the results of the reference vectors, whole and in tiles:
// node demo-paint/bench/check.mjs [folder of .wasm]
//
// The native tests of the filters check the same results; this one checks the code that the compiler made for
// WebAssembly, vector instructions included.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Plugin, cores, cut } from './plugin.mjs';
import { readPng } from './png.mjs';

const vectors = join(dirname(fileURLToPath(import.meta.url)), '../vectors');
const folder = process.argv[2] ?? 'build/plugins';
/** Tiles of so many pixels a side, besides the whole image in one. */
const sizes = [16, 7];

let passed = 0;
const failures = [];
for (const id of readdirSync(vectors).sort()) {
  const list = join(vectors, id, 'cases.json');
  if (!existsSync(list)) continue;
  const file = [`${id}.wasm`, `filter_${id.replaceAll('-', '_')}.wasm`].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) {
    failures.push(`${id}: there is no ${id}.wasm in ${folder}`);
    continue;
  }
  const plugin = Plugin.fromFile(file);
  for (const reference of JSON.parse(readFileSync(list, 'utf8'))) {
    const image = readPng(join(vectors, 'images', `${reference.image}.png`));
    const whole = result(plugin, reference.parameters, image, Math.max(image.width, image.height));
    note(id, reference, 'whole', compareWithReference(whole, id, reference, image.width));
    for (const size of sizes) {
      const tiled = result(plugin, reference.parameters, image, size);
      const same = JSON.stringify(tiled) === JSON.stringify(whole);
      note(id, reference, `tiles of ${size}`, same ? undefined : 'is not what the whole image gives');
    }
  }
}
for (const failure of failures) console.log(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

function note(id, reference, how, problem) {
  if (problem === undefined) passed += 1;
  else failures.push(`${id}, ${reference.name}, ${how}: ${problem}`);
}

/** @returns {number[] | unknown} the bytes of the result, or the report of an analysis */
function result(plugin, parameters, image, size) {
  const run = plugin.start(parameters, image.width, image.height);
  const tiles = [...cores(image, size)];
  const { kind } = plugin.declaration.geometry;
  if (kind === 'whole' || kind === 'analysis') for (const core of tiles) run.analyse(cut(image, ...core, 0), ...core);
  if (kind === 'analysis') return run.report();

  const bytes = new Array(image.pixels.length);
  for (const core of tiles) {
    const [left, top, width, height] = core;
    const pixels = kind === 'generator' ? new Uint8Array() : cut(image, ...core, run.halo);
    const processed = run.process(pixels, ...core);
    if (processed.length !== width * height * 4) throw new Error(`${processed.length} bytes for ${width} × ${height} pixels`);
    for (const [index, byte] of processed.entries()) {
      const [row, column] = [Math.floor(index / 4 / width), index % (4 * width)];
      bytes[(top + row) * image.width * 4 + left * 4 + column] = byte;
    }
  }
  return bytes;
}

/** @returns {string | undefined} what is wrong */
function compareWithReference(found, id, reference, width) {
  if (reference.report) return compareReports(found, reference);
  const expected = readPng(join(vectors, id, `${reference.name}.png`)).pixels;
  for (let index = 0; index < expected.length; index += 4) {
    const [pixel, right] = [found, expected].map((bytes) => [...bytes.slice(index, index + 4)]);
    if (difference(pixel, right, reference.compare) > reference.tolerance) {
      return `the pixel (${(index / 4) % width}, ${Math.floor(index / 4 / width)}) is ${pixel} and should be ${right}`;
    }
  }
  return undefined;
}

/** The largest difference of two pixels: of their values, or of what can be seen of them. */
function difference(left, right, compare) {
  const seen = (pixel) => pixel.map((value, index) => (compare === 'visible' && index < 3 ? (value * pixel[3]) / 255 : value));
  const others = seen(right);
  return Math.max(...seen(left).map((value, index) => Math.abs(value - others[index])));
}

function compareReports(report, { report: expected, tolerance }) {
  for (const [index, row] of expected.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const found = report[index]?.[name];
      const same = typeof value === 'number' ? Math.abs(found - value) <= tolerance : found === value;
      if (!same) return `${name} of row ${index} is ${found} and should be ${value}`;
    }
  }
  return undefined;
}
