// A running plugin.

import * as kernel from './kernel.js';
import { dispose } from './dispose.js';
import { budgetOf, type Budget, type BudgetOptions } from './budget.js';
import { Call, isNumber, moves, type Edge } from './edge.js';
import type { ErrorCode } from './error-codes.js';
import type { BudgetUse } from './events.js';
import { PluginError, PortcullisError, checked, describeCode, textOf } from './errors.js';
import { AT_HOST, HOST, type Frames } from './frames.js';
import type { CallArguments, CallResult, Functions, InterfaceNames, Methods } from './functions.js';
import type { Group } from './group.js';
import type { Handle } from './handles.js';
import { camelCase } from './interface.js';
import { Line, unless } from './line.js';
import { interfaceOf, type FunctionPlan, type ValuePlan } from './plan.js';
import { needRoom } from './room.js';
import { Misfit, type NumberArray } from './scalars.js';
import { Sink } from './sink.js';
import type { Clock } from './supervision.js';
import { usageOf, type Usage } from './usage.js';
import type { Waiting } from './waiting.js';

/** Why a process ended. */
export interface ExitReason {
  /**
   * `trapped`; `overflow`: it used up the stack; `exhausted`: it trapped with its memory full; `failed`: a call of its own
   * failed and it has no status word to be told; `deadline`, `fuel`: it used more of that than its call had; `cancelled`: its
   * call was cancelled, and it did not come to an end; `killed` by the application; `replaced` by a newer build.
   */
  readonly code: 'trapped' | 'overflow' | 'exhausted' | 'failed' | 'deadline' | 'fuel' | 'cancelled' | 'killed' | 'replaced';
  /** A sentence: which plugin, what it did, in which function. */
  readonly message: string;
  /** The export in which it happened. */
  readonly function: string | undefined;
  /** The import at which it happened, if that is known. */
  readonly import: string | undefined;
  /** What it used up, if that was it. */
  readonly budget: BudgetUse | undefined;
  /** What it said before, such as the message of a panic, without control characters. */
  readonly lastWords: string | undefined;
  /** The name of its trust group, if it ended because another one of that did. `code` is that of the other one. */
  readonly group: string | undefined;
}

/** Settings of one call. A call in the middle of another one has at most what is left of that. */
export interface CallOptions extends BudgetOptions {
  /**
   * Cancels the call: it rejects with `cancelled`, at once if it has not begun. What its plugin waits for fails with `cancelled`
   * too, and whoever is in it has a grace of 20 ms to come to an end.
   */
  readonly signal?: AbortSignal;
  /** Takes the bytes of the first list that comes back; what the call gives is the filled part of it. Too small: an error. */
  readonly into?: NumberArray;
  /**
   * Lets the page go on about every 8 milliseconds while the plugin runs, where the engine can suspend calls: see
   * {@link Kernel.features}. Meanwhile the plugin answers other calls with `busy`, and can be killed; the time that others take does
   * not count. Such calls of one process run one after another, in the order in which they were made, unless it is declared
   * that they are refused ({@link SpawnOptions.reentry}). Elsewhere, in a call that the application
   * makes while a plugin waits for it, and while one plugin calls another, it has no effect.
   */
  readonly yielding?: boolean;
}

/** What a process moves bytes through; see `assembly.js`. */
export interface Pending {
  sources: Uint8Array[];
  sink: ((bytes: Uint8Array) => void) | undefined;
}

