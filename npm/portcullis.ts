// The kernel, as an application sees it.

import init, * as kernel from './kernel.js';
import { DEFAULT_BUDGET, budgetOf, type Budget } from './budget.js';
import { Compiler, needRoomToRead } from './compiler.js';
import { descriptionOf, type Description } from './description.js';
import { dispose } from './dispose.js';
import { Edge } from './edge.js';
import { instantiatedNow, instantiatedSoon, stepsNow, stepsSoon, type Wanted } from './engine.js';
import { PortcullisError, checked, textOf, toError } from './errors.js';
import { History, type BudgetUse, type EventDetails, type EventProcess, type KernelEvent } from './events.js';
import { Frames, HOST } from './frames.js';
import type { Functions } from './functions.js';
import { Group } from './group.js';
import { HostObjects, type Handle, type MethodCaller } from './handles.js';
import type { Inspection } from './inspection.js';
import { Children, LOADER, Loaded, Loader, Spawner, loaderSignatures, type Grant, type LoaderOptions, type Nursery, type Watcher } from './loader.js';
import { Interface, type HostFailureListener, type HostSide, type Inside } from './interface.js';
import { Lease, type LeaseAccess } from './lease.js';
import { CompiledPlugin, type CompileOptions, type Features, type PluginSource, type SpawnOptions, type StartOptions } from './options.js';
import { interfaceOf } from './plan.js';
import { Process, type ExitReason, type Keeper, type Pending, type Started } from './process.js';
import { Quarantine } from './quarantine.js';
import { needRoom, setProof, setSettling } from './room.js';
import { bytesOf, hashed, sha256Now, type BytesSource } from './source.js';
import { Supervision, isBad, pageClock, type Clock } from './supervision.js';
import { applyLimits, checkLimit, kernelUsage, type KernelUsage, type Limits } from './usage.js';
import { Waiting } from './waiting.js';

/** What a process is spawned with, by the application or by a plugin. */
interface Settings extends Omit<SpawnOptions, 'imports'> {
  readonly imports?: Readonly<Record<string, Grant>>;
}

/** What the kernel keeps for a process. */
interface Care {
  readonly options: Settings;
  /** Who hears of it, if a plugin had it started. */
  readonly watcher?: Watcher;
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

const noDetails = { function: undefined, import: undefined, budget: undefined, lastWords: undefined, group: undefined };

/** What the engine is to do before a process can go on starting: instantiate a module. */
type Instantiation = readonly [Wanted, WebAssembly.Imports];

/** The exports of a process: contained, and as the engine can suspend them. */
type Connected = Pick<Started, 'frames' | 'halves'>;

/** Whom the kernel tells of what. */
interface Listeners {
  exit: (process: Process, reason: ExitReason) => void;
  event: (event: KernelEvent) => void;
}

const reentries: ReadonlySet<unknown> = new Set(['refuse', 'queue', undefined]);

/** Bytes of linear memory that a process may have if nothing else is said. */
const DEFAULT_MEMORY = 64 * 1024 * 1024;

const DEFAULT_PROCESSES = 1_024;
/** The kernel numbers its processes in twelve bits; two of them are not for plugins. */
const MOST_PROCESSES = 4_094;
const DEFAULT_CONTENT = 256 * 1024 * 1024;
/** Bytes of stack that a callee has at least if nothing else is said. */
const DEFAULT_HEADROOM = 16 * 1024;
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
  readonly #children = new Children();
  readonly #history = new History();
  readonly #clock: Clock;
  readonly #failed: HostFailureListener;
  readonly #limits: Limits;
  readonly #inside: Inside = { process: 0, label: undefined };
  readonly #waiting: Waiting;
  readonly #hostSide: HostSide;
  /** The plugins whose bytes are refused: by the application, or because of {@link SpawnOptions.quarantine}. */
  readonly quarantine: Quarantine;
  readonly #compiler: Compiler;
  #spawned = 0;
  #groups = 0;
  #closed = false;

