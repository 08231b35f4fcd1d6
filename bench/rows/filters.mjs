// Filters over whole pictures: as the paint page runs them, as the same code does it without a sandbox, and as others do it.

import * as canvas from '../filters/canvas.mjs';
import { PagePicture, historyBudget } from '../filters/page.mjs';
import { picture } from '../filters/picture.mjs';
import { turn } from '../measure.mjs';

const limit = 'linked into the page';
const suspendable = 'portcullis, in calls that can be suspended';

/** Sizes, with how often each contestant is measured, after how many milliseconds no more, and for how many it runs before. */
const sizes = [
  { megapixels: 1, width: 1250, height: 800, rounds: 15, patience: 2_000, warmUp: 600 },
  { megapixels: 12, width: 4000, height: 3000, rounds: 9, patience: 8_000, warmUp: 600 },
  { megapixels: 48, width: 8000, height: 6000, rounds: 5, patience: 12_000, warmUp: 1 },
];

/**
 * Filters: the plugin; its parameters by key, and as numbers in their order for who has no keys; and how many milliseconds it may
 * take for 12 megapixels.
 */
const filters = [
  { name: 'invert', title: 'Invert', plugin: 'invert', values: {}, numbers: [], most: 30 },
  { name: 'box', title: 'Box blur, radius 8', plugin: 'box-blur', values: { radius: 8 }, numbers: [8], most: 120 },
  { name: 'gaussian', title: 'Gaussian blur, σ 5', plugin: 'gaussian-blur', values: { sigma: 5 }, numbers: [5], most: 300 },
  { name: 'sharpen', title: 'Sharpening, 3 × 3', plugin: 'sharpen', values: { amount: 100 }, numbers: [100], most: 100 },
  { name: 'unsharp', title: 'Unsharp mask, σ 2', plugin: 'unsharp-mask', values: { amount: 100, sigma: 2 }, numbers: [100, 2] },
  { name: 'median', title: 'Median, 3 × 3', plugin: 'median', values: { radius: 1 }, numbers: [1], most: 300 },
  { name: 'sobel', title: 'Edges by Sobel', plugin: 'sobel-edges', values: { of: 0 }, numbers: [0] },
];

/**
 * The page's own way: a process without rights, which gets tiles and gives tiles; once in calls that are not suspended, as whoever is
 * linked is not, and once in calls that can be, where the engine has that, as the page makes them.
 */
async function inSandbox({ kernel, pixelEngine, plugin, absent }, { plugin: name, values }, size) {
  const page = new PagePicture(kernel, await pixelEngine(), size);
  const apply = await page.filter(await plugin(`filters/${name}`), values);
  const common = { undo: () => page.undo(), checksum: () => page.checksum() };
  const ways = [{ name: 'portcullis', apply: () => apply(false), close: () => page.close(), ...common }];
  if (absent[suspendable] === undefined) ways.push({ name: suspendable, apply: () => apply(true), ...common });
  return ways;
}

/** The same code in one module with the pixel engine. */
async function linked({ built, file }, { plugin, numbers }, { width, height, pixels }) {
  const { default: start, Linked } = await built('linked/linked.js');
  await start({ module_or_path: await file('linked/linked_bg.wasm') });
  const document = new Linked(width, height, pixels, historyBudget);
  const contestant = {
    name: limit,
    apply: () => document.apply(plugin, Float64Array.from(numbers)),
    undo: () => document.goBack(),
    checksum: () => document.checksum(),
    close: () => document.free(),
  };
  return [contestant];
}

const noFilter = 'has no such filter';

/** Why others cannot do what they are asked for, by filter. Who is not named here can. */
const others = {
  photon: {
    box: 'its box blur is one of 3 × 3 pixels',
    unsharp: noFilter,
    median: noFilter,
    sobel: 'has the slope in one direction or the other, and not both together',
  },
  'wasm-vips': {},
  jimp: { gaussian: 'takes two minutes for a megapixel', unsharp: noFilter, median: noFilter, sobel: noFilter },
  'canvas filter': { box: noFilter, sharpen: noFilter, unsharp: noFilter, median: noFilter, sobel: noFilter },
};

