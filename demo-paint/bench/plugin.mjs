// Runs filters without the kernel: calls the core exports of `paint/filter@1` as docs/abi.md describes them.
// For benchmarks and for checking results; nothing here protects anybody from the plugin.

import { readFileSync } from 'node:fs';

const INTERFACE = 'paint/filter@1';
const HALO_LIMIT = 512;

/** A compiled filter and what it declares. */
export class Plugin {
  /** @param {string} path of a `.wasm` file */
  static fromFile(path) {
    return new Plugin(new WebAssembly.Module(readFileSync(path)));
  }

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.module = module;
    const [section] = WebAssembly.Module.customSections(module, 'paint/filter');
    this.declaration = JSON.parse(new TextDecoder().decode(section));
  }

  /**
   * A fresh process, with every parameter set and `prepare` called.
   * @param {Record<string, unknown>} values by key; the default where there is none
   * @throws {Error} with the filter's sentence where it refuses
   */
  start(values, width, height) {
    return new Run(this, values, width, height);
  }
}

/** One run of a filter. */
class Run {
  #exports;
  #fault = '';

  constructor(plugin, values, width, height) {
    this.declaration = plugin.declaration;
    this.#exports = this.#instantiate(plugin.module);
    this.#exports._initialize?.();
    const settled = {};
    for (const [index, parameter] of this.declaration.parameters.entries()) {
      const value = values[parameter.key] ?? parameter.default;
      settled[parameter.key] = value;
      if (parameter.kind === 'text') {
        const bytes = new TextEncoder().encode(value);
        this.#mayRefuse('set-text', index, this.#give(bytes, 1), bytes.length);
      } else if (parameter.kind !== 'group') {
        const numbers = Float64Array.from([value].flat(), Number);
        const bytes = new Uint8Array(numbers.buffer);
        this.#mayRefuse('set', index, this.#give(bytes, 8), numbers.length);
      }
    }
    this.#mayRefuse('prepare', width, height);
    this.halo = halo(this.declaration.geometry, settled);
  }

  analyse(pixels, x, y, width, height) {
    this.#call('analyse', this.#give(pixels, 1), pixels.length, x, y, width, height);
  }

  /** @returns {Uint8Array} a copy of the result */
  process(pixels, x, y, width, height) {
    const address = this.#give(pixels, 1);
    const result = this.#call('process', address, pixels.length, x, y, width, height);
    const bytes = this.#list(result).slice();
    this.#after('process', result);
    return bytes;
  }

  /** @returns {unknown} the parsed report */
  report() {
    const result = this.#call('report');
    const text = new TextDecoder().decode(this.#list(result));
    this.#after('report', result);
    return JSON.parse(text);
  }

  #instantiate(module) {
    const kernel = {
      fault: (address, length) => {
        this.#fault = new TextDecoder().decode(this.#bytes(address, length));
      },
    };
    const imports = { portcullis: kernel };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from !== 'portcullis') throw new Error(`nobody provides ${from} ${name}`);
      kernel[name] ??= () => {
        throw new Error(`there is no kernel here: ${name}`);
      };
    }
    return new WebAssembly.Instance(module, imports).exports;
  }

  #bytes(address, length) {
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }

  /** Puts bytes into the plugin's memory, which owns them then. */
  #give(bytes, alignment) {
    if (bytes.length === 0) return alignment;
    const address = this.#exports.cabi_realloc(0, 0, alignment, bytes.length);
    this.#bytes(address, bytes.length).set(bytes);
    return address;
  }

  /** The list at whose address and length `result` points. */
  #list(result) {
    const view = new DataView(this.#exports.memory.buffer);
    return this.#bytes(view.getUint32(result, true), view.getUint32(result + 4, true));
  }

  #call(name, ...parameters) {
    try {
      return this.#exports[`${INTERFACE}#${name}`](...parameters);
    } catch (error) {
      throw new Error(`${this.declaration.id} trapped in ${name}: ${this.#fault || error}`);
    }
  }

  #after(name, result) {
    this.#exports[`cabi_post_${INTERFACE}#${name}`]?.(result);
  }

  /** Calls a function that returns `result<_, string>`. */
  #mayRefuse(name, ...parameters) {
    const result = this.#call(name, ...parameters);
    const refused = this.#bytes(result, 1)[0] === 1;
    const sentence = refused ? new TextDecoder().decode(this.#list(result + 4)) : '';
    this.#after(name, result);
    if (refused) throw new Error(sentence);
  }
}

/** Pixels around a tile's core, from the declaration and the values. */
function halo(geometry, values) {
  if (geometry.kind !== 'area') return 0;
  if (typeof geometry.halo === 'number') return geometry.halo;
  const { parameter, scale, offset } = geometry.halo;
  return Math.min(Math.ceil(scale * values[parameter]) + offset, HALO_LIMIT);
}

/**
 * Cuts the tile with this core out of an image; beyond the edge the nearest pixel is repeated.
 * @param {{ width: number, height: number, pixels: Uint8Array }} image RGBA
 */
export function cut(image, x, y, width, height, halo) {
  const source = new Uint32Array(image.pixels.buffer, image.pixels.byteOffset, image.width * image.height);
  const stride = width + 2 * halo;
  const tile = new Uint32Array(stride * (height + 2 * halo));
  const clamp = (value, length) => Math.min(Math.max(value, 0), length - 1);
  for (let row = 0; row < height + 2 * halo; row += 1) {
    const from = clamp(y - halo + row, image.height) * image.width;
    for (let column = 0; column < stride; column += 1) {
      tile[row * stride + column] = source[from + clamp(x - halo + column, image.width)];
    }
  }
  return new Uint8Array(tile.buffer);
}

/** The cores of square tiles that cover an image: `[x, y, width, height]`. */
export function* cores(image, size) {
  for (let y = 0; y < image.height; y += size) {
    for (let x = 0; x < image.width; x += size) {
      yield [x, y, Math.min(size, image.width - x), Math.min(size, image.height - y)];
    }
  }
}
