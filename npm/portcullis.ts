// The kernel, as an application sees it.

import init, * as kernel from './kernel.js';
import { DEFAULT_BUDGET, budgetOf, type Budget, type BudgetOptions } from './budget.js';
import { Cache } from './cache.js';
import { describe, type Description } from './description.js';
import { dispose } from './dispose.js';
import { Edge } from './edge.js';
import { PortcullisError, checked, textOf, toError } from './errors.js';
import { History, type BudgetUse, type EventDetails, type EventProcess, type KernelEvent } from './events.js';
import { Frames } from './frames.js';
import { HostObjects } from './handles.js';
import type { Inspection } from './inspection.js';
import { Interface, type FailureListener, type HostFailureListener, type Inside } from './interface.js';
import type { FunctionPlan } from './plan.js';
import { Process, type ExitReason, type Keeper, type Pending, type Started } from './process.js';
import { Quarantine } from './quarantine.js';
import { needRoom, setProof } from './room.js';
import { bytesOf, hashed, sha256, type BytesSource } from './source.js';
import { Supervision, isBad, pageClock, type Clock, type QuarantineOptions, type RespawnOptions } from './supervision.js';
import { applyLimits, checkLimit, kernelUsage, type KernelUsage, type Limits } from './usage.js';

/** Settings of the kernel itself. */
export interface StartOptions {
  /** Where `kernel_bg.wasm` is, if not beside the script: a URL, a Response, bytes or a compiled module. */
  readonly wasm?: URL | string | Response | Promise<Response> | ArrayBuffer | Uint8Array | WebAssembly.Module;
  /** Told of functions of the application that failed when a plugin called them. Without it they go to the console. */
  readonly onHostFailure?: HostFailureListener;
  /** The most processes that may live at once; 1,024 if not given, at most 4,094. */
  readonly processes?: number;
  /** The most bytes of strings and lists on their way at once, over all processes; 256 MiB if not given. */
  readonly content?: number;
  /** What each process may use of which `spawn` says nothing. */
  readonly limits?: Limits;
  /** What tells the time and wakes, for tests; that of the page if not given. */
  readonly clock?: Clock;
  /**
   * Bytes of stack that every function of a plugin, and every function of the application that a plugin calls, starts with
   * at least; from 16,384, which it is if not given, to 131,072. A call that would start with less fails with `depth`.
   */
  readonly headroom?: number;
}

/** What an engine can do. Asked, not guessed from its name. */
export interface Features {
  /** Whether the page can go on while a plugin runs: {@link CallOptions.yielding}. */
  readonly yielding: boolean;
}

/** Settings for reading a plugin. */
export interface CompileOptions {
  /** The SHA-256 that the bytes must have, in hexadecimal digits. Checked before anything is compiled. */
  readonly sha256?: string;
  /** Signature records for a plugin that has none, in the syntax of docs/abi.md §2. */
  readonly signatures?: string;
  /**
   * Whether its code counts what it does, so that it can be stopped; yes if not given. `false` is for plugins that are trusted:
   * they are a little faster, and neither deadlines nor fuel hold for them.
   */
  readonly metering?: boolean;
  /**
   * How many times what is usual it may cost to compile the plugin; 1 if not given. What is usual keeps the page responsive,
   * whatever the plugin is (docs/abi.md §10). For large plugins that are trusted; `Infinity` allows everything.
   */
  readonly cost?: number;
  /** The most entries that all its tables may have together; 65,536 if not given. */
  readonly tableEntries?: number;
}

/**
 * Settings of a process. Nothing is granted that is not in `imports`. `deadline` and `fuel` hold for each call from the
 * application that does not say anything else, and for its start.
 */
export interface SpawnOptions extends CompileOptions, BudgetOptions, Limits {
  /** For messages; without it, the file's name. */
  readonly name?: string;
  /**
   * Grants, by interface: an interface of the application, a process that exports it, or `'object'`, by which each method
   * goes to whoever minted the object that it is called on.
   */
  readonly imports?: Readonly<Record<string, Interface | Process | 'object'>>;
  /**
   * Starts it again after a bad end, with the same grants, later each time. Whoever calls it keeps calling: `dead` until it is
   * there again. Its state is new, and what it had minted stays revoked. `true`: with the defaults.
   */
  readonly respawn?: boolean | RespawnOptions;
  /**
   * Refuses the plugin's bytes from then on when processes of it ended badly too often; see {@link Kernel.quarantine}.
   * `true`: with the defaults.
   */
  readonly quarantine?: boolean | QuarantineOptions;
}

