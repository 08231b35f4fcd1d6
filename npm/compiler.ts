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

/** Throws `no-memory` if the kernel has no room to read so many bytes. */
export function needRoomToRead(length: number, process?: string): void {
  checked(() => kernel.headroom(READ_BYTES + READ_FACTOR * length), process);
}

/** The setting `cost`, if it is one. */
export function costOf({ cost }: CompileOptions): number | undefined {
  if (cost === undefined || cost >= 0) return cost;
  throw new PortcullisError('bad-limit', `cost must be a number from 0 up, got ${String(cost)}`);
}

/** Prepares and compiles plugins, and keeps the last ones. */
export class Compiler {
  readonly #quarantine: Quarantine;
  readonly #compiled = new Cache<kernel.Plugin>(MOST_COMPILED, MOST_COMPILED_BYTES);
  readonly #gates = new Cache<WebAssembly.Module>(MOST_GATES, MOST_GATES * TINY);

  constructor(quarantine: Quarantine) {
    this.#quarantine = quarantine;
  }

  /** Compiles a plugin with that SHA-256, which nobody changes any more. */
  compile(bytes: Uint8Array, hash: string, name: string | undefined, options: CompileOptions): Promise<CompiledPlugin> {
    return stepsSoon(this.#steps(bytes, hash, name, options), ([plugin, gate]) => Promise.all([compiledSoon(plugin), compiledSoon(gate)]));
  }

  /** As {@link compile}, at once: in the middle of a call. */
  compileNow(bytes: Uint8Array, hash: string, name: string): CompiledPlugin {
    return stepsNow(this.#steps(bytes, hash, name, {}), ([plugin, gate]): Modules => [compiledNow(plugin), compiledNow(gate)]);
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#compiled.clear();
    this.#gates.clear();
  }

  /** Yields what the engine is to compile, if it was not compiled before. */
  *#steps(bytes: Uint8Array, hash: string, name: string | undefined, options: CompileOptions): Generator<Uncompiled, CompiledPlugin, Modules> {
    this.#quarantine.admit(hash);
    const tables = options.tableEntries === undefined ? undefined : checkLimit('tableEntries', options.tableEntries, 0xffff_ffff);
    const [metering, cost] = [options.metering ?? true, costOf(options)];
    const key = JSON.stringify([hash, options.signatures, metering, String(cost), tables]);
    const known = this.#compiled.get(key);
    if (known) return new CompiledPlugin(known, name, hash, bytes.length);
    needRoomToRead(bytes.length, name);
    const prepared = checked(() => kernel.prepare(bytes, options.signatures, metering, cost, tables), name);
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
