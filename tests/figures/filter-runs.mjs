// One run of a filter, with the kernel around it and without: what the paint page does for one run, and the same calls
// on the bare exports, which protect nobody.

const paintFilter = 'paint/filter@1';
const memoryLimit = 64 * 1024 * 1024;

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

/** A run in a process of its own. */
export class KernelRun {
  #process;

  constructor(process, halo) {
    this.#process = process;
    this.halo = halo;
  }

  static async start(kernel, compiled, declaration, values, width, height) {
    const process = await kernel.spawn(compiled, { memory: { maximum: memoryLimit } });
    for (const setting of settings(declaration, values)) await process.call(`${paintFilter}#set`, setting);
    await process.call(`${paintFilter}#prepare`, [width, height]);
    return new KernelRun(process, haloOf(declaration, values));
  }

  /** Looks at a tile, for filters that have to see the whole picture first. */
  async analyse(pixels, core) {
    await this.#process.call(`${paintFilter}#analyse`, [pixels, ...core]);
  }

  /** Writes the tile into `into` and gives its length. */
  async process(pixels, core, into) {
    return (await this.#process.call(`${paintFilter}#process`, [pixels, ...core], { into })).length;
  }

  end() {
    this.#process.kill();
  }
}

/** A run on a bare instance. */
export class PlainRun {
  #exports;

  constructor(exports, halo) {
    this.#exports = exports;
    this.halo = halo;
  }

  static async start(module, declaration, values, width, height) {
    const { exports } = await WebAssembly.instantiate(module, { portcullis: { fault() {} } });
    exports._initialize?.();
    const run = new PlainRun(exports, haloOf(declaration, values));
    for (const [index, numbers] of settings(declaration, values)) {
      run.#succeed('set', index, run.#give(new Uint8Array(numbers.buffer), 8), numbers.length);
    }
    run.#succeed('prepare', width, height);
    return run;
  }

  async process(pixels, core, into) {
    const name = `${paintFilter}#process`;
    const result = this.#exports[name](this.#give(pixels, 1), pixels.length, ...core);
    const view = new DataView(this.#exports.memory.buffer);
    const length = view.getUint32(result + 4, true);
    into.set(new Uint8Array(view.buffer, view.getUint32(result, true), length));
    this.#exports[`cabi_post_${name}`]?.(result);
    return length;
  }

  end() {}

  /** Puts bytes into the instance's memory, which owns them then. */
  #give(bytes, alignment) {
    const address = this.#exports.cabi_realloc(0, 0, alignment, bytes.length);
    new Uint8Array(this.#exports.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }

  /** Calls a function that returns `result<_, string>`. */
  #succeed(name, ...parameters) {
    const result = this.#exports[`${paintFilter}#${name}`](...parameters);
    const refused = new Uint8Array(this.#exports.memory.buffer, result, 1)[0] === 1;
    this.#exports[`cabi_post_${paintFilter}#${name}`]?.(result);
    if (refused) throw new Error(`the filter refused ${name}(${parameters})`);
  }
}