/** A plugin that was compiled, from which processes are spawned quickly. */
export class CompiledPlugin {
  /** From its URL or file name. */
  readonly name: string | undefined;
  /** SHA-256 of its bytes, in lower-case hexadecimal digits; nothing where hashes cannot be computed. */
  readonly sha256: string | undefined;
  /** @internal */
  readonly inner: kernel.Plugin;
  /** @internal */
  readonly plans: readonly FunctionPlan[];

  /** @internal Made by `Kernel.compile`. */
  constructor(inner: kernel.Plugin, name: string | undefined, sha256: string | undefined) {
    this.inner = inner;
    this.name = name;
    this.sha256 = sha256;
    this.plans = inner.exports() as readonly FunctionPlan[];
  }
}

/** What a process can be spawned from. */
export type PluginSource = BytesSource | CompiledPlugin;

/** What the kernel keeps for a process. */
interface Care {
  readonly options: SpawnOptions;
  readonly supervision: Supervision;
  /** What it is a process of. */
  compiled: CompiledPlugin;
  /** Cancels that it is started again. */
  cancel: (() => void) | undefined;
}

/** Something that was refused because of a quota. */
interface Excess {
  readonly process: number;
  readonly what: string;
  readonly limit: number;
  readonly import: string | undefined;
  readonly count: number;
}

const noDetails = { function: undefined, import: undefined, budget: undefined, lastWords: undefined };

/** Whom the kernel tells of what. */
interface Listeners {
  exit: (process: Process, reason: ExitReason) => void;
  event: (event: KernelEvent) => void;
}

/** Bytes of linear memory that a process may have if nothing else is said. */
const DEFAULT_MEMORY = 64 * 1024 * 1024;

const DEFAULT_PROCESSES = 1_024;
/** The kernel numbers its processes in twelve bits; two of them are not for plugins. */
const MOST_PROCESSES = 4_094;
const DEFAULT_CONTENT = 256 * 1024 * 1024;
/** Bytes that the kernel needs to read a plugin: so many, and so many times its size. */
const READ_BYTES = 1024 * 1024;
const READ_FACTOR = 4;
/** Bytes of stack that a callee has at least if nothing else is said. */
const DEFAULT_HEADROOM = 16 * 1024;
/** Compiled plugins that are kept, and bytes of the plugins that they were compiled from. */
const MOST_COMPILED = 32;
const MOST_COMPILED_BYTES = 16 * 1024 * 1024;

/** The setting `cost`, if it is one. */
function costOf({ cost }: CompileOptions): number | undefined {
  if (cost === undefined || cost >= 0) return cost;
  throw new PortcullisError('bad-limit', `cost must be a number from 0 up, got ${String(cost)}`);
}

let running: Promise<Kernel> | undefined;

