// A running plugin.

import * as kernel from './kernel.js';
import { dispose } from './dispose.js';
import { budgetOf, type Budget, type BudgetOptions } from './budget.js';
import { Call, moves, type Edge } from './edge.js';
import type { ErrorCode } from './error-codes.js';
import type { BudgetUse } from './events.js';
import { PluginError, PortcullisError, checked, describeCode } from './errors.js';
import { AT_HOST, HOST, type Frames } from './frames.js';
import { camelCase } from './interface.js';
import type { FunctionPlan } from './plan.js';
import { needRoom } from './room.js';
import { Misfit, type NumberArray } from './scalars.js';
import { usageOf, type Usage } from './usage.js';

/** Why a process ended. */
export interface ExitReason {
  /**
   * `trapped`; `overflow`: it used up the stack; `exhausted`: it trapped with its memory full; `failed`: a call of its own
   * failed and it has no status word to be told; `deadline`, `fuel`: it used more of that than its call had; `killed` by the
   * application; `replaced` by a newer build.
   */
  readonly code: 'trapped' | 'overflow' | 'exhausted' | 'failed' | 'deadline' | 'fuel' | 'killed' | 'replaced';
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
}

/** Settings of one call. A call in the middle of another one has at most what is left of that. */
export interface CallOptions extends BudgetOptions {
  /** Takes the bytes of the first list that comes back; what the call gives is the filled part of it. Too small: an error. */
  readonly into?: NumberArray;
  /**
   * Lets the page go on about every 8 milliseconds while the plugin runs, where the engine can suspend calls: see
   * {@link Kernel.features}. Meanwhile the plugin answers other calls with `busy`, and can be killed; the time that others take does
   * not count. One such call runs at a time, in the order in which they were made. Elsewhere, in a call that the application
   * makes while a plugin waits for it, and while one plugin calls another, it has no effect.
   */
  readonly yielding?: boolean;
}

/** What a process moves bytes through; see `frame.js`. */
export interface Pending {
  sources: Uint8Array[];
  sink: ((bytes: Uint8Array) => void) | undefined;
}

/** What the kernel does for a process. */
export interface Keeper {
  /** Starts a process of other bytes with the grants of this one. */
  replace(source: unknown): Promise<Started>;
  /** It was replaced. */
  replaced(): void;
  /** The process, which is not running, is not to be started again. */
  stop(message: string | undefined): void;
  /** A call of the host has ended; `excesses` tells whether something was refused because of a quota. */
  called(excesses: boolean): void;
  /** Whether a function of the application is running that a plugin called. */
  readonly nested: boolean;
  /** SHA-256 of its bytes. */
  readonly sha256: string | undefined;
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
  /** What a call has that says nothing else. */
  readonly budget: Budget;
}

/** A call that is under way. */
interface Entry {
  readonly call: Call;
  readonly frame: number;
  readonly drained: Uint8Array<ArrayBuffer>[];
  readonly sink: Sink;
  readonly pending: Pending;
  /** What `pending` held before. */
  readonly sources: Uint8Array[];
  readonly outerSink: Pending['sink'];
}

/** Resolves when the last call that yields is over: one runs at a time. */
let lastYielding: Promise<void> = Promise.resolve();
const ignore = () => undefined;

/** A running plugin: one instance, one memory, one namespace. */
export class Process {
  /** For messages and `inspect`. */
  readonly name: string;
  readonly #frames: Frames;
  readonly #edge: Edge;
  readonly #keeper: Keeper;
  #started: Started;
  #exports = new Map<string, number>();
  #reason: ExitReason | undefined;
  #return: Return | undefined;
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
  static of(name: string, started: Started, frames: Frames, edge: Edge, keeper: Keeper): Process {
    return new Process(name, started, frames, edge, keeper);
  }

  #index(): void {
    this.#exports = new Map(this.#started.plans.map((plan, index) => [plan.label, index]));
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