/** What the kernel does for a process. */
export interface Keeper {
  /** Starts a process of other bytes with the grants of this one, and gives what is to be called when it has taken its place. */
  replace(source: unknown): Promise<{ readonly next: Started; readonly replaced: () => void }>;
  /** The process, which is not running, is not to be started again. */
  stop(message: string | undefined): void;
  /** A call of the host has ended; `excesses` tells whether something was refused because of a quota. */
  called(excesses: boolean): void;
  /** Whether a function of the application is running that a plugin called. */
  readonly nested: boolean;
  /** The trust group that it is of. */
  readonly group: Group | undefined;
  /** What becomes of calls while one is suspended. */
  readonly reentry: 'refuse' | 'queue' | undefined;
  /** Calls that can be suspended. */
  readonly waiting: Waiting;
  readonly clock: Clock;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** A process that is going to be started again. */
interface Return {
  /** When, in milliseconds since 1970, and what gives that now. */
  readonly at: number;
  readonly now: () => number;
  /** Whether calls of the host wait for it. */
  readonly waits: boolean;
  /** Resolves when it runs again, or does not come back. */
  readonly over: Promise<void>;
  /** Ends the waiting. */
  readonly end: () => void;
}

/** A process that was started. */
export interface Started {
  readonly id: number;
  readonly frames: readonly ((frame: number) => number)[];
  readonly plans: readonly FunctionPlan[];
  /** The same, as the engine can suspend them. */
  readonly halves: readonly ((frame: number) => number)[];
  readonly pending: Pending;
  /** Whether its calls may have to wait for the application. */
  readonly waits: boolean;
  /** What a call has that says nothing else. */
  readonly budget: Budget;
}

/** A call that is under way. */
interface Entry {
  /** The process that is called, as the kernel numbers it: another one may take its place. */
  readonly process: number;
  readonly call: Call;
  readonly frame: number;
  readonly drained: Uint8Array<ArrayBuffer>[];
  readonly sink: Sink;
  readonly pending: Pending;
  /** What `pending` held before. */
  readonly sources: Uint8Array[];
  readonly outerSink: Pending['sink'];
}

/** Settings of {@link Process.replace}. */
export interface ReplaceOptions {
  /** Whether the newer build gets the state of the older one; no if not given. */
  readonly state?: boolean;
}

const SAVE = 'portcullis/state@1#save';
const RESTORE = 'portcullis/state@1#restore';

/** Whether a function takes numbers and gives one, or nothing: then a call has nothing to undo or to end, and moves no bytes. */
const isPlain = ({ parameters, result, ok }: FunctionPlan): boolean => !result && ok.length <= 1 && parameters.every(isNumber) && ok.every(isNumber);

/** What stands for the call of a plain function, to which nothing is ever added. */
const nothing = new Call();

const isSave = ({ label, parameters, result, ok }: FunctionPlan): boolean =>
  label === SAVE && parameters.length === 0 && !result && ok.length === 1 && ok[0]?.element === 'u8';
const isRestore = ({ label, parameters: [state, ...more], result, ok, error }: FunctionPlan): boolean =>
  label === RESTORE && state?.element === 'u8' && more.length === 0 && result && ok.length === 0 && error[0]?.kind === 'string';

/**
 * A running plugin: one instance, one memory, one namespace. `Exports` says what its functions take and give; it is a promise of
 * yours to TypeScript, which the kernel checks at every call.
 */
export class Process<Exports extends Functions = Functions> {
  /** For messages and `inspect`. */
  readonly name: string;
  readonly #frames: Frames;
  readonly #edge: Edge;
  readonly #keeper: Keeper;
  #started: Started;
  #exports = new Map<string, number>();
  /** Which of its functions are plain. */
  #plain: readonly boolean[] = [];
  #reason: ExitReason | undefined;
  #return: Return | undefined;
  readonly #line = new Line();
  #settle!: (reason: ExitReason) => void;
  /** Resolves when the process has ended for good. A replaced process goes on: it is the newer build then. */
  readonly exited: Promise<ExitReason>;

  private constructor(name: string, started: Started, frames: Frames, edge: Edge, keeper: Keeper) {
    this.name = name;
    this.#frames = frames;
    this.#edge = edge;
    this.#keeper = keeper;
    this.#started = started;
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#index();
  }

  /** @internal Processes are spawned by the kernel. */
  static of<Exports extends Functions>(name: string, started: Started, frames: Frames, edge: Edge, keeper: Keeper): Process<Exports> {
    return new Process<Exports>(name, started, frames, edge, keeper);
  }

