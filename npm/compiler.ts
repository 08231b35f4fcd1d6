// From the bytes of a plugin to what processes of it are started from.

import * as kernel from './kernel.js';
import { Cache } from './cache.js';
import { TINY, compiledNow, compiledSoon, stepsNow, stepsSoon, type Wanted } from './engine.js';
import { PortcullisError, checked, textOf } from './errors.js';
import { CompiledPlugin, type CompileOptions } from './options.js';
import type { Quarantine } from './quarantine.js';
import { checkLimit } from './usage.js';

/** Compiled plugins that are kept, and bytes of the plugins that they were compiled from. */
const MOST_COMPILED = 32;
const MOST_COMPILED_BYTES = 16 * 1024 * 1024;
/** Gates that are kept: those of plugins with the same functions are the same. */
const MOST_GATES = 64;
/** Bytes that the kernel needs to read something: so many, and so many times its size. */
const READ_BYTES = 1024 * 1024;
const READ_FACTOR = 4;
/** Characters for bytes, one for each. */
const latin = new TextDecoder('latin1');

/** What the engine is to compile: a plugin and its gate, which may have been compiled for another one. */
type Uncompiled = readonly [plugin: Wanted, gate: Wanted];
type Modules = [plugin: WebAssembly.Module, gate: WebAssembly.Module];

/** What the kernel does in slices. */
interface Sliced<Result> {
  /** Does a slice, and gives what came of it all if that was the last one. */
  step(): Result | undefined;
  free(): void;
}

/** A plugin that is to be compiled. */
interface Request {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly name: string | undefined;
  readonly options: CompileOptions;
  /** Differs with the bytes and with whatever in the options changes what comes of them. */
  readonly key: string;
}

/** Throws `no-memory` if the kernel has no room to read so many bytes. */
export function needRoomToRead(length: number, process?: string): void {
  checked(() => kernel.headroom(READ_BYTES + READ_FACTOR * length), process);
}

/** The setting `cost`, if it is one. */
function costOf({ cost }: CompileOptions): number | undefined {
  if (cost === undefined || cost >= 0) return cost;
  throw new PortcullisError('bad-limit', `cost must be a number from 0 up, got ${String(cost)}`);
}

/**
 * Does the slices of some work on so many bytes, and yields between them: others may use the kernel and its memory then, and `admit`
 * may have come to refuse it, which is to throw. However it ends, the kernel keeps nothing of it.
 */
function* slices<Result>(begin: () => Sliced<Result>, length: number, admit: () => void, process?: string): Generator<void, Result, void> {
  needRoomToRead(length, process);
  const work = begin();
  try {
    for (;;) {
      const result = checked(() => work.step(), process);
      if (result !== undefined) return result;
      yield;
      admit();
      needRoomToRead(length, process);
    }
  } finally {
    work.free();
  }
}

/** Resolves when the event loop has had its turn. */
const turn = (): Promise<void> => kernel.nextTurn() as Promise<void>;

/** Reads, prepares and compiles plugins, and keeps the last ones. What it is given, nobody changes any more. */
export class Compiler {
  readonly #quarantine: Quarantine;
  readonly #open: () => void;
  readonly #compiled = new Cache<kernel.Plugin>(MOST_COMPILED, MOST_COMPILED_BYTES);
  readonly #gates = new Cache<WebAssembly.Module>(MOST_GATES, MOST_GATES * TINY);

  /** `open` throws if the kernel was closed. */
  constructor(quarantine: Quarantine, open: () => void) {
    this.#quarantine = quarantine;
    this.#open = open;
  }

  /** Tells what a plugin has and asks for: what the kernel's `Describing` gives. */
  async describe(bytes: Uint8Array, options: Pick<CompileOptions, 'signatures' | 'cost'>): Promise<unknown> {
    const cost = costOf(options);
    const describing = slices(() => new kernel.Describing(bytes, options.signatures, cost), bytes.length, this.#open);
    return stepsSoon(describing, turn);
  }

  /** Compiles a plugin with that SHA-256. */
  async compile(bytes: Uint8Array, hash: string, name: string | undefined, options: CompileOptions): Promise<CompiledPlugin> {
    const request = this.#request(bytes, hash, name, options);
    const known = this.#known(request);
    if (known !== undefined) return known;
    const prepared = await stepsSoon(this.#preparing(request), turn);
    return stepsSoon(this.#compiling(request, prepared), ([plugin, gate]) => Promise.all([compiledSoon(plugin), compiledSoon(gate)]));
  }

  /** As {@link compile}, at once: in the middle of a call. */
  compileNow(bytes: Uint8Array, hash: string, name: string): CompiledPlugin {
    const request = this.#request(bytes, hash, name, {});
    const known = this.#known(request);
    if (known !== undefined) return known;
    const prepared = stepsNow(this.#preparing(request), () => {});
    return stepsNow(this.#compiling(request, prepared), ([plugin, gate]): Modules => [compiledNow(plugin), compiledNow(gate)]);
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#compiled.clear();
    this.#gates.clear();
  }

  #request(bytes: Uint8Array, hash: string, name: string | undefined, options: CompileOptions): Request {
    this.#quarantine.admit(hash);
    const tables = options.tableEntries === undefined ? undefined : checkLimit('tableEntries', options.tableEntries, 0xffff_ffff);
    const key = JSON.stringify([hash, options.signatures, options.metering ?? true, String(costOf(options)), tables]);
    return { bytes, hash, name, options, key };
  }

  /** What came of the same bytes and options before, if it is still kept. */
  #known({ bytes, hash, name, key }: Request): CompiledPlugin | undefined {
    const known = this.#compiled.get(key);
    return known && new CompiledPlugin(known, name, hash, bytes.length);
  }

  /** Yields where the page may have its turn. */
  #preparing({ bytes, hash, name, options }: Request): Generator<void, kernel.Prepared, void> {
    const { signatures, metering = true, cost, tableEntries } = options;
    const admit = (): void => {
      this.#open();
      this.#quarantine.admit(hash);
    };
    return slices(() => new kernel.Preparation(bytes, signatures, metering, cost, tableEntries), bytes.length, admit, name);
  }

  /** Yields what the engine is to compile. */
  *#compiling({ bytes, hash, name, key }: Request, prepared: kernel.Prepared): Generator<Uncompiled, CompiledPlugin, Modules> {
    const gate = prepared.gate() as Uint8Array<ArrayBuffer>;
    const shape = gate.length <= TINY ? latin.decode(gate) : undefined;
    let modules: Modules;
    try {
      modules = yield [prepared.bytes() as Uint8Array<ArrayBuffer>, (shape && this.#gates.get(shape)) ?? gate];
    } catch (cause) {
      prepared.free();
      throw new PortcullisError('invalid-module', `the engine refuses the module: ${textOf(cause)}`, { cause, process: name });
    }
    if (shape !== undefined) this.#gates.set(shape, modules[1], gate.length);
    const inner = prepared.finish(...modules);
    this.#compiled.set(key, inner, bytes.length);
    return new CompiledPlugin(inner, name, hash, bytes.length);
  }
}