  private constructor(memory: WebAssembly.Memory, failed: HostFailureListener, clock: Clock, limits: Limits) {
    this.#frames = new Frames(memory);
    this.#failed = failed;
    this.#clock = clock;
    this.#limits = limits;
    this.#waiting = new Waiting(clock);
    setSettling(() => {
      if (this.#waiting.any && this.#inside.process === 0) kernel.settleRunning();
    });
    this.#edge = new Edge(
      this.#frames,
      this.#objects,
      (className) => this.#methods.get(interfaceOf(className)),
      (...call) => this.#callMethod(...call),
    );
    this.#hostSide = {
      frames: this.#frames,
      edge: this.#edge,
      failed: (...failure) => this.#hostFailed(...failure),
      inside: this.#inside,
      waiting: this.#waiting,
    };
    this.quarantine = new Quarantine(
      () => clock.now(),
      (what, { sha256, name, reason }) => this.#tell({ what, process: { id: undefined, name, sha256 }, message: `${name} is ${what === 'lifted' ? 'let in again' : `refused from now on: ${reason}`}` }),
    );
    this.#compiler = new Compiler(this.quarantine, () => this.#open());
    kernel.listen(
      kernel.trapped,
      (id: number, reason: ExitReason) => this.#ended(id, reason),
      (badge: number) => {
        const object = this.#objects.get(badge);
        this.#objects.remove(badge);
        if (object instanceof Loaded) this.#children.release(object);
      },
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
   *
   * With `name: async func(…)` the method may return a promise: the plugin that calls it is suspended, where the engine can
   * ({@link Features.waiting}) and nothing but that plugin is in the call; otherwise it gets the error `cannot-wait`, and the
   * method is not called. After its arguments the method gets an `AbortSignal`, which tells that nobody waits any more.
   */
  provide(name: string, signatures: string, methods: object): Interface {
    const provided = this.#provide(name, signatures, methods);
    this.#methods.set(name, provided.inner.methods);
    return provided;
  }

  #provide(name: string, signatures: string, methods: object): Interface {
    this.#open();
    needRoom();
    needRoomToRead(signatures.length);
    const withdrawn = (gone: Interface): void => {
      this.#interfaces.delete(gone);
      if (this.#methods.get(name) === gone.inner.methods) this.#methods.delete(name);
    };
    const provided = Interface.of(name, signatures, methods, this.#hostSide, withdrawn);
    this.#interfaces.add(provided);
    return provided;
  }

  /**
   * A handle on an object of the application's, of a class of an interface that it provides: for {@link OutgoingMessage}, and wherever
   * the class cannot be seen from a signature. The object is served by the functions of that interface as long as anybody holds it.
   * Throws `bad-argument` if no interface of the application's has such a class.
   */
  handle(className: string, object: object): Handle {
    this.#open();
    needRoom();
    return this.#edge.handle(className, object);
  }

  /**
   * Lends a range of the app's memory: a handle that plugins can be given, and that is over when it is revoked or its last
   * reference is released. Plugins copy from `bytes` and into it, which stays the app's and is not copied now; the array is
   * kept as long as the lease lives.
   */
  lease(bytes: Uint8Array, access: LeaseAccess): Lease {
    this.#open();
    return Lease.on(bytes, access, (...call) => this.#callMethod(...call));
  }

  /**
   * Serves `portcullis/loader@1`, by which a plugin starts other plugins from bytes that it holds, with some of what `imports` has
   * and of what it exports itself, within `processes` and `memory`. Grant it like any interface; who is granted the same one shares
   * it. What a plugin starts ends with it, or when it has given up its handle.
   */
  loader(options: LoaderOptions = {}): Interface {
    budgetOf(options, DEFAULT_BUDGET, (message) => new PortcullisError('bad-limit', message));
    const loader = new Loader(this.#nursery(), this.#children, options);
    const provided: Interface = this.#provide(LOADER, loaderSignatures, loader.methods(() => provided));
    return provided;
  }

  #nursery(): Nursery {
    return {
      caller: () => this.#inside.process,
      spawn: (bytes, name, request, watcher) => {
        let ended = true;
        try {
          const compiled = this.#compileNow(bytes, name);
          const care: Care = { options: request, supervision: new Supervision(undefined, undefined), compiled, cancel: undefined, watcher };
          const started = this.#startNow(compiled, name, care);
          ended = false;
          return this.#adopt(name, started, care);
        } finally {
          if (ended) watcher.ended();
        }
      },
      replace: (process, bytes) => {
        const care = this.#processes.get(process);
        if (care === undefined) return;
        const compiled = this.#compileNow(bytes, process.name);
        process.become(this.#startNow(compiled, process.name, care), 'if both have it');
        this.#replaced(process, care, compiled);
      },
    };
  }

  /** A new trust group, for {@link SpawnOptions.group}: of plugins that trust each other with their lives. The name is for messages. */
  group(name: string): Group {
    this.#open();
    this.#groups += 1;
    return new Group(String(name), this.#groups);
  }

  /** Tells what a plugin has and asks for. Nothing of it is compiled or run. */
  async describe(source: BytesSource, options: Pick<CompileOptions, 'signatures' | 'cost'> = {}): Promise<Description> {
    this.#open();
    const { bytes: given } = await bytesOf(source);
    // The caller's own may change while it is described.
    const bytes = given.slice();
    return descriptionOf(bytes, await this.#compiler.describe(bytes, options));
  }

  /**
   * Reads, prepares and compiles a plugin. Nothing of it runs. The last 32 plugins, of 16 MiB together, are kept by the SHA-256 of
   * their bytes and the options: they are not compiled again.
   */
  async compile(source: BytesSource, options: CompileOptions = {}): Promise<CompiledPlugin> {
    this.#open();
    const { bytes: given, name } = await bytesOf(source);
    return this.#compile(given, name ?? 'plugin', name, options);
  }

  async #compile(given: Uint8Array, label: string, name: string | undefined, options: CompileOptions): Promise<CompiledPlugin> {
    let hash: string | undefined;
    try {
      const copy = await hashed(given, options.sha256);
      hash = copy.hash;
      return await this.#compiler.compile(copy.bytes, hash, name, options);
    } catch (error) {
      this.#refused({ id: undefined, name: label, sha256: hash }, error);
      throw error;
    }
  }

  /** As {@link #compile}, at once: in the middle of a call. */
  #compileNow(bytes: Uint8Array, name: string): CompiledPlugin {
    let hash: string | undefined;
    try {
      hash = sha256Now(bytes);
      return this.#compiler.compileNow(bytes, hash, name);
    } catch (error) {
      this.#refused({ id: undefined, name, sha256: hash }, error);
      throw error;
    }
  }

  /**
   * Starts a process of a plugin, with exactly what `imports` grants. What its functions take and give, `npx portcullis types`
   * writes down for TypeScript: `kernel.spawn<Exports>(…)`.
   */
  async spawn<Exports extends Functions = Functions>(source: PluginSource, options: SpawnOptions = {}): Promise<Process<Exports>> {
    for (const setting of ['sha256', 'signatures', 'metering', 'cost', 'tableEntries'] as const) {
      if (source instanceof CompiledPlugin && options[setting] !== undefined) {
        throw new PortcullisError('bad-argument', `\`${setting}\` is for \`compile\`: this plugin was compiled before`);
      }
    }
    if (!reentries.has(options.reentry)) {
      throw new PortcullisError('bad-argument', `reentry must be 'refuse' or 'queue', got ${String(options.reentry)}`);
    }
    if (options.group !== undefined && !(options.group instanceof Group)) {
      throw new PortcullisError('bad-argument', '`group` must be what `kernel.group(name)` gave');
    }
    const supervision = new Supervision(options.respawn, options.quarantine);
    const compiled = await this.#compiled(source, options);
    this.#spawned += 1;
    const name = options.name ?? compiled.name ?? `plugin ${this.#spawned}`;
    const care: Care = { options, supervision, compiled, cancel: undefined };
    return this.#adopt(name, await this.#start(compiled, name, care), care) as Process<Exports>;
  }

  /** A process has started. */
  #adopt(name: string, started: Started, care: Care): Process {
    const process: Process = Process.of(name, started, this.#frames, this.#edge, this.#keeper(() => process, care));
    this.#processes.set(process, care);
    this.#tell({ what: 'spawned', process, message: `plugin ${process.name} runs` });
    return process;
  }

  /** A newer build has taken the place of a process. */
  #replaced(process: Process, care: Care, compiled: CompiledPlugin): void {
    care.compiled = compiled;
    care.cancel?.();
    care.cancel = undefined;
    this.#tell({ what: 'replaced', process, message: `plugin ${process.name} was replaced by a newer build` });
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
        const next = await this.#start(compiled, of().name, care);
        return { next, replaced: () => this.#replaced(of(), care, compiled) };
      },
      stop: (message) => {
        const process = of();
        const text = `plugin ${process.name} was stopped${message === undefined ? ' by the web app' : `: ${message}`}`;
        this.#end(process, care, Object.freeze({ ...noDetails, code: 'killed', message: text }), true);
      },
      called: (excesses) => {
        if (excesses) this.#exceeded();
        this.#children.settle();
      },
      get nested() {
        return inside.process !== 0;
      },
      group: care.options.group,
      reentry: care.options.reentry,
      waiting: this.#waiting,
      clock: this.#clock,
      get sha256() {
        return care.compiled.sha256;
      },
    };
  }

  async #compiled(source: PluginSource, options: CompileOptions): Promise<CompiledPlugin> {
    this.#open();
    return source instanceof CompiledPlugin ? source : this.compile(source, options);
  }

  #start(compiled: CompiledPlugin, name: string, care: Care): Promise<Started> {
    return stepsSoon(this.#starting(compiled, name, care), ([module, imports]) => instantiatedSoon(module, imports, compiled.size));
  }

  /** As {@link #start}, at once: in the middle of a call. */
  #startNow(compiled: CompiledPlugin, name: string, care: Care): Started {
    return stepsNow(this.#starting(compiled, name, care), ([module, imports]) => instantiatedNow(module, imports));
  }

  /** Yields what the engine is to instantiate. */
  *#starting(compiled: CompiledPlugin, name: string, care: Care): Generator<Instantiation, Started, WebAssembly.Instance> {
    const about = { id: undefined, name, sha256: compiled.sha256 };
    let starting: kernel.Starting | undefined;
    try {
      this.quarantine.admit(compiled.sha256);
      const pending: Pending = { sources: [], sink: undefined };
      const budget = budgetOf(care.options, DEFAULT_BUDGET, (message) => new PortcullisError('bad-limit', message));
      const request = this.#request(compiled, name, pending, care.options, budget);
      // From here on `request` is the kernel's.
      starting = checked(() => request.begin(), name);
      care.watcher?.begins(starting.process);
      const ownGate = starting.ownGate as Uint8Array<ArrayBuffer> | undefined;
      const gate = yield [ownGate ?? compiled.inner.gate, starting.gateImports as WebAssembly.Imports];
      let instance: WebAssembly.Instance;
      try {
        instance = yield [compiled.inner.wasm, starting.imports(gate) as WebAssembly.Imports];
      } catch (cause) {
        throw new PortcullisError('invalid-module', `plugin ${name} could not be instantiated: ${textOf(cause)}`, { cause, process: name });
      }
      this.#open();
      const { frames, halves } = starting.finish(instance, this.#inside.process !== 0) as Connected;
      if (care.supervision.respawn !== undefined) kernel.keepSlots(starting.process);
      const waits = starting.waits || this.#waitsForObjects(care.options);
      return { id: starting.process, frames, halves, waits, plans: compiled.plans, pending, budget };
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

  #request(compiled: CompiledPlugin, name: string, pending: Pending, options: Settings, budget: Budget): kernel.Spawn {
    const { use } = options.memory ?? {};
    const standard = use === undefined ? (this.#limits.memory?.maximum ?? DEFAULT_MEMORY) : 2 ** 32;
    const memory = options.memory?.maximum ?? standard;
    if (!(memory >= 0 && memory <= 2 ** 32)) throw new PortcullisError('bad-limit', `memory.maximum must be from 0 to 4294967296 bytes, got ${String(memory)}`);
    const request = new kernel.Spawn(compiled.inner, name, pending, memory);
    try {
      if (use !== undefined) {
        if (!(use instanceof WebAssembly.Memory)) throw new PortcullisError('bad-argument', 'memory.use must be a WebAssembly.Memory', { process: name });
        request.useMemory(use);
      }
      for (const [label, value] of Object.entries(options.constants ?? {})) request.constant(label, value);
      request.setBudget(budget.deadline, budget.fuel);
      if (options.group !== undefined) request.setGroup(options.group.number, options.group.name);
      applyLimits(request, this.#limits);
      applyLimits(request, options);
      this.#grant(request, options);
    } catch (error) {
      request.free();
      throw error;
    }
    return request;
  }

  #grant(request: kernel.Spawn, options: Settings): void {
    for (const [name, provider] of Object.entries(options.imports ?? {})) {
      if (provider === 'object') request.bindObject(name);
      else if (provider === 'later') request.bindLater(name);
      else if (provider instanceof Interface) {
        if (provider.withdrawn) throw new PortcullisError('closed', `the interface granted as ${name} was withdrawn`);
        request.bindHost(name, provider.inner);
      }
      else if (provider instanceof Process || provider instanceof Spawner) request.bindProcess(name, provider.id);
      else throw new PortcullisError('bad-argument', `the grant of ${name} is neither an interface, nor a process, nor 'object'`);
    }
  }

  /** Whether a method of an object of the application's that it may be given can return a promise. */
  #waitsForObjects({ imports = {} }: Settings): boolean {
    const provided = [...this.#interfaces];
    return Object.entries(imports).some(([name, grant]) => grant === 'object' && provided.some((served) => served.name === name && served.asynchronous));
  }

  #ended(id: number, told: ExitReason): void {
    this.#waiting.ended(id);
    // What it was refused before its end comes first, and is told as long as it is known.
    this.#exceeded();
    for (const [process, care] of this.#processes) {
      if (process.id !== id || !process.alive) continue;
      const here = this.#inside.process === id ? this.#inside.label : undefined;
      this.#end(process, care, Object.freeze({ ...told, import: told.import ?? here }), true);
      break;
    }
    this.#children.orphan(id);
  }

  /** A process ended, or could not be started again. What comes of it is declared in its supervision. */
  #end(process: Process, care: Care, reason: ExitReason, told: boolean): void {
    const { respawn, quarantine } = care.supervision;
    const { id, name, sha256: hash } = process;
    const who = { id, name, sha256: hash };
    const bad = isBad(reason) && !this.#closed;
    // It is not refused for what another one of its group did.
    const refuse = bad && reason.group === undefined && quarantine !== undefined && this.quarantine.count(hash, quarantine);
    const next = bad ? care.supervision.next(this.#clock.now()) : undefined;
    const respawnIn = refuse || this.quarantine.get(hash) !== undefined ? undefined : next;
    if (told) this.#tell({ ...reason, code: undefined, what: reason.code, process: who, respawnIn });
    care.cancel?.();
    care.cancel = undefined;
    if (respawnIn === undefined) {
      kernel.disinherit(id);
      this.#processes.delete(process);
      process.finish(reason);
      care.watcher?.ended();
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
      // What it imports from its group is to be there: only then are its calls fused.
      for (const provider of Object.values(care.options.imports ?? {})) {
        if (provider instanceof Process && provider.group !== undefined && provider.group === care.options.group) await provider.returned;
      }
      next = await this.#start(care.compiled, name, care);
      // It may have been ended for good, or replaced, meanwhile.
      if (process.id !== id || process.state !== 'respawning') throw new PortcullisError('dead', `plugin ${name} is not waited for any more`);
      process.succeed(next);
      this.#tell({ what: 'respawned', process, message: `plugin ${name} runs again` });
    } catch (error) {
      if (process.id !== id || process.state !== 'respawning') {
        if (next !== undefined) kernel.dismiss(next.id);
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

  /** Calls a method of an object of a process, for a handle of the application's. */
  #callMethod(...[handle, method, values, options]: Parameters<MethodCaller>): Promise<unknown> {
    this.#open();
    needRoom();
    const minter = checked(() => kernel.minter(handle.cap));
    const process = this.#find(minter);
    if (process !== undefined) return process.callMethod(handle, method, values, options);
    if (minter === HOST) throw new PortcullisError('no-method', `objects of class ${handle.class} that the application made have no method ${method} to be called so`);
    throw new PortcullisError('busy', `${method} cannot be called: the process that serves this handle of class ${handle.class} has not started yet`);
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
    const suspends = kernel.canSuspend();
    return { yielding: suspends, waiting: suspends };
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
    this.#compiler.clear();
    running = undefined;
  }

  [dispose](): void {
    this.close();
  }

  #open(): void {
    if (this.#closed) throw new PortcullisError('closed', 'the kernel was closed');
  }
}