  /** SHA-256 of the plugin, in lower-case hexadecimal digits; nothing where hashes cannot be computed. */
  get sha256(): string | undefined {
    return this.#keeper.sha256;
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
   * its calls wait for that.
   */
  async call(name: string, values: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    while (this.#return?.waits) await this.#return.over;
    if (options.yielding !== true || this.#keeper.nested || !kernel.canYield()) return this.#call(name, values, options, false);
    const before = lastYielding;
    const mine = before.then(() => this.#call(name, values, options, true));
    lastYielding = mine.then(ignore, ignore);
    return mine;
  }

  #call(name: string, values: readonly unknown[], options: CallOptions, yielding: boolean): unknown {
    const refuse = (code: ErrorCode, message: string) => new PortcullisError(code, message, { process: this.name, function: name });
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
    const ofNumbers = plan.ok.some(({ element }) => element !== undefined && element !== 'bool' && element !== 'char');
    if (options.into !== undefined && !ofNumbers) {
      throw refuse('bad-argument', `\`into\` takes a list of numbers, and ${name} gives none: ${plan.signature}`);
    }
    const budget = budgetOf(options, this.#started.budget, (message) => refuse('bad-argument', message));
    const half = yielding ? this.#started.halves[index as number] : undefined;
    if (half !== undefined) return this.#enterYielding(plan, half, budget, values, options);
    return this.#enter(plan, enter, budget, values, options);
  }

  #comesBack(): string {
    return this.returnsIn === undefined ? '' : `; it is started again in ${Math.ceil(this.returnsIn)} ms`;
  }

  #enter(plan: FunctionPlan, enter: (frame: number) => number, budget: Budget, values: readonly unknown[], options: CallOptions): unknown {
    const entry = this.#prepare(plan, values, options);
    try {
      const running = kernel.begin(budget.deadline, budget.fuel, this.#keeper.nested);
      let status: number;
      try {
        status = enter(entry.frame);
      } finally {
        kernel.end(running, false);
      }
      if (status !== 0) throw this.#failure(status, plan);
      return this.#results(entry, plan);
    } finally {
      this.#finish(entry);
    }
  }

  /** As {@link #enter}, while the page goes on. The frame stays where it is: what others take meanwhile lies above it. */
  async #enterYielding(plan: FunctionPlan, half: (frame: number) => number, budget: Budget, values: readonly unknown[], options: CallOptions): Promise<unknown> {
    const entry = this.#prepare(plan, values, options);
    try {
      const running = kernel.begin(budget.deadline, budget.fuel, false, this.id);
      let status: number;
      try {
        status = (await kernel.awaited(half, entry.frame)) as number;
      } finally {
        kernel.end(running, true);
      }
      if (status !== 0) throw this.#failure(status, plan);
      return this.#results(entry, plan);
    } finally {
      this.#finish(entry);
    }
  }

  /** Puts the arguments into a frame. {@link #finish} it in any case. */
  #prepare(plan: FunctionPlan, values: readonly unknown[], options: CallOptions): Entry {
    needRoom();
    const { pending } = this.#started;
    const drained: Uint8Array<ArrayBuffer>[] = [];
    const sink = new Sink(drained, options.into);
    const entry: Entry = { call: new Call(), frame: this.#frames.take(plan.size), drained, sink, pending, sources: pending.sources, outerSink: pending.sink };
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

  #finish({ call, frame, pending, sources, outerSink }: Entry): void {
    pending.sources = sources;
    pending.sink = outerSink;
    this.#edge.end(call);
    this.#frames.give(frame);
    this.#keeper.called(kernel.runDestructors());
  }

  #results({ call, frame, drained, sink }: Entry, plan: FunctionPlan): unknown {
    const failed = plan.result && this.#frames.view.getUint32(frame + plan.results, true) !== 0;
    const take = (value: FunctionPlan['ok'][number]) => {
      if (sink.filled !== undefined && value.kind === 'list' && this.#frames.view.getUint32(frame + value.slot, true) === AT_HOST) {
        const filled = sink.filled;
        sink.filled = undefined;
        return filled;
      }
      try {
        return this.#edge.take(call, frame, value, drained, HOST);
      } catch (thrown) {
        if (thrown instanceof Misfit) {
          throw new PortcullisError('bad-result', `plugin ${this.name} returned a wrong ${value.kind} from ${plan.label}: ${thrown.message}`, {
            process: this.name,
            function: plan.label,
          });
        }
        throw thrown;
      }
    };
    const values = failed ? plan.error : plan.ok;
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

  #failure(status: number, plan: FunctionPlan): PortcullisError {
    const { name: code, text } = describeCode(status);
    const details = { process: this.name, function: plan.label };
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
  interface<T extends object = Record<string, (...values: unknown[]) => Promise<unknown>>>(name: string): T {
    const methods = Object.create(null) as Record<string, (...values: unknown[]) => Promise<unknown>>;
    for (const plan of this.#started.plans) {
      if (plan.interface === name && plan.name !== 'then') methods[camelCase(plan.name)] = (...values) => this.call(plan.label, values);
    }
    if (Object.keys(methods).length === 0) {
      throw new PortcullisError('unknown-export', `plugin ${this.name} does not export the interface ${name}`, { process: this.name });
    }
    return Object.freeze(methods) as T;
  }

  /**
   * Replaces the process by a newer build of the plugin, with the same grants, limits and given signatures. Whoever calls it keeps calling;
   * calls that arrive meanwhile go to the older build. What the older build minted is revoked, what it held is released.
   * If the newer build cannot be loaded, or lacks a function, the older one goes on. A process that is waiting to be started
   * again runs at once as the newer build.
   */
  async replace(source: unknown): Promise<void> {
    if (this.state === 'ended') throw new PortcullisError('dead', `it cannot be replaced: ${this.#reason?.message}`, { process: this.name });
    const next = await this.#keeper.replace(source);
    this.succeed(next);
    this.#keeper.replaced();
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
      kernel.kill(next.id, 'it cannot take the place of the running build');
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

/** Takes the lists of a result: the first into the caller's array if there is one, the others into new ones. */
class Sink {
  /** The part of `into` that was filled. */
  filled: NumberArray | undefined;
  /** How many bytes did not fit. */
  tooSmall: number | undefined;
  readonly #drained: Uint8Array<ArrayBuffer>[];
  #into: NumberArray | undefined;

  constructor(drained: Uint8Array<ArrayBuffer>[], into: NumberArray | undefined) {
    this.#drained = drained;
    this.#into = into;
  }

  take(bytes: Uint8Array): void {
    const into = this.#into;
    if (into === undefined) {
      this.#drained.push(bytes.slice());
      return;
    }
    this.#into = undefined;
    if (bytes.length > into.byteLength) {
      this.tooSmall = bytes.length;
      return;
    }
    new Uint8Array(into.buffer, into.byteOffset, bytes.length).set(bytes);
    this.filled = into.subarray(0, Math.floor(bytes.length / into.BYTES_PER_ELEMENT));
  }
}