  #index(): void {
    this.#exports = new Map(this.#started.plans.map((plan, index) => [plan.label, index]));
    this.#plain = this.#started.plans.map(isPlain);
  }

  /** The kernel's number of the process. Another one when it was replaced or started again. */
  get id(): number {
    return this.#started.id;
  }

  /** Whether it can be called. */
  get alive(): boolean {
    return this.#reason === undefined;
  }

  /** `running`; `respawning`: it ended, and is going to be started again; `ended`: for good. */
  get state(): 'running' | 'respawning' | 'ended' {
    if (this.#return !== undefined) return 'respawning';
    return this.#reason === undefined ? 'running' : 'ended';
  }

  /** Milliseconds until it is started again, if it is going to be. */
  get returnsIn(): number | undefined {
    return this.#return && Math.max(0, this.#return.at - this.#return.now());
  }

  /** SHA-256 of the plugin, in lower-case hexadecimal digits. */
  get sha256(): string {
    return this.#keeper.sha256;
  }

  /** The trust group that it is of, if any. */
  get group(): Group | undefined {
    return this.#keeper.group;
  }

  /** @internal What resolves when it runs again, or does not come back; nothing if it is not going to be started again. */
  get returned(): Promise<void> | undefined {
    return this.#return?.over;
  }

  /** Why it ended last, if it does not run. */
  get reason(): ExitReason | undefined {
    return this.#reason;
  }

  /** Bytes of its linear memory now; 0 when it has ended. */
  get memoryBytes(): number {
    needRoom();
    return kernel.memoryBytes(this.id);
  }

  /** What it uses now, and how much it may. */
  usage(): Usage {
    needRoom();
    return usageOf(this.id);
  }

  /** Its functions with their signatures: `paint/filter@1#process`, or the name of a plain export. */
  get functions(): readonly { readonly name: string; readonly signature: string }[] {
    return this.#started.plans.map(({ label, signature }) => ({ name: label, signature }));
  }

  /**
   * Calls an export and gives its result: of `result<T, E>` the `T`; an `E` is thrown as {@link PluginError}.
   * Lists are read from the caller's arrays during the call and never kept; lists that come back are the caller's.
   * Owned handles among the arguments are gone when the function was entered, also when it failed then.
   *
   * Rejects with a {@link PortcullisError}: `bad-argument` and `unknown-export` before anything happened; `trapped`, `deadline` or
   * `fuel` when the plugin ended in this call; `dead` when it had ended before, also when it is going to be started again, unless
   * its calls wait for that; `busy` when it is in a call that is suspended, unless calls wait for that
   * ({@link SpawnOptions.reentry}); `cancelled`.
   */
  call<Name extends keyof Exports & string>(name: Name, ...rest: CallArguments<Exports, Name>): Promise<CallResult<Exports, Name>>;
  async call(name: string, values: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const { signal } = options;
    if (signal !== undefined) this.#checkSignal(name, signal);
    const rest = this.#return?.waits ? await this.#returned(name, options) : options;
    const { reentry } = this.#keeper;
    const queues = reentry === 'queue' || (reentry === undefined && options.yielding === true);
    if (this.#line.any && queues) return this.#line.add(this.#queued(name, values, rest));
    return this.#start(name, values, rest);
  }

  /** Makes a call when all that can be suspended are over. Its deadline counts from now. */
  async #queued(name: string, values: readonly unknown[], options: CallOptions): Promise<unknown> {
    const { deadline } = this.#budget(name, options);
    const rest = await this.#before(this.#line.over, name, { ...options, deadline }, 'it is in another call, which is suspended');
    return this.#start(name, values, await this.#returned(name, rest));
  }

  /** Waits until the process was started again, if calls wait for that. The deadline counts if the call has one of its own. */
  async #returned(name: string, options: CallOptions): Promise<CallOptions> {
    let rest = options;
    this.#budget(name, options);
    while (this.#return?.waits) rest = await this.#before(this.#return.over, name, rest, 'it has not been started again');
    return rest;
  }

  #budget(name: string, options: CallOptions): Budget {
    return budgetOf(options, this.#started.budget, (message) => this.#error('bad-argument', name, message));
  }

  /** Waits for something before a call begins, but not beyond its end. Gives the settings with what is left of the deadline. */
  async #before(what: Promise<unknown>, name: string, options: CallOptions, why: string): Promise<CallOptions> {
    const { signal, deadline = Infinity } = options;
    const { clock } = this.#keeper;
    const cancelled = () => this.#cancelled(name, signal?.reason);
    const late = () => this.#error('deadline', name, `${name} of plugin ${this.name} could not be called within ${Math.ceil(deadline)} ms: ${why}`);
    const began = clock.now();
    await unless(what, { signal, cancelled, deadline, late }, clock);
    return options.deadline === undefined ? options : { ...options, deadline: Math.max(deadline - (clock.now() - began), Number.MIN_VALUE) };
  }

