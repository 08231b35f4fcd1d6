// The kernel, as an application sees it.

import init, * as kernel from './kernel.js';
import { describe, type Description } from './description.js';
import { dispose } from './dispose.js';
import { Edge } from './edge.js';
import { PortcullisError, checked, toError } from './errors.js';
import { Frames } from './frames.js';
import { HostObjects } from './handles.js';
import type { Inspection } from './inspection.js';
import { Interface, type HostFailureListener } from './interface.js';
import type { FunctionPlan } from './plan.js';
import { Process, type ExitReason, type Pending, type Started } from './process.js';
import { bytesOf, checkHash, type BytesSource } from './source.js';

/** Settings of the kernel itself. */
export interface StartOptions {
  /** Where `kernel_bg.wasm` is, if not beside the script: a URL, a Response, bytes or a compiled module. */
  readonly wasm?: URL | string | Response | Promise<Response> | ArrayBuffer | Uint8Array | WebAssembly.Module;
  /** Told of functions of the application that failed when a plugin called them. Without it they go to the console. */
  readonly onHostFailure?: HostFailureListener;
}

/** Settings for reading a plugin. */
export interface CompileOptions {
  /** The SHA-256 that the bytes must have, in hexadecimal digits. Checked before anything is compiled. */
  readonly sha256?: string;
  /** Signature records for a plugin that has none, in the syntax of docs/abi.md §2. */
  readonly signatures?: string;
}

/** Settings of a process. Nothing is granted that is not in `imports`. */
export interface SpawnOptions extends CompileOptions {
  /** For messages; without it, the file's name. */
  readonly name?: string;
  /**
   * Grants, by interface: an interface of the application, a process that exports it, or `'object'`, by which each method
   * goes to whoever minted the object that it is called on.
   */
  readonly imports?: Readonly<Record<string, Interface | Process | 'object'>>;
  /** Hard maximum of its linear memory in bytes; 64 MiB if not given. */
  readonly memory?: { readonly maximum?: number };
  /** The most capabilities that it may hold; 4,096 if not given. */
  readonly handles?: number;
  /** The most objects that it may have minted at once; 65,536 if not given. */
  readonly objects?: number;
  /** The most calls into it that may run at once; 64 if not given, 1 refuses re-entry with `busy`. */
  readonly calls?: number;
}

/** A plugin that was compiled, from which processes are spawned quickly. */
export class CompiledPlugin {
  /** From its URL or file name. */
  readonly name: string | undefined;
  /** @internal */
  readonly inner: kernel.Plugin;
  /** @internal */
  readonly plans: readonly FunctionPlan[];

  /** @internal Made by `Kernel.compile`. */
  constructor(inner: kernel.Plugin, name: string | undefined) {
    this.inner = inner;
    this.name = name;
    this.plans = inner.exports() as readonly FunctionPlan[];
  }
}

/** What a process can be spawned from. */
export type PluginSource = BytesSource | CompiledPlugin;

/** Bytes of linear memory that a process may have if nothing else is said. */
const DEFAULT_MEMORY = 64 * 1024 * 1024;

let running: Promise<Kernel> | undefined;

/** Loads the kernel's own module. */
async function loadKernel(source: NonNullable<StartOptions['wasm']>): Promise<kernel.InitOutput> {
  const address = source instanceof URL || typeof source === 'string' ? String(source) : undefined;
  try {
    const module_or_path = address?.startsWith('file:') ? ((await bytesOf(address)).bytes as Uint8Array<ArrayBuffer>) : source;
    return await init({ module_or_path: module_or_path as ArrayBuffer });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = 'serve `kernel_bg.wasm` there, or say where it is with `wasm` when you start the kernel';
    throw new PortcullisError('fetch-failed', `the kernel itself could not be loaded from ${address ?? 'what `wasm` gave'}: ${reason}; ${advice}`, { cause });
  }
}

