// A filter over a whole picture as the paint page applies it: `www/paint/filters/apply.ts` and `run.ts`, without what is shown.

import { declarationOf, FilterRun } from './run.mjs';

/** Halos wider than this make larger tiles worth their while. */
const wideHalo = 64;

/** Bytes of pixels that undo steps may hold. */
export const historyBudget = 512 * 1024 * 1024;

/** Room that is used again for tile after tile. */
class Scratch {
  #room = new Uint8Array(0);

  bytes(length) {
    if (this.#room.length < length) this.#room = new Uint8Array(length);
    return this.#room.subarray(0, length);
  }
}

/** The page's pixel engine with a picture, and the filters that come as plugins. */
export class PagePicture {
  #kernel;
  #engine;
  #memory;
  #width;
  #height;
  #tileCopy = new Scratch();
  #resultCopy = new Scratch();

  constructor(kernel, { Engine, memory }, { width, height, pixels }) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#width = width;
    this.#height = height;
    this.#engine = Engine.fromPixels(width, height, pixels, historyBudget);
  }

  /** Compiles a filter, as the page does when it starts, and gives what applies it; `yielding` is whether its calls can be suspended. */
  async filter(bytes, values) {
    const compiled = await this.#kernel.compile(bytes);
    const declaration = await declarationOf(bytes);
    return (yielding) => this.#apply(compiled, declaration, { values, yielding });
  }

  #bytes(address, length) {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  /** Cuts each tile with its halo, has it made, puts it in its place, and makes the whole a step of the history. */
  async #apply(compiled, declaration, { values, yielding }) {
    const [engine, width, height] = [this.#engine, this.#width, this.#height];
    engine.setBlend(0, 0, width, height, 1);
    engine.stage();
    const run = await FilterRun.start(this.#kernel, compiled, declaration, { values, width, height, options: { yielding } });
    const edge = engine.tileEdge * (run.halo > wideHalo ? 2 : 1);
    for (let y = 0; y < height; y += edge) {
      for (let x = 0; x < width; x += edge) {
        const core = [x, y, Math.min(edge, width - x), Math.min(edge, height - y)];
        const made = await this.#make(run, core, yielding && this.#kernel.features.yielding);
        engine.putStaged(...core, made);
      }
    }
    run.end();
    engine.commit('filter');
  }

  /**
   * Has a tile made. It is in the engine's room for results then. While calls are suspended, the page uses the engine, so those that can
   * be get copies.
   */
  async #make(run, core, copies) {
    const engine = this.#engine;
    const length = core[2] * core[3] * 4;
    const room = copies ? 0 : engine.makeRoom(length);
    engine.cut(0, ...core, run.halo);
    let tile = this.#bytes(engine.tileAddress, engine.tileLength);
    if (copies) {
      const copy = this.#tileCopy.bytes(tile.length);
      copy.set(tile);
      tile = copy;
    }
    const into = copies ? this.#resultCopy.bytes(length) : this.#bytes(room, length);
    const made = await run.process(tile, core, into);
    if (made !== length) throw new Error(`a tile of ${length} bytes has ${made}`);
    if (copies) this.#bytes(engine.makeRoom(length), length).set(into);
    return made;
  }

  checksum() {
    return this.#engine.checksum();
  }

  undo() {
    this.#engine.goTo(0);
  }

  close() {
    this.#engine.free();
  }
}
