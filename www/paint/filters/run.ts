// One run of a filter: a fresh process with no rights at all, which gets tiles and gives tiles.

import { signal } from '@preact/signals';
import { engineBytes, type Engine, type Rect } from '../picture/engine.ts';
import { filterInterface, kernel as runningKernel, kernelStarted, PortcullisError, processMemory, type Process } from '../kernel.ts';
import { count } from '../interface/text.ts';
import { failureOf, Stopped } from './failure.ts';
import { patience, tileTime } from '../supervision/policy.ts';
import type { Filter } from './filter.ts';
import { forPlugin, haloOf, type Values } from './values.ts';

const bytesPerPixel = 4;

/** Halos wider than this make larger tiles worth their while. */
const wideHalo = 64;

/** A call that takes longer than this, in milliseconds, is worth a word. */
const longCall = 400;

/** Whether a filter has been at one call for long. It stays false where the page cannot go on meanwhile. */
export const takingLong = signal(false);

/**
 * Whether calls let the page go on while they run. The page uses the engine meanwhile, which may move what lies in it, so such
 * calls get copies of tiles instead of views.
 */
const yielding = (): boolean => runningKernel.value?.features.yielding === true;

/** Room that is used again for tile after tile: to have new bytes for each costs more than to copy into them. */
class Scratch {
  #room = new Uint8Array(0);

  bytes(length: number): Uint8Array<ArrayBuffer> {
    if (this.#room.length < length) this.#room = new Uint8Array(length);
    return this.#room.subarray(0, length);
  }
}

/** A process that was told its parameters and the picture's size. End it with {@link FilterRun.end}. */
export class FilterRun {
  readonly filter: Filter;
  readonly level: number;
  readonly #engine: Engine;
  readonly #process: Process;
  readonly #halo: number;
  readonly #tileCopy = new Scratch();
  readonly #resultCopy = new Scratch();

  private constructor(filter: Filter, engine: Engine, level: number, process: Process, halo: number) {
    this.filter = filter;
    this.#engine = engine;
    this.level = level;
    this.#process = process;
    this.#halo = halo;
  }

  /**
   * Starts a process for the picture at a level; distances in pixels are scaled with it. `begun` gets what ends it, also while
   * it starts.
   */
  static async start(
    filter: Filter,
    engine: Engine,
    level: number,
    values: Values,
    begun: (end: () => void) => void,
  ): Promise<FilterRun> {
    const { declaration } = filter;
    const scale = 1 / 2 ** level;
    const [width = 0, height = 0] = engine.levelSize(level);
    let process: Process | undefined;
    try {
      const kernel = await kernelStarted;
      const compiled = await filter.compiled();
      process = await kernel.spawn(compiled, {
        name: filter.name,
        memory: { maximum: processMemory },
        deadline: tileTime,
        quarantine: patience,
      });
      const started = process;
      begun(() => started.kill());
      for (const [index, parameter] of declaration.parameters.entries()) {
        const value = forPlugin(parameter, values, scale);
        if (value === undefined) continue;
        const name = typeof value === 'string' ? 'set-text' : 'set';
        await callAndWatch(process, name, [index, value]);
      }
      await callAndWatch(process, 'prepare', [width, height]);
      return new FilterRun(filter, engine, level, process, haloOf(declaration, values, scale));
    } catch (error) {
      const failure = await failureOf(error, process, process?.memoryBytes);
      process?.kill();
      throw failure;
    }
  }

  /** The tiles that cover `part` of the level, each on the engine's grid. */
  tiles(part: Rect): Rect[] {
    const [width = 0, height = 0] = this.#engine.levelSize(this.level);
    const edge = this.#engine.tileEdge * (this.#halo > wideHalo ? 2 : 1);
    const tiles: Rect[] = [];
    for (let y = part.y - (part.y % edge); y < part.y + part.height; y += edge) {
      for (let x = part.x - (part.x % edge); x < part.x + part.width; x += edge) {
        tiles.push({ x, y, width: Math.min(edge, width - x), height: Math.min(edge, height - y) });
      }
    }
    return tiles;
  }

  /** Shows the plugin a tile. */
  async analyse({ x, y, width, height }: Rect): Promise<void> {
    this.#engine.cut(this.level, x, y, width, height, 0);
    await this.#call('analyse', [this.#tile(), x, y, width, height]);
  }

  /**
   * Asks the plugin for a tile. Its bytes are in the engine's room for results then, from where the caller has to take
   * them before anything else is asked of the engine. Returns how many there are.
   */
  async process({ x, y, width, height }: Rect): Promise<number> {
    const engine = this.#engine;
    const length = width * height * bytesPerPixel;
    const copies = yielding();
    const room = copies ? 0 : engine.makeRoom(length);
    let pixels = new Uint8Array(0);
    if (this.filter.declaration.geometry.kind !== 'generator') {
      engine.cut(this.level, x, y, width, height, this.#halo);
      pixels = this.#tile();
    }
    const into = copies ? this.#resultCopy.bytes(length) : engineBytes(room, length);
    const result = await this.#call('process', [pixels, x, y, width, height], into);
    const found = result instanceof Uint8Array ? result.length : 0;
    if (found !== length) throw this.#wrongLength(`${count(found)} bytes`, length);
    if (copies) engineBytes(engine.makeRoom(length), length).set(into);
    return found;
  }

  /** The tile that was cut last. */
  #tile(): Uint8Array<ArrayBuffer> {
    const tile = engineBytes(this.#engine.tileAddress, this.#engine.tileLength);
    if (!yielding()) return tile;
    const copy = this.#tileCopy.bytes(tile.length);
    copy.set(tile);
    return copy;
  }

  /** What an analysis found, as the plugin's text. */
  async report(): Promise<string> {
    const text = await this.#call('report', []);
    return typeof text === 'string' ? text : '';
  }

  /** Ends the process and throws its memory away. */
  end(): void {
    this.#process.kill();
  }

  /** Kills the process for a result of another size. Returns the failure, to be thrown. */
  #wrongLength(found: string, length: number): Stopped {
    const message = `“${this.filter.name}” returned ${found} for a tile of ${count(length)} bytes.`;
    const memory = this.#process.memoryBytes;
    this.#process.kill(message);
    return new Stopped(message, 'wrong-length', { function: `${filterInterface}#process`, memory });
  }

  async #call(name: string, args: readonly unknown[], into?: Uint8Array): Promise<unknown> {
    const memory = this.#process.memoryBytes;
    try {
      return await callAndWatch(this.#process, name, args, into);
    } catch (error) {
      // The one argument that the plugin has a say in is the room for its result.
      if (into && error instanceof PortcullisError && error.code === 'bad-argument')
        throw this.#wrongLength('too many bytes', into.length);
      const failure = await failureOf(error, this.#process, Math.max(memory, this.#process.memoryBytes));
      this.end();
      throw failure;
    }
  }
}

/** Calls a function of a filter; one that takes long while the page goes on is noted. */
async function callAndWatch(process: Process, name: string, args: readonly unknown[], into?: Uint8Array): Promise<unknown> {
  const timer = setTimeout(() => (takingLong.value = true), longCall);
  try {
    return await process.call(`${filterInterface}#${name}`, args, { yielding: true, ...(into ? { into } : {}) });
  } finally {
    clearTimeout(timer);
    takingLong.value = false;
  }
}