/** Loads the kernel's own module. */
async function loadKernel(source: NonNullable<StartOptions['wasm']>): Promise<kernel.InitOutput> {
  const address = source instanceof URL || typeof source === 'string' ? String(source) : undefined;
  try {
    const module_or_path = address?.startsWith('file:') ? ((await bytesOf(address)).bytes as Uint8Array<ArrayBuffer>) : source;
    return await init({ module_or_path: module_or_path as ArrayBuffer });
  } catch (cause) {
    const reason = textOf(cause);
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
  readonly #processes = new Map<Process, Care>();
  readonly #listeners = { exit: new Set<Listeners['exit']>(), event: new Set<Listeners['event']>() };
  readonly #interfaces = new Set<Interface>();
  readonly #history = new History();
  readonly #compiledBefore = new Cache<kernel.Plugin>(MOST_COMPILED, MOST_COMPILED_BYTES);
  readonly #clock: Clock;
  readonly #failed: HostFailureListener;
  readonly #limits: Limits;
  readonly #inside: Inside = { process: 0, label: undefined };
  /** The plugins whose bytes are refused: by the application, or because of {@link SpawnOptions.quarantine}. */
  readonly quarantine: Quarantine;
  #spawned = 0;
  #closed = false;

  private constructor(memory: WebAssembly.Memory, failed: HostFailureListener, clock: Clock, limits: Limits) {
    this.#frames = new Frames(memory);
    this.#failed = failed;
    this.#clock = clock;
    this.#limits = limits;
    this.#edge = new Edge(this.#frames, this.#objects, (className) => this.#methods.get(className.slice(0, className.lastIndexOf('.'))));
    this.quarantine = new Quarantine(
      () => clock.now(),
      (what, { sha256, name, reason }) => this.#tell({ what, process: { id: undefined, name, sha256 }, message: `${name} is ${what === 'lifted' ? 'let in again' : `refused from now on: ${reason}`}` }),
    );
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
    const processes = checkLimit('processes', options.processes ?? DEFAULT_PROCESSES, MOST_PROCESSES);
    const content = checkLimit('content', options.content ?? DEFAULT_CONTENT, 2 ** 32);
    const source = options.wasm ?? new URL('./kernel_bg.wasm', import.meta.url);
    const { memory } = await loadKernel(source);
    kernel.limitKernel(processes, content);
    const proof = checked(() => kernel.setHeadroom(options.headroom ?? DEFAULT_HEADROOM));
    setProof(proof as (anything: number) => void);
    const failed: HostFailureListener = options.onHostFailure ?? ((label, error) => console.error(`portcullis: ${label} failed`, error));
    return new Kernel(memory, failed, options.clock ?? pageClock, options.limits ?? {});
  }

  /**
   * Serves an interface from an object. `signatures` has a line `name: func(…) -> …` for each function; the object has a
   * method for each, named in camel case. `borrow` and `own` of classes of this interface are the application's own objects.
   */
  provide(name: string, signatures: string, methods: object): Interface {
    this.#open();
    needRoom();
    checked(() => kernel.headroom(READ_BYTES + READ_FACTOR * signatures.length));
    const withdrawn = (gone: Interface): void => {
      this.#interfaces.delete(gone);
      if (this.#methods.get(name) === gone.inner.methods) this.#methods.delete(name);
    };
    const failed = (...failure: Parameters<FailureListener>): void => this.#hostFailed(...failure);
    const provided = Interface.of(name, signatures, methods, this.#frames, this.#edge, failed, this.#inside, withdrawn);
    this.#interfaces.add(provided);
    this.#methods.set(name, provided.inner.methods);
    return provided;
  }

  /** Tells what a plugin has and asks for. Nothing of it is compiled or run. */
  async describe(source: BytesSource, options: Pick<CompileOptions, 'signatures' | 'cost'> = {}): Promise<Description> {
    this.#open();
    const { bytes } = await bytesOf(source);
    checked(() => kernel.headroom(READ_BYTES + READ_FACTOR * bytes.length));
    return describe(bytes, options.signatures, costOf(options));
  }

  /**
   * Reads, prepares and compiles a plugin. Nothing of it runs. The last 32 plugins, of 16 MiB together, are kept by the SHA-256 of
   * their bytes and the options: they are not compiled again. Where hashes cannot be computed, none are kept.
   */
  async compile(source: BytesSource, options: CompileOptions = {}): Promise<CompiledPlugin> {
    this.#open();
    const { bytes: given, name } = await bytesOf(source);
    return this.#compile(given, name ?? 'plugin', name, options);
  }

  async #compile(given: Uint8Array, label: string, name: string | undefined, options: CompileOptions): Promise<CompiledPlugin> {
    let hash: string | undefined;
    try {
      const copy = await hashed(given, options.sha256, this.quarantine.list.length > 0);
      hash = copy.hash;
      this.#admit(hash);
      const tables = options.tableEntries === undefined ? undefined : checkLimit('tableEntries', options.tableEntries, 0xffff_ffff);
      const [metering, cost] = [options.metering ?? true, costOf(options)];
      // Only by its hash is it known to be the same.
      const key = hash && JSON.stringify([hash, options.signatures, metering, String(cost), tables]);
      const known = key && this.#compiledBefore.get(key);
      if (known) return new CompiledPlugin(known, name, hash);
      checked(() => kernel.headroom(READ_BYTES + READ_FACTOR * copy.bytes.length), name);
      const prepared = checked(() => kernel.prepare(copy.bytes, options.signatures, metering, cost, tables), name);
      let modules: [WebAssembly.Module, WebAssembly.Module];
      try {
        modules = await Promise.all([
          WebAssembly.compile(prepared.bytes() as Uint8Array<ArrayBuffer>),
          WebAssembly.compile(prepared.gate() as Uint8Array<ArrayBuffer>),
        ]);
      } catch (cause) {
        prepared.free();
        throw new PortcullisError('invalid-module', `the engine refuses the module: ${textOf(cause)}`, { cause, process: name });
      }
      const inner = prepared.finish(...modules);
      if (key) this.#compiledBefore.set(key, inner, copy.bytes.length);
      return new CompiledPlugin(inner, name, hash);
    } catch (error) {
      this.#refused({ id: undefined, name: label, sha256: hash }, error);
      throw error;
    }
  }

  /** Throws `quarantined` if a plugin's bytes are refused. */
  #admit(hash: string | undefined): void {
    const entry = hash === undefined ? undefined : this.quarantine.get(hash);
    if (entry === undefined) return;
    const since = new Date(entry.since).toISOString();
    const message = `plugin ${entry.name} is in quarantine since ${since}: ${entry.reason}; \`quarantine.lift('${entry.sha256}')\` lets it in again`;
    throw new PortcullisError('quarantined', message, { process: entry.name });
  }

  /** Starts a process of a plugin, with exactly what `imports` grants. */
  async spawn(source: PluginSource, options: SpawnOptions = {}): Promise<Process> {
    for (const setting of ['sha256', 'signatures', 'metering', 'cost', 'tableEntries'] as const) {
      if (source instanceof CompiledPlugin && options[setting] !== undefined) {
        throw new PortcullisError('bad-argument', `\`${setting}\` is for \`compile\`: this plugin was compiled before`);
      }
    }
    const supervision = new Supervision(options.respawn, options.quarantine);
    const compiled = await this.#compiled(source, options);
    // Says why there is none.
    if (supervision.quarantine !== undefined && compiled.sha256 === undefined) await sha256(new Uint8Array());
    this.#spawned += 1;
    const name = options.name ?? compiled.name ?? `plugin ${this.#spawned}`;
    const care: Care = { options, supervision, compiled, cancel: undefined };
    const started = await this.#start(compiled, name, care);
    const process: Process = Process.of(name, started, this.#frames, this.#edge, this.#keeper(() => process, care));
    this.#processes.set(process, care);
    this.#tell({ what: 'spawned', process, message: `plugin ${name} runs` });
    return process;
  }

  #keeper(of: () => Process, care: Care): Keeper {
    const { signatures, metering, cost, tableEntries } = care.options;
    const inside = this.#inside;
    const again: CompileOptions = {
      ...(signatures === undefined ? {} : { signatures }),
      ...(metering === undefined ? {} : { metering }),
      ...(cost === undefined ? {} : { cost }),
      ...(tableEntries === undefined ? {} : { tableEntries }),
    };
    return {
      replace: async (source) => {
        const compiled = await this.#compiled(source as PluginSource, again);
        const started = await this.#start(compiled, of().name, care);
        care.compiled = compiled;
        return started;
      },
      replaced: () => {
        const process = of();
        care.cancel?.();
        care.cancel = undefined;
        this.#tell({ what: 'replaced', process, message: `plugin ${process.name} was replaced by a newer build` });
      },
      stop: (message) => {
        const process = of();
        const text = `plugin ${process.name} was stopped${message === undefined ? ' by the web app' : `: ${message}`}`;
        this.#end(process, care, Object.freeze({ ...noDetails, code: 'killed', message: text }), true);
      },
      called: (excesses) => {
        if (excesses) this.#exceeded();
      },
      get nested() {
        return inside.process !== 0;
      },
      get sha256() {
        return care.compiled.sha256;
      },
    };
  }

  async #compiled(source: PluginSource, options: CompileOptions): Promise<CompiledPlugin> {
    this.#open();
    return source instanceof CompiledPlugin ? source : this.compile(source, options);
  }

  async #start(compiled: CompiledPlugin, name: string, care: Care): Promise<Started> {
    const about = { id: undefined, name, sha256: compiled.sha256 };
    let starting: kernel.Starting | undefined;
    try {
      this.#admit(compiled.sha256);
      const pending: Pending = { sources: [], sink: undefined };
      const budget = budgetOf(care.options, DEFAULT_BUDGET, (message) => new PortcullisError('bad-limit', message));
      const request = this.#request(compiled, name, pending, care.options, budget);
      // From here on `request` is the kernel's.
      starting = checked(() => request.begin(), name);
      const gate = await WebAssembly.instantiate(compiled.inner.gate, starting.gateImports as WebAssembly.Imports);
      let instance: WebAssembly.Instance;
      try {
        instance = await WebAssembly.instantiate(compiled.inner.wasm, starting.imports(gate) as WebAssembly.Imports);
      } catch (cause) {
        throw new PortcullisError('invalid-module', `plugin ${name} could not be instantiated: ${textOf(cause)}`, { cause, process: name });
      }
      this.#open();
      const frames = starting.finish(instance) as ((frame: number) => number)[];
      if (care.supervision.respawn !== undefined) kernel.keepSlots(starting.process);
      const halves = starting.halves as ((frame: number) => number)[];
      return { id: starting.process, frames, halves, plans: compiled.plans, pending, budget };
    } catch (thrown) {
      starting?.abandon();
      const error = toError(thrown, name);
      this.#refused(about, error);
      throw error;
    } finally {
      starting?.free();
      if (kernel.runDestructors()) this.#exceeded();
    }
  }

  #request(compiled: CompiledPlugin, name: string, pending: Pending, options: SpawnOptions, budget: Budget): kernel.Spawn {
    const memory = options.memory?.maximum ?? this.#limits.memory?.maximum ?? DEFAULT_MEMORY;
    if (!(memory >= 0 && memory <= 2 ** 32)) throw new PortcullisError('bad-limit', `memory.maximum must be from 0 to 4294967296 bytes, got ${String(memory)}`);
    const request = new kernel.Spawn(compiled.inner, name, pending, memory);
    try {
      request.setBudget(budget.deadline, budget.fuel);
      applyLimits(request, this.#limits);
      applyLimits(request, options);
      this.#grant(request, options);
    } catch (error) {
      request.free();
      throw error;
    }
    return request;
  }

  #grant(request: kernel.Spawn, options: SpawnOptions): void {
    for (const [name, provider] of Object.entries(options.imports ?? {})) {
      if (provider === 'object') request.bindObject(name);
      else if (provider instanceof Interface) {
        if (provider.withdrawn) throw new PortcullisError('closed', `the interface granted as ${name} was withdrawn`);
        request.bindHost(name, provider.inner);
      }
      else if (provider instanceof Process) request.bindProcess(name, provider.id);
      else throw new PortcullisError('bad-argument', `the grant of ${name} is neither an interface, nor a process, nor 'object'`);
    }
  }

  #ended(id: number, told: ExitReason): void {
    // What it was refused before its end comes first, and is told as long as it is known.
    this.#exceeded();
    for (const [process, care] of this.#processes) {
      if (process.id !== id || !process.alive) continue;
      const here = this.#inside.process === id ? this.#inside.label : undefined;
      this.#end(process, care, Object.freeze({ ...told, import: told.import ?? here }), true);
      return;
    }
  }

  /** A process ended, or could not be started again. What comes of it is declared in its supervision. */
  #end(process: Process, care: Care, reason: ExitReason, told: boolean): void {
    const { respawn, quarantine } = care.supervision;
    const { id, name, sha256: hash } = process;
    const who = { id, name, sha256: hash };
    const bad = isBad(reason) && !this.#closed;
    const refuse = bad && quarantine !== undefined && hash !== undefined && this.quarantine.count(hash, quarantine);
    const next = bad ? care.supervision.next(this.#clock.now()) : undefined;
    const respawnIn = refuse || (hash !== undefined && this.quarantine.get(hash) !== undefined) ? undefined : next;
    if (told) this.#tell({ ...reason, code: undefined, what: reason.code, process: who, respawnIn });
    care.cancel?.();
    care.cancel = undefined;
    if (respawnIn === undefined) {
      kernel.disinherit(id);
      this.#processes.delete(process);
      process.finish(reason);
    } else {
      process.wait(reason, this.#clock.now() + respawnIn, () => this.#clock.now(), respawn?.calls === 'wait');
      care.cancel = this.#clock.after(respawnIn, () => void this.#respawn(process, care));
    }
    for (const listener of this.#listeners.exit) queueMicrotask(() => listener(process, reason));
    if (refuse) this.quarantine.add(hash, { name, reason: reason.message });
    if (bad && respawn !== undefined && respawnIn === undefined) {
      this.#tell({ what: 'given-up', process: who, message: `plugin ${name} is not started again: ${reason.message}` });
    }
  }

  async #respawn(process: Process, care: Care): Promise<void> {
    const { id, name } = process;
    care.cancel = undefined;
    let next: Started | undefined;
    try {
      next = await this.#start(care.compiled, name, care);
      // It may have been ended for good, or replaced, meanwhile.
      if (process.id !== id || process.state !== 'respawning') throw new PortcullisError('dead', `plugin ${name} is not waited for any more`);
      process.succeed(next);
      this.#tell({ what: 'respawned', process, message: `plugin ${name} runs again` });
    } catch (error) {
      if (process.id !== id || process.state !== 'respawning') {
        if (next !== undefined) kernel.kill(next.id);
        return;
      }
      this.#end(process, care, Object.freeze({ ...noDetails, code: 'failed', message: textOf(error) }), false);
    }
  }

  /** Tells of something, once it is known. */
  #tell({ process, ...details }: EventDetails): void {
    const who = process && { id: process.id, name: process.name, sha256: process.sha256 };
    const event = this.#history.add({ ...details, process: who }, this.#clock.now());
    if (event === undefined) return;
    for (const listener of this.#listeners.event) queueMicrotask(() => listener(event));
  }

  #refused(process: EventProcess, error: unknown): void {
    if (!(error instanceof PortcullisError)) return;
    this.#tell({ what: 'refused', process, message: error.message, code: error.code, function: error.function });
  }

  #hostFailed(label: string, error: unknown, process: number): void {
    const caller = this.#find(process);
    const message = `${label} failed when ${caller === undefined ? 'it was called' : `plugin ${caller.name} called it`}: ${textOf(error)}`;
    this.#tell({ what: 'host-failure', process: caller, message, import: label });
    this.#failed(label, error);
  }

  #find(id: number): Process | undefined {
    return this.processes.find((process) => process.id === id);
  }

  /** Tells of what processes were refused because of their quotas. */
  #exceeded(): void {
    for (const { process, what, limit, import: name, count } of kernel.takeExcesses() as readonly Excess[]) {
      const who = this.#find(process);
      const budget: BudgetUse = { what, given: limit, used: limit };
      const message = `plugin ${who?.name ?? ''} wanted more than its ${limit} ${what}, and was refused`;
      this.#tell({ what: 'quota', process: who, message, import: name, budget, count });
    }
  }

  /** Processes that live, and those that are going to be started again, in the order in which they were spawned. */
  get processes(): readonly Process[] {
    return [...this.#processes.keys()];
  }

  /** What happened last, oldest first: 256 events at most. */
  get events(): readonly KernelEvent[] {
    return this.#history.all;
  }

  /** What this engine can do. */
  get features(): Features {
    return { yielding: kernel.canYield() };
  }

  /** Processes, memory, namespaces: who holds what, from whom. */
  inspect(): Inspection {
    this.#open();
    needRoom();
    return kernel.inspect() as Inspection;
  }

  /** What is used now, and how much may be, over all processes. */
  usage(): KernelUsage {
    this.#open();
    needRoom();
    return kernelUsage();
  }

  /**
   * Tells a listener of every process that ends, also of those that are going to be started again, or of every event.
   * Gives a function that ends that.
   */
  on(event: 'exit', listener: (process: Process, reason: ExitReason) => void): () => void;
  on(event: 'event', listener: (event: KernelEvent) => void): () => void;
  on<Name extends keyof Listeners>(event: Name, listener: Listeners[Name]): () => void {
    const listeners = Object.hasOwn(this.#listeners, event) ? (this.#listeners[event] as Set<Listeners[Name]>) : undefined;
    if (listeners === undefined) throw new PortcullisError('bad-argument', `there is no event ${String(event)}; there are exit, event`);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Ends every process and withdraws every interface. Everything afterwards is refused with `closed`. */
  close(): void {
    if (this.#closed) return;
    needRoom();
    for (const process of this.processes) process.kill('the kernel was closed');
    for (const provided of [...this.#interfaces]) provided.withdraw();
    this.#closed = true;
    this.#compiledBefore.clear();
    running = undefined;
  }

  [dispose](): void {
    this.close();
  }

  #open(): void {
    if (this.#closed) throw new PortcullisError('closed', 'the kernel was closed');
  }
}
