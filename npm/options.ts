// What an application can set when it starts the kernel, reads a plugin and spawns a process; and a plugin that was read.

import type * as kernel from './kernel.js';
import type { BudgetOptions } from './budget.js';
import type { Group } from './group.js';
import type { HostFailureListener, Interface } from './interface.js';
import type { FunctionPlan } from './plan.js';
import type { Process } from './process.js';
import type { BytesSource } from './source.js';
import type { Clock, QuarantineOptions, RespawnOptions } from './supervision.js';
import type { Limits } from './usage.js';

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
  /** Whether a plugin can wait for what a function of the application promises: `async func` in {@link Kernel.provide}. */
  readonly waiting: boolean;
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
   * goes to whoever minted the object that it is called on. `'later'` is for a plugin that has a {@link Kernel.loader}: it names
   * the provider itself, one of those that it starts, and calls get `dead` until then.
   */
  readonly imports?: Readonly<Record<string, Interface | Process | 'object' | 'later'>>;
  /**
   * Its memory: what it may be at most, and, if the application has one that both are to use, that one. `use` has to have a
   * maximum, which is no more than the plugin declares and `maximum` says. Processes use one together only if each is given it.
   */
  readonly memory?: { readonly maximum?: number; readonly use?: WebAssembly.Memory };
  /** The numbers that the plugin imports as immutable globals, by `module#name`; an i64 is a bigint. */
  readonly constants?: Readonly<Record<string, number | bigint>>;
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
  /**
   * What becomes of calls to it while it is suspended in one: `refuse`, `busy`; `queue`: those of the application are made
   * when it is free, in their order, and their deadlines count meanwhile. Other plugins are always told `busy`. If not given,
   * only calls with {@link CallOptions.yielding} wait.
   */
  readonly reentry?: 'refuse' | 'queue';
  /**
   * The trust group that it is of ({@link Kernel.group}). Its calls of others of the group, by `imports` that name their processes, are
   * fused: several times as fast, and not contained. When one of the group ends, whatever the reason, all of it do, unless a newer build
   * takes its place. Each is started again, if its own `respawn` says so, after those of the group that it imports from.
   */
  readonly group?: Group;
}

/** A plugin that was compiled, from which processes are spawned quickly. */
export class CompiledPlugin {
  /** From its URL or file name. */
  readonly name: string | undefined;
  /** SHA-256 of its bytes, in lower-case hexadecimal digits. */
  readonly sha256: string;
  /** @internal */
  readonly inner: kernel.Plugin;
  /** @internal */
  readonly plans: readonly FunctionPlan[];
  /** @internal How many bytes it has. */
  readonly size: number;

  /** @internal Made by `Kernel.compile`. */
  constructor(inner: kernel.Plugin, name: string | undefined, sha256: string, size: number) {
    this.inner = inner;
    this.size = size;
    this.name = name;
    this.sha256 = sha256;
    this.plans = inner.exports() as readonly FunctionPlan[];
  }
}

/** What a process can be spawned from. */
export type PluginSource = BytesSource | CompiledPlugin;