  #start(name: string, values: readonly unknown[], options: CallOptions): unknown {
    const suspendable = (this.#started.waits || options.yielding === true) && !this.#keeper.nested && kernel.canSuspend();
    const result = this.#call(name, values, options, suspendable);
    return suspendable ? this.#line.add(result as Promise<unknown>) : result;
  }

  #error(code: ErrorCode, name: string, message: string): PortcullisError {
    return new PortcullisError(code, message, { process: this.name, function: name });
  }

  #cancelled(name: string, cause: unknown): PortcullisError {
    const stopped = this.#reason?.code === 'cancelled' ? `: ${this.#reason.message}` : '';
    return new PortcullisError('cancelled', `the call of ${name} of plugin ${this.name} was cancelled${stopped}`, { process: this.name, function: name, cause });
  }

  #checkSignal(name: string, signal: AbortSignal): void {
    // That of a frame is another class.
    if (typeof signal !== 'object' || typeof signal?.addEventListener !== 'function') throw this.#error('bad-argument', name, '`signal` must be an AbortSignal');
    if (signal.aborted) throw this.#cancelled(name, signal.reason);
  }

  /** @internal Calls a method of one of its objects. */
  callMethod(handle: Handle, method: string, values: readonly unknown[], options: CallOptions): Promise<unknown> {
    const { class: className } = handle;
    const methods = this.#started.plans.filter(
      ({ interface: name, parameters: [self] }) => name === interfaceOf(className) && self?.kind === 'borrow' && self.className === className,
    );
    const plan = methods.find(({ name }) => name === method || camelCase(name) === method);
    const refuse = (code: ErrorCode, message: string) => new PortcullisError(code, message, { process: this.name, function: `${interfaceOf(className)}#${method}` });
    if (plan === undefined) {
      const known = methods.map(({ name }) => name).slice(0, 12).join(', ');
      throw refuse('no-method', `plugin ${this.name} has no method ${method} for objects of class ${className}; it has ${known || 'none'}`);
    }
    const count = plan.parameters.length - 1;
    if (values.length !== count) {
      throw refuse('bad-argument', `${plan.label} takes ${count} argument${count === 1 ? '' : 's'} besides its object, got ${values.length}: ${plan.signature}`);
    }
    return (this as Process).call(plan.label, [handle, ...values], options);
  }

  #call(name: string, values: readonly unknown[], options: CallOptions, suspendable: boolean): unknown {
    const refuse = (code: ErrorCode, message: string) => this.#error(code, name, message);
    if (this.#reason !== undefined) throw refuse('dead', `${name} cannot be called: ${this.#reason.message}${this.#comesBack()}`);
    const index = this.#exports.get(name);
    const plan = index === undefined ? undefined : this.#started.plans[index];
    const enter = index === undefined ? undefined : this.#started.frames[index];
    if (plan === undefined || enter === undefined) {
      const known = [...this.#exports.keys()].slice(0, 12).join(', ');
      throw refuse('unknown-export', `plugin ${this.name} exports no function ${name}; it has ${known || 'none'}`);
    }
    if (values.length !== plan.parameters.length) {
      const count = plan.parameters.length;
      throw refuse('bad-argument', `${name} takes ${count} argument${count === 1 ? '' : 's'}, got ${values.length}: ${plan.signature}`);
    }
    const ofNumbers = () => plan.ok.some(({ element }) => element !== undefined && element !== 'bool' && element !== 'char');
    if (options.into !== undefined && !ofNumbers()) {
      throw refuse('bad-argument', `\`into\` takes a list of numbers, and ${name} gives none: ${plan.signature}`);
    }
    const budget = this.#budget(name, options);
    const half = suspendable ? this.#started.halves[index as number] : undefined;
    if (half !== undefined) return this.#enterSuspendable(plan, half, budget, values, options);
    return this.#plain[index as number] ? this.#enterPlain(plan, enter, budget, values, options) : this.#enter(plan, enter, budget, values, options);
  }

  #comesBack(): string {
    return this.returnsIn === undefined ? '' : `; it is started again in ${Math.ceil(this.returnsIn)} ms`;
  }

  #enter(plan: FunctionPlan, enter: (frame: number) => number, budget: Budget, values: readonly unknown[], options: CallOptions): unknown {
    const entry = this.#prepare(plan, values, options);
    const { signal } = options;
    try {
      const status = this.#run(enter, entry.frame, budget, signal);
      return this.#outcome(entry, plan, status, signal);
    } finally {
      this.#finish(entry);
    }
  }

  /** As {@link #enter}, of a plain function. */
  #enterPlain(plan: FunctionPlan, enter: (frame: number) => number, budget: Budget, values: readonly unknown[], { signal }: CallOptions): unknown {
    needRoom();
    const process = this.id;
    const frame = this.#frames.take(plan.size);
    try {
      plan.parameters.forEach((parameter, index) => this.#edge.put(nothing, frame, parameter, values[index], plan.label, 'argument'));
      const status = this.#run(enter, frame, budget, signal);
      if (signal?.aborted) throw this.#cancelled(plan.label, signal.reason);
      if (status !== 0) throw this.#failure(status, plan, process);
      const [result] = plan.ok;
      return result && this.#take(nothing, frame, result, [], plan);
    } finally {
      this.#giveBack(frame);
    }
  }

  /** Enters a function with its budget, and gives the status. */
  #run(enter: (frame: number) => number, frame: number, { deadline, fuel }: Budget, signal: AbortSignal | undefined): number {
    const running = kernel.begin(deadline, fuel, this.#keeper.nested, undefined, false);
    const cancel = signal && (() => kernel.cancel(running, true));
    if (cancel !== undefined) signal?.addEventListener('abort', cancel);
    try {
      return enter(frame);
    } finally {
      kernel.end(running);
      if (cancel !== undefined) signal?.removeEventListener('abort', cancel);
    }
  }

  /** As {@link #enter}, so that the plugin can be suspended: its frames are on a stack of their own. */
  async #enterSuspendable(plan: FunctionPlan, half: (frame: number) => number, budget: Budget, values: readonly unknown[], options: CallOptions): Promise<unknown> {
    needRoom();
    const { waiting } = this.#keeper;
    const { signal } = options;
    const fiber = checked(() => kernel.takeFiber(this.id), this.name);
    waiting.begin(fiber, this.id);
    const cancel = () => waiting.cancel(fiber, signal?.reason);
    let entry: Entry | undefined;
    let suspended = false;
    try {
      let running: number;
      let returned: Promise<unknown>;
      try {
        entry = this.#prepare(plan, values, options);
        running = kernel.begin(budget.deadline, budget.fuel, false, fiber, options.yielding === true);
        waiting.entered(fiber, running);
        signal?.addEventListener('abort', cancel);
        returned = kernel.awaited(half, entry.frame);
      } finally {
        suspended = kernel.leaveFiber(fiber);
        // Until then it moves bytes for this call.
        if (entry !== undefined && !suspended) this.#letGoOfBytes(entry);
        if (entry !== undefined && suspended) this.#edge.entered(entry.call);
      }
      let status: number;
      try {
        status = (await returned) as number;
        kernel.settleRunning();
      } catch (error) {
        kernel.settleRunning();
        status = this.#frames.caught(entry.frame, error);
      }
      kernel.end(running);
      return this.#outcome(entry, plan, status, signal);
    } finally {
      signal?.removeEventListener('abort', cancel);
      waiting.end(fiber);
      if (entry !== undefined) {
        if (suspended) Object.assign(entry.pending, { sources: [], sink: undefined });
        this.#edge.end(entry.call);
      }
      kernel.endFiber(fiber);
      this.#keeper.called(kernel.runDestructors());
    }
  }

  /** What came of a call: its results, if anybody wants them. */
  #outcome(entry: Entry, plan: FunctionPlan, status: number, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) {
      if (status === 0) this.#edge.decline(entry.frame, this.#values(entry, plan), 'released');
      throw this.#cancelled(plan.label, signal.reason);
    }
    if (status !== 0) throw this.#failure(status, plan, entry.process);
    return this.#results(entry, plan);
  }

  /** Puts the arguments into a frame. {@link #finish} it in any case. */
  #prepare(plan: FunctionPlan, values: readonly unknown[], options: CallOptions): Entry {
    needRoom();
    const { pending } = this.#started;
    const drained: Uint8Array<ArrayBuffer>[] = [];
    const sink = new Sink(drained, options.into);
    const entry: Entry = { process: this.id, call: new Call(), frame: this.#frames.take(plan.size), drained, sink, pending, sources: pending.sources, outerSink: pending.sink };
    try {
      plan.parameters.forEach((parameter, index) => {
        this.#edge.put(entry.call, entry.frame, parameter, values[index], plan.label, 'argument');
      });
    } catch (error) {
      this.#finish(entry);
      throw error;
    }
    pending.sources = entry.call.sources;
    pending.sink = (bytes) => sink.take(bytes);
    return entry;
  }

  /** The process moves bytes for whoever it did before. */
  #letGoOfBytes({ pending, sources, outerSink }: Entry): void {
    pending.sources = sources;
    pending.sink = outerSink;
  }

  #finish(entry: Entry): void {
    const { call, frame } = entry;
    this.#letGoOfBytes(entry);
    this.#edge.end(call);
    this.#giveBack(frame);
  }

  /** What follows every call. */
  #giveBack(frame: number): void {
    this.#frames.give(frame);
    this.#keeper.called(kernel.runDestructors());
  }

  /** Whether the error side of its result came back. */
  #failed({ frame }: Entry, plan: FunctionPlan): boolean {
    return plan.result && this.#frames.view.getUint32(frame + plan.results, true) !== 0;
  }

  #values(entry: Entry, plan: FunctionPlan): FunctionPlan['ok'] {
    return this.#failed(entry, plan) ? plan.error : plan.ok;
  }

  /** Takes a value that came back out of a frame. */
  #take(call: Call, frame: number, value: ValuePlan, drained: Uint8Array<ArrayBuffer>[], plan: FunctionPlan): unknown {
    try {
      return this.#edge.take(call, frame, value, drained, HOST);
    } catch (thrown) {
      if (!(thrown instanceof Misfit)) throw thrown;
      throw new PortcullisError('bad-result', `plugin ${this.name} returned a wrong ${value.kind} from ${plan.label}: ${thrown.message}`, {
        process: this.name,
        function: plan.label,
      });
    }
  }

  #results(entry: Entry, plan: FunctionPlan): unknown {
    const { call, frame, drained, sink } = entry;
    const failed = this.#failed(entry, plan);
    const take = (value: FunctionPlan['ok'][number]) => {
      if (sink.filled !== undefined && value.kind === 'list' && this.#frames.view.getUint32(frame + value.slot, true) === AT_HOST) {
        const filled = sink.filled;
        sink.filled = undefined;
        return filled;
      }
      return this.#take(call, frame, value, drained, plan);
    };
    const values = this.#values(entry, plan);
    if (sink.tooSmall !== undefined) {
      this.#edge.decline(frame, values, 'released');
      throw new PortcullisError('bad-argument', `${plan.label} returned ${sink.tooSmall} bytes, more than \`into\` has room for`, {
        process: this.name,
        function: plan.label,
      });
    }
    const results: unknown[] = [];
    try {
      // Capabilities last: when something else is wrong, none has moved.
      for (const last of [false, true]) {
        for (const [index, value] of values.entries()) if (moves(value) === last) results[index] = take(value);
      }
    } catch (thrown) {
      this.#edge.decline(frame, values, 'back');
      throw thrown;
    }
    if (failed) throw new PluginError(results[0]);
    return plan.tuple ? results : results[0];
  }

  #failure(status: number, plan: FunctionPlan, process: number): PortcullisError {
    const { name: code, text } = describeCode(status);
    const details = { process: this.name, function: plan.label };
    if (process !== this.id) {
      return new PortcullisError('trapped', `plugin ${this.name} ended in ${plan.label}, in the middle of the call, and another instance took its place`, details);
    }
    const reason: ExitReason | undefined = this.#reason;
    if (reason !== undefined) {
      const words = reason.lastWords === undefined ? '' : `; its last words: ${reason.lastWords}`;
      const overrun = reason.code === 'deadline' || reason.code === 'fuel' ? reason.code : 'trapped';
      return new PortcullisError(code === 'dead' ? 'dead' : overrun, `${reason.message}${words}`, details);
    }
    if (code === 'bad-result') {
      return new PortcullisError(code, `plugin ${this.name} returned something from ${plan.label} that ${plan.signature} does not allow`, details);
    }
    return new PortcullisError(code, `${plan.label} of plugin ${this.name} could not be called: ${text}`, details);
  }

  /**
   * The functions of one of its interfaces as methods in camel case. One of the name `then` is left out, for the whole would be
   * taken for a promise; {@link call} reaches it.
   */
  interface<Name extends InterfaceNames<Exports>>(name: Name): Methods<Exports, Name>;
  interface<T extends object = Record<string, (...values: unknown[]) => Promise<unknown>>>(name: string): T;
  interface(name: string): object {
    const methods = Object.create(null) as Record<string, (...values: unknown[]) => Promise<unknown>>;
    for (const plan of this.#started.plans) {
      if (plan.interface === name && plan.name !== 'then') methods[camelCase(plan.name)] = (...values) => (this as Process).call(plan.label, values);
    }
    if (Object.keys(methods).length === 0) {
      throw new PortcullisError('unknown-export', `plugin ${this.name} does not export the interface ${name}`, { process: this.name });
    }
    return Object.freeze(methods);
  }

  /**
   * Replaces the process by a newer build of the plugin, with the same grants, limits and given signatures. Whoever calls it keeps calling;
   * calls that arrive meanwhile go to the older build. What the older build minted is revoked, what it held is released.
   * If the newer build cannot be loaded, or lacks a function, the older one goes on. A process that is waiting to be started
   * again runs at once as the newer build.
   *
   * With `state`, when no call is in it, `portcullis/state@1#save` of the older build is called, and what it gives is passed to
   * `portcullis/state@1#restore` of the newer one, each within the process's deadline; no call can come in between. If the newer one
   * refuses it, that is thrown as {@link PluginError}; it ends then, and the older one goes on.
   *
   * One of a trust group is replaced when no call is in it; from within one that is refused with `busy`. Its group goes on, and
   * calls the newer build.
   */
  async replace(source: unknown, { state = false }: ReplaceOptions = {}): Promise<void> {
    if (this.state === 'ended') throw new PortcullisError('dead', `it cannot be replaced: ${this.#reason?.message}`, { process: this.name });
    const { next, replaced } = await this.#keeper.replace(source);
    // A call that is suspended may be in it.
    while ((state || this.group !== undefined) && kernel.activeCalls(this.id) > 0 && this.#line.any) await this.#line.over;
    this.become(next, state ? 'yes' : 'no');
    replaced();
  }

  /** @internal Another instance takes its place, with its state or without. If it cannot, that one ends. */
  become(next: Started, state: 'yes' | 'no' | 'if both have it'): void {
    const [saves, restores] = [this.#started.plans.find(isSave), next.plans.find(isRestore)];
    const wanted = state === 'yes' || (state === 'if both have it' && saves !== undefined && restores !== undefined);
    if (wanted && this.#return === undefined) {
      try {
        this.#moveState(next, saves, restores);
      } catch (error) {
        kernel.dismiss(next.id, 'it did not take the state of the running build');
        throw error;
      }
    }
    this.succeed(next);
  }

  #moveState(next: Started, saves: FunctionPlan | undefined, restores: FunctionPlan | undefined): void {
    const refuse = (code: ErrorCode, message: string) => new PortcullisError(code, `${message}; the older build goes on`, { process: this.name });
    if (saves === undefined) throw refuse('no-method', `plugin ${this.name} cannot hand over its state: it exports no \`${SAVE}: func() -> list<u8>\``);
    if (restores === undefined) throw refuse('no-method', `the newer build of plugin ${this.name} takes no state: it exports no \`${RESTORE}: func(state: list<u8>) -> result<_, string>\``);
    if (kernel.activeCalls(this.id) > 0) throw refuse('busy', `plugin ${this.name} cannot hand over its state in the middle of a call`);
    const saved = this.#call(SAVE, [], {}, false);
    const successor = new Process(this.name, next, this.#frames, this.#edge, this.#keeper);
    try {
      successor.#call(RESTORE, [saved], {}, false);
    } catch (error) {
      const reason = error instanceof PluginError ? `refused the state: ${String(error.value)}` : `failed when it was given the state: ${textOf(error)}`;
      const message = `the newer build of plugin ${this.name} ${reason}; the older build goes on`;
      if (error instanceof PortcullisError) throw new PortcullisError(error.code, message, { process: this.name, function: RESTORE });
      throw error instanceof PluginError ? new PluginError(error.value, message) : error;
    }
  }

  /** Ends the process. Nothing of it runs again, and it is not started again. Once it has ended: no effect. */
  kill(message?: string): void {
    needRoom();
    if (this.#return === undefined) kernel.kill(this.id, message);
    else this.#keeper.stop(message);
  }

  [dispose](): void {
    this.kill();
  }

  /** @internal Another instance takes its place, also that of one that is dead and waits for it. */
  succeed(next: Started): void {
    const started = this.#started;
    const old = this.id;
    this.#started = next;
    try {
      checked(() => kernel.handOver(old, next.id), this.name);
    } catch (error) {
      this.#started = started;
      kernel.dismiss(next.id, 'it cannot take the place of the running build');
      throw error;
    }
    this.#index();
    this.#reason = undefined;
    this.#end();
  }

  /** @internal It ended, and is to be started again. */
  wait(reason: ExitReason, at: number, now: () => number, waits: boolean): void {
    this.#end();
    this.#reason = reason;
    this.#letGo();
    let end!: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#return = { at, now, waits, over, end };
  }

  /** @internal It ended for good. */
  finish(reason: ExitReason): void {
    this.#reason = reason;
    this.#letGo();
    this.#end();
    this.#settle(reason);
  }

  /** Whoever keeps a process that has ended keeps its name and reason, not its memory: a page can have few. */
  #letGo(): void {
    this.#started = { ...this.#started, frames: [], pending: { sources: [], sink: undefined } };
  }

  #end(): void {
    const waiting = this.#return;
    this.#return = undefined;
    waiting?.end();
  }
}