/** The capability kernel of this page. */
export class Kernel {
  readonly #frames: Frames;
  readonly #edge: Edge;
  readonly #objects = new HostObjects();
  readonly #methods = new Map<string, number>();
  readonly #processes = new Set<Process>();
  readonly #listeners = new Set<(process: Process, reason: ExitReason) => void>();
  readonly #failed: HostFailureListener;
  #spawned = 0;
  #closed = false;

  private constructor(memory: WebAssembly.Memory, failed: HostFailureListener) {
    this.#frames = new Frames(memory);
    this.#failed = failed;
    this.#edge = new Edge(this.#frames, this.#objects, (className) => this.#methods.get(className.slice(0, className.lastIndexOf('.'))));
    kernel.listen(
      kernel.trapped,
      (id: number, reason: ExitReason) => this.#ended(id, reason),
      (badge: number) => this.#objects.remove(badge),
    );
  }

  /** Starts the kernel. There is one in a page: started again before it is closed, it is the same. */
  static start(options: StartOptions = {}): Promise<Kernel> {
    running ??= Kernel.#load(options).catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  }

  static async #load(options: StartOptions): Promise<Kernel> {
    const source = options.wasm ?? new URL('./kernel_bg.wasm', import.meta.url);
    const { memory } = await loadKernel(source);
    return new Kernel(memory, options.onHostFailure ?? ((label, error) => console.error(`portcullis: ${label} failed`, error)));
  }

  /**
   * Serves an interface from an object. `signatures` has a line `name: func(…) -> …` for each function; the object has a
   * method for each, named in camel case. `borrow` and `own` of classes of this interface are the application's own objects.
   */
  provide(name: string, signatures: string, methods: object): Interface {
    this.#open();
    const provided = Interface.of(name, signatures, methods, this.#frames, this.#edge, this.#failed);
    this.#methods.set(name, provided.inner.methods);
    return provided;
  }

  /** Tells what a plugin has and asks for. Nothing of it is compiled or run. */
  async describe(source: BytesSource, options: { readonly signatures?: string } = {}): Promise<Description> {
    this.#open();
    return describe((await bytesOf(source)).bytes, options.signatures);
  }

  /** Reads, prepares and compiles a plugin. Nothing of it runs. */
  async compile(source: BytesSource, options: CompileOptions = {}): Promise<CompiledPlugin> {
    this.#open();
    const { bytes: given, name } = await bytesOf(source);
    const bytes = options.sha256 === undefined ? given : await checkHash(given, options.sha256);
    const prepared = checked(() => kernel.prepare(bytes, options.signatures), name);
    let modules: [WebAssembly.Module, WebAssembly.Module];
    try {
      modules = await Promise.all([
        WebAssembly.compile(prepared.bytes() as Uint8Array<ArrayBuffer>),
        WebAssembly.compile(prepared.gate() as Uint8Array<ArrayBuffer>),
      ]);
    } catch (cause) {
      prepared.free();
      throw new PortcullisError('invalid-module', `the engine refuses the module: ${cause instanceof Error ? cause.message : String(cause)}`, { cause, process: name });
    }
    return new CompiledPlugin(prepared.finish(...modules), name);
  }

  /** Starts a process of a plugin, with exactly what `imports` grants. */
  async spawn(source: PluginSource, options: SpawnOptions = {}): Promise<Process> {
    for (const setting of ['sha256', 'signatures'] as const) {
      if (source instanceof CompiledPlugin && options[setting] !== undefined) {
        throw new PortcullisError('bad-argument', `\`${setting}\` is for \`compile\`: this plugin was compiled before`);
      }
    }
    const compiled = await this.#compiled(source, options);
    this.#spawned += 1;
    const name = options.name ?? compiled.name ?? `plugin ${this.#spawned}`;
    const { signatures } = options;
    const respawn = async (next: unknown) =>
      this.#start(await this.#compiled(next as PluginSource, signatures === undefined ? {} : { signatures }), name, options);
    const process = Process.of(name, await this.#start(compiled, name, options), this.#frames, this.#edge, respawn);
    this.#processes.add(process);
    return process;
  }

  async #compiled(source: PluginSource, options: CompileOptions): Promise<CompiledPlugin> {
    this.#open();
    return source instanceof CompiledPlugin ? source : this.compile(source, options);
  }

  async #start(compiled: CompiledPlugin, name: string, options: SpawnOptions): Promise<Started> {
    const pending: Pending = { sources: [], sink: undefined };
    const request = this.#request(compiled, name, pending, options);
    // From here on `request` is the kernel's.
    const starting = checked(() => request.begin(), name);
    try {
      const gate = await WebAssembly.instantiate(compiled.inner.gate, starting.gateImports as WebAssembly.Imports);
      let instance: WebAssembly.Instance;
      try {
        instance = await WebAssembly.instantiate(compiled.inner.wasm, starting.imports(gate) as WebAssembly.Imports);
      } catch (cause) {
        throw new PortcullisError('invalid-module', `plugin ${name} could not be instantiated: ${cause instanceof Error ? cause.message : String(cause)}`, { cause, process: name });
      }
      this.#open();
      const frames = starting.finish(instance) as ((frame: number) => number)[];
      return { id: starting.process, frames, plans: compiled.plans, pending };
    } catch (thrown) {
      starting.abandon();
      throw toError(thrown, name);
    } finally {
      starting.free();
    }
  }