/** It starts threads. That one never comes to an end in WebKitGTK is known, and cannot be detected. */
function whyNotVips({ engine, features }) {
  if (!features.isolated) return 'needs a page that is isolated';
  return engine === 'webkit' ? 'does not come to the end of its start' : undefined;
}

/** Why somebody cannot do a row, if that is so. */
function whyNot(other, filter, megapixels) {
  if (others[other][filter]) return others[other][filter];
  if (other === 'jimp' && megapixels > 1 && filter !== 'invert') return `takes more than a second for a megapixel, and this is ${megapixels}`;
  if (other === 'wasm-vips' && filter === 'median' && megapixels > 12) return 'takes minutes on a busy machine';
  if (other === 'wasm-vips') return whyNotVips;
  return other === 'canvas filter' ? canvas.missing : undefined;
}

const openers = {
  photon: async (environment) => environment.contestant('photon'),
  'wasm-vips': async (environment) => environment.contestant('wasm-vips'),
  jimp: async (environment) => environment.contestant('jimp'),
  'canvas filter': async () => canvas,
};

/** Who else can do it here, with the picture. */
async function openOthers(environment, filter, size) {
  const opened = [];
  for (const [name, load] of Object.entries(openers)) {
    if (environment.absent[name] !== undefined) continue;
    const { open } = await load(environment);
    opened.push({ name, ...(await open(environment, filter.name, size)) });
  }
  return opened;
}

async function timed(contestant) {
  const start = performance.now();
  await contestant.apply();
  const elapsed = performance.now() - start;
  contestant.last = contestant.checksum?.();
  contestant.undo?.();
  await turn();
  return elapsed;
}

/** Measures in turn, each round in another order; who is slow is measured less often. Gives milliseconds. */
async function inTurn(contestants, { rounds, patience, warmUp }) {
  // Engines compile what is new to them, and better what runs often.
  for (const contestant of contestants) {
    for (let spent = 0; spent < warmUp; ) spent += await timed(contestant);
  }
  const samples = contestants.map(() => []);
  const spent = contestants.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const index = (place + round) % contestants.length;
      if (spent[index] > patience) continue;
      const elapsed = await timed(contestants[index]);
      spent[index] += elapsed;
      samples[index].push(elapsed);
    }
  }
  return contestants.map(({ name }, index) => ({ name, samples: samples[index] }));
}

function filterRow(filter, size) {
  const { megapixels, width, height } = size;
  const targets = [{ contestant: 'portcullis', ratio: 1 / 0.9, engines: ['chromium', 'firefox'] }];
  if (megapixels === 12 && filter.most) targets.push({ contestant: 'portcullis', median: filter.most, engines: ['chromium', 'firefox'] });
  return {
    name: `${filter.name}-${megapixels}`,
    title: `${filter.title}, ${megapixels} megapixel${megapixels > 1 ? 's' : ''}`,
    work:
      `${width} × ${height} opaque pixels that are in memory get a result there, on one thread. Portcullis and what is linked cut tiles with their halo, ` +
      'stage results, keep an undo step and the smaller scales of the picture; others only compute.',
    unit: 'ms',
    better: 'less',
    limit,
    native: true,
    essential: filter.name === 'sharpen' && megapixels === 1,
    targets,
    absent: {
      [suspendable]: ({ kernel }) => (kernel.features.yielding ? undefined : 'the engine cannot suspend calls'),
      ...Object.fromEntries(Object.keys(others).flatMap((other) => {
        const why = whyNot(other, filter.name, megapixels);
        return why === undefined ? [] : [[other, why]];
      })),
    },
    async measure(environment) {
      const contestants = [];
      const opaque = { width, height, pixels: picture(width, height) };
      for (const open of [inSandbox, linked]) contestants.push(...(await open(environment, filter, opaque)));
      contestants.push(...(await openOthers(environment, filter, opaque)));
      const taken = await inTurn(contestants, environment.quick ? { rounds: 5, patience: 300, warmUp: 100 } : size);
      const checksums = new Set(contestants.map(({ last }) => last).filter((last) => last !== undefined));
      if (checksums.size !== 1) throw new Error(`${filter.title}: the sandbox changes what the filter gives`);
      for (const { close } of contestants) await close?.();
      return taken;
    },
  };
}

export const rows = filters.flatMap((filter) => sizes.map((size) => filterRow(filter, size)));
