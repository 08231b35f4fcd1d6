// One run of a filter in a process of its own: what the paint page does for one run.

const paintFilter = 'paint/filter@1';
const memoryLimit = 64 * 1024 * 1024;

/** What a plugin says about itself. */
export async function declarationOf(bytes) {
  const [section] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), 'paint/filter');
  return JSON.parse(new TextDecoder().decode(section));
}

/** What `set` gets for each parameter: its index and its numbers. */
function settings({ parameters }, values) {
  return parameters.flatMap(({ key, kind, default: initial }, index) =>
    kind === 'group' || kind === 'text' ? [] : [[index, Float64Array.from([values[key] ?? initial].flat(), Number)]],
  );
}

/** Pixels around a tile's core. */
function haloOf({ geometry, parameters }, values) {
  if (geometry.kind !== 'area') return 0;
  if (typeof geometry.halo === 'number') return geometry.halo;
  const { parameter, scale, offset } = geometry.halo;
  const value = values[parameter] ?? parameters.find(({ key }) => key === parameter).default;
  return Math.ceil(scale * value) + offset;
}

/** A process that was told its parameters and the picture's size. */
export class FilterRun {
  #process;
  #options;

  constructor(process, halo, options) {
    this.#process = process;
    this.#options = options;
    this.halo = halo;
  }

  /** `options` are those of each call besides where the result goes. */
  static async start(kernel, compiled, declaration, { values = {}, width, height, options = {} }) {
    const process = await kernel.spawn(compiled, { memory: { maximum: memoryLimit } });
    for (const setting of settings(declaration, values)) await process.call(`${paintFilter}#set`, setting, options);
    await process.call(`${paintFilter}#prepare`, [width, height], options);
    return new FilterRun(process, haloOf(declaration, values), options);
  }

  /** Looks at a tile, for filters that have to see the whole picture first. */
  async analyse(pixels, core) {
    await this.#process.call(`${paintFilter}#analyse`, [pixels, ...core], this.#options);
  }

  /** Writes the tile into `into` and gives its length. */
  async process(pixels, core, into) {
    return (await this.#process.call(`${paintFilter}#process`, [pixels, ...core], { ...this.#options, into })).length;
  }

  end() {
    this.#process.kill();
  }
}