  #request(compiled: CompiledPlugin, name: string, pending: Pending, options: SpawnOptions): kernel.Spawn {
    const limit = (what: 'handles' | 'objects' | 'calls'): number | undefined => {
      const value = options[what];
      if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)) return value;
      throw new PortcullisError('bad-limit', `${what} must be a whole number from 0 to 4294967295, got ${String(value)}`);
    };
    const memory = options.memory?.maximum ?? DEFAULT_MEMORY;
    if (!(memory >= 0 && memory <= 2 ** 32)) throw new PortcullisError('bad-limit', `memory.maximum must be from 0 to 4294967296 bytes, got ${String(memory)}`);
    const request = new kernel.Spawn(compiled.inner, name, pending, memory, limit('handles'), limit('objects'), limit('calls'));
    this.#grant(request, options);
    return request;
  }

  #grant(request: kernel.Spawn, options: SpawnOptions): void {
    for (const [name, provider] of Object.entries(options.imports ?? {})) {
      if (provider === 'object') request.bindObject(name);
      else if (provider instanceof Interface) request.bindHost(name, provider.inner);
      else if (provider instanceof Process) request.bindProcess(name, provider.id);
      else throw new PortcullisError('bad-argument', `the grant of ${name} is neither an interface, nor a process, nor 'object'`);
    }
  }

  #ended(id: number, reason: ExitReason): void {
    for (const process of this.#processes) {
      if (!process.ended(id, reason)) continue;
      this.#processes.delete(process);
      for (const listener of this.#listeners) queueMicrotask(() => listener(process, reason));
      return;
    }
  }

  /** Processes that live, in the order in which they were spawned. */
  get processes(): readonly Process[] {
    return [...this.#processes];
  }

  /** Processes, memory, namespaces: who holds what, from whom. */
  inspect(): Inspection {
    this.#open();
    return kernel.inspect() as Inspection;
  }

  /** Tells a listener of every process that ends. Gives a function that ends that. */
  on(event: 'exit', listener: (process: Process, reason: ExitReason) => void): () => void {
    if (event !== 'exit') throw new PortcullisError('bad-argument', `there is no event ${String(event)}; there is exit`);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every process. Everything afterwards is refused with `closed`. */
  close(): void {
    if (this.#closed) return;
    for (const process of this.processes) process.kill('the kernel was closed');
    this.#closed = true;
    running = undefined;
  }

  [dispose](): void {
    this.close();
  }

  #open(): void {
    if (this.#closed) throw new PortcullisError('closed', 'the kernel was closed');
  }
}
