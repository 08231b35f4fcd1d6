// How long each filter takes for 12 megapixels on one thread, in Node: node demo-paint/bench/bench.mjs [folder of .wasm] [filter …]
//
// The tiles are cut before the clock runs. What is measured is what the page pays for a filter in its process: the copy
// of each tile into the plugin's memory, the filter, the copy of its result. Once to warm up, then the best of three.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Plugin, cores, cut } from './plugin.mjs';

const WIDTH = 4000;
const HEIGHT = 3000;
const TILE = 512;
const ROUNDS = 3;

/** Settings worth knowing besides the defaults. */
const SETTINGS = {
  'box-blur': [{ radius: 8 }, { radius: 50 }],
  'gaussian-blur': [{ sigma: 1 }, { sigma: 5 }, { sigma: 20 }],
  'unsharp-mask': [{ sigma: 2 }],
  median: [{ radius: 1 }, { radius: 3 }, { radius: 10 }],
  'sobel-edges': [{ of: 0 }, { of: 1 }],
};

const [folder = 'build/plugins', ...chosen] = process.argv.slice(2);
const image = picture();
const transparent = { ...image, pixels: image.pixels.slice() };
for (let index = 3; index < transparent.pixels.length; index += 4) {
  transparent.pixels[index] = transparent.pixels[index - 1];
}

console.log('milliseconds for 12 megapixels'.padEnd(48), 'opaque'.padStart(8), 'alpha'.padStart(8));
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith('.wasm')) continue;
  const module = new WebAssembly.Module(readFileSync(join(folder, name)));
  if (WebAssembly.Module.customSections(module, 'paint/filter').length === 0) continue;
  const plugin = new Plugin(module);
  const { id, group } = plugin.declaration;
  if (group === 'Trouble' || (chosen.length > 0 && !chosen.includes(id))) continue;
  for (const values of SETTINGS[id] ?? [{}]) {
    const label = [id, ...Object.entries(values).map(([key, value]) => `${key} ${value}`)].join(', ');
    const times = [image, transparent].map((image) => measure(plugin, values, image).toFixed(0).padStart(8));
    console.log(label.padEnd(48), ...times);
  }
}

/** @returns {number} milliseconds of the fastest round */
function measure(plugin, values, image) {
  const run = plugin.start(values, image.width, image.height);
  const { kind } = plugin.declaration.geometry;
  const tiles = [...cores(image, TILE)].map((core) => {
    const pixels = kind === 'generator' ? new Uint8Array() : cut(image, ...core, run.halo);
    return [pixels, ...core];
  });
  if (kind === 'whole') for (const tile of tiles) run.analyse(...tile);
  const work = kind === 'analysis' ? (tile) => run.analyse(...tile) : (tile) => run.process(...tile);
  let fastest = Infinity;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = performance.now();
    for (const tile of tiles) work(tile);
    const time = performance.now() - start;
    if (round > 0) fastest = Math.min(fastest, time);
  }
  return fastest;
}

/** A picture with flat parts, edges and a little noise, as photographs have them. */
function picture() {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
  let random = 1;
  for (let y = 0, index = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1, index += 4) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const noise = (random >>> 24) / 16;
      const shape = ((x >> 7) ^ (y >> 6)) & 1 ? 60 : 0;
      pixels[index] = 40 + shape + (x / WIDTH) * 120 + noise;
      pixels[index + 1] = 30 + shape + (y / HEIGHT) * 120 + noise;
      pixels[index + 2] = 60 + shape + ((x + y) / (WIDTH + HEIGHT)) * 90 + noise;
      pixels[index + 3] = 255;
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}
