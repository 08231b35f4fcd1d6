// Plugins that start plugins: what the interface `portcullis/loader@1` does.

import * as kernel from './kernel.js';
import { clean } from './clean.js';
import type { BudgetOptions } from './budget.js';
import { PluginError, PortcullisError, numberOf, textOf, toError } from './errors.js';
import type { ErrorCode } from './error-codes.js';
import { Interface, Refusal } from './interface.js';
import { Process } from './process.js';
import { checkLimit, type Limits } from './usage.js';

/** The interface by which plugins start plugins. */
export const LOADER = 'portcullis/loader@1';

/** Its functions: docs/abi.md §12. */
export const loaderSignatures = `
  spawn: func(bytes: list<u8>, name: string, imports: string, memory: u32) -> result<own<process>, string>
  bind: func(process: borrow<process>, interface: string) -> result<_, error>
  replace: func(process: borrow<process>, bytes: list<u8>) -> result<_, string>
  state: func(process: borrow<process>) -> u32
  kill: func(process: borrow<process>)
  usage: func(process: borrow<process>) -> tuple<u64, u32, u32>
`;

/**
 * What a plugin that is granted a loader may start, and with what. All that it starts, and what that starts in turn, shares
 * `processes` and `memory`. `deadline` and `fuel` hold for the start of each, within the call in which it is started.
 */
export interface LoaderOptions extends BudgetOptions {
  /** What it can grant, by interface, besides what the plugin that starts another one exports itself. */
  readonly imports?: Readonly<Record<string, Interface | Process | 'object'>>;
  /** The most processes that live at once; 16 if not given. */
  readonly processes?: number;
  /** The most bytes of memory that all of them may have together; 64 MiB if not given. */
  readonly memory?: number;
  /** How many levels there may be: 1, if not given, when those that it starts cannot start others; at most 16. */
  readonly depth?: number;
  /** What else each of them may use, as when the application spawns one. */
  readonly limits?: Omit<Limits, 'memory'>;
}

/** A process that starts another one, by its number: it may have yet to start itself. */
export class Spawner {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

/** Whoever serves an interface to a process. */
export type Grant = Interface | Process | 'object' | 'later' | Spawner;

/** What a process is started with at once. */
export interface Request extends BudgetOptions, Omit<Limits, 'memory'> {
  readonly imports: Readonly<Record<string, Grant>>;
  readonly memory: { readonly maximum: number };
}

/** Hears of a process that was started for a plugin. */
export interface Watcher {
  /** It has a number, and nothing of it has run yet; again when it was replaced. */
  begins(id: number): void;
  /** It has ended for good, or did not start. */
  ended(): void;
}

/** What the kernel does for loaders. */
export interface Nursery {
  /** The number of the process that called. */
  caller(): number;
  /** Compiles and starts a process at once. */
  spawn(bytes: Uint8Array, name: string, request: Request, watcher: Watcher): Process;
  /** Puts a newer build in the place of a process at once, with its state if both builds hand it over. */
  replace(process: Process, bytes: Uint8Array): void;
}

const PAGE = 65_536;
const DEFAULT_PROCESSES = 16;
const DEFAULT_MEMORY = 64 * 1024 * 1024;
const MOST_LEVELS = 16;
/** Bytes of a plugin that is loaded in the middle of a call: the page stands still meanwhile. */
const MOST_BYTES = 4 * 1024 * 1024;
/** The most plugins that are being started in the middle of one another's start. */
const MOST_NESTED = 16;
/** Characters of a name, and of a list of grants, that are taken. */
const NAME_LENGTH = 60;
/** Characters of a name with those of all that it was started by. */
const NAMES_LENGTH = 100;
const LIST_LENGTH = 65_536;

/** An error of a function that gives an `error`. */
const failed = (code: ErrorCode): PluginError => new PluginError(numberOf(code));

/** Throws a sentence if there are more bytes than a plugin may load. */
function checkSize({ length }: Uint8Array): void {
  if (length > MOST_BYTES) throw new PluginError(`the module has ${length} bytes, and a plugin can load ${MOST_BYTES} at most`);
}

/** How much may be started, and how much of that is. Every part of it counts in the whole, too. */
class Share {
  readonly processes: number;
  readonly pages: number;
  readonly whole: Share | undefined;
  #processes = 0;
  #pages = 0;

  constructor(processes: number, pages: number, whole: Share | undefined) {
    this.processes = processes;
    this.pages = pages;
    this.whole = whole;
  }

  /** Takes room for a process of so many pages; a sentence if there is none. */
  take(pages: number): string | undefined {
    for (let share: Share | undefined = this; share !== undefined; share = share.whole) {
      if (share.#processes >= share.processes) return `the loader has ${share.processes} processes, and all of them are in use`;
      if (share.#pages + pages > share.pages) return `${pages} pages of memory are more than the ${share.pages - share.#pages} that the loader has left of ${share.pages}`;
    }
    this.#add(1, pages);
    return undefined;
  }

  /** Gives it back. */
  give(pages: number): void {
    this.#add(-1, -pages);
  }

  #add(processes: number, pages: number): void {
    for (let share: Share | undefined = this; share !== undefined; share = share.whole) {
      share.#processes += processes;
      share.#pages += pages;
    }
  }
}

/** What the holder of a loader can do with it. */
interface Policy {
  readonly imports: ReadonlyMap<string, Grant>;
  readonly share: Share;
  /** Levels below the holder. */
  readonly depth: number;
}

/** A process that a plugin started: what stands behind its handle. */
export class Loaded {
  /** Nothing, as long as it starts. */
  process: Process | undefined;
  /** The number of the process that started it. */
  readonly spawner: number;

  constructor(spawner: number) {
    this.spawner = spawner;
  }
}

/** What a line of the list of grants says. */
interface Line {
  readonly name: string;
  readonly from: string | undefined;
}

/** The lines of a list of grants. Throws a sentence for what is none. */
function* linesOf(list: string): Generator<Line> {
  if (list.length > LIST_LENGTH) throw new PluginError(`a list of imports has at most ${LIST_LENGTH} characters`);
  const seen = new Set<string>();
  for (const text of list.split('\n')) {
    const line = text.trim();
    if (line === '' || line.startsWith('//')) continue;
    const [, name = '', from] = /^([^\s=]+)(?:\s*=\s*(.*))?$/.exec(line) ?? [];
    if (name === '') throw new PluginError(`\`${clean(line, 100)}\` is no line of imports: an interface, and behind \`=\` who serves it`);
    if (seen.has(name)) throw new PluginError(`\`${clean(name, 100)}\` is named twice`);
    seen.add(name);
    yield { name, from };
  }
}

/** Starts plugins for plugins, as far as the application allows. */
export class Loader {
  readonly #nursery: Nursery;
  readonly #root: Policy;
  readonly #request: Omit<Request, 'imports' | 'memory'>;
  /** Of processes that were started with a part of it. */
  readonly #policies = new Map<number, Policy>();
  readonly #children: Children;

  constructor(nursery: Nursery, children: Children, options: LoaderOptions) {
    const { imports = {}, limits = {}, deadline, fuel } = options;
    const processes = checkLimit('processes', options.processes ?? DEFAULT_PROCESSES, 0xffff_ffff);
    const memory = checkLimit('memory', options.memory ?? DEFAULT_MEMORY, 2 ** 40);
    const depth = checkLimit('depth', options.depth ?? 1, MOST_LEVELS);
    const grants = new Map<string, Grant>();
    for (const [name, grant] of Object.entries(imports)) {
      if (name === LOADER) throw new PortcullisError('bad-argument', `a loader cannot grant another ${LOADER}: how many levels there may be is its \`depth\``);
      if (grant !== 'object' && !(grant instanceof Interface) && !(grant instanceof Process)) {
        throw new PortcullisError('bad-argument', `what a loader can grant as ${name} is neither an interface, nor a process, nor 'object'`);
      }
      grants.set(name, grant);
    }
    this.#nursery = nursery;
    this.#children = children;
    this.#root = { imports: grants, share: new Share(processes, Math.floor(memory / PAGE), undefined), depth };
    this.#request = { ...limits, ...(deadline === undefined ? {} : { deadline }), ...(fuel === undefined ? {} : { fuel }) };
  }

  /** The functions of the interface, for `provide`. `self` is that interface, once it is there. */
  methods(self: () => Interface): object {
    const known = (process: unknown): Loaded => {
      // A plugin may export a class of this name, and pass an object of its own.
      if (process instanceof Loaded) return process;
      throw new Refusal('not-owner');
    };
    return {
      spawn: (bytes: Uint8Array, name: string, imports: string, memory: number) => this.#now(() => this.#spawn(self(), bytes, name, imports, memory)),
      bind: (process: unknown, name: string) => this.#bind(known(process), name),
      replace: (process: unknown, bytes: Uint8Array) => this.#now(() => this.#replace(known(process), bytes)),
      state: (process: unknown) => (known(process).process?.alive ? 1 : 0),
      kill: (process: unknown) => known(process).process?.kill('the plugin that started it wanted that'),
      usage: (process: unknown) => {
        const usage = known(process).process?.usage();
        return [BigInt(usage?.memory.used ?? 0), usage?.handles.used ?? 0, usage?.objects.used ?? 0];
      },
    };
  }

  /** Does what compiles, where there is stack for it. Whoever called is asked at once whether its time is over. */
  #now<T>(action: () => T): T {
    if (!kernel.hasRoomToLoad() || this.#children.starting >= MOST_NESTED) throw new Refusal('depth');
    this.#children.starting += 1;
    try {
      return action();
    } catch (thrown) {
      const error = toError(thrown);
      // Of an engine it is a limit of its own: memory, or how much it compiles at once.
      const isLimit = error instanceof PortcullisError || error instanceof RangeError;
      throw isLimit ? new PluginError(textOf(error)) : error;
    } finally {
      this.#children.starting -= 1;
      kernel.askSoon();
    }
  }

  #spawn(self: Interface, bytes: Uint8Array, name: string, list: string, memory: number): Loaded {
    const spawner = this.#nursery.caller();
    const policy = this.#policies.get(spawner) ?? this.#root;
    if (policy.depth === 0) throw new PluginError('this loader may start nothing');
    checkSize(bytes);
    let below: Policy | undefined;
    const imports = Object.create(null) as Record<string, Grant>;
    for (const line of linesOf(list)) {
      if (line.name === LOADER) {
        imports[LOADER] = self;
        below = this.#part(policy, line.from);
      } else {
        imports[line.name] = this.#grant(policy, line, spawner);
      }
    }
    if (below !== undefined) {
      // It can grant what it was granted itself, and nothing else.
      const own = Object.entries(imports).filter(([interfaceName, grant]) => interfaceName !== LOADER && grant !== 'later');
      below = { ...below, imports: new Map(own) };
    }
    const none = policy.share.take(memory);
    if (none !== undefined) throw new PluginError(none);
    const child = new Loaded(spawner);
    const numbersOfChild = new Set<number>();
    const watcher: Watcher = {
      begins: (id) => {
        numbersOfChild.add(id);
        if (below !== undefined) this.#policies.set(id, below);
      },
      ended: () => {
        policy.share.give(memory);
        for (const id of numbersOfChild) this.#policies.delete(id);
        this.#children.remove(child);
      },
    };
    const fullName = clean(`${kernel.processName(spawner)}/${clean(name, NAME_LENGTH) || 'plugin'}`, NAMES_LENGTH);
    child.process = this.#nursery.spawn(bytes, fullName, { ...this.#request, imports, memory: { maximum: memory * PAGE } }, watcher);
    // Somebody may have ended it already, or the one who called.
    if (kernel.usage(spawner).length === 0) kernel.kill(child.process.id, 'who started it has ended');
    if (child.process.alive) this.#children.add(child);
    return child;
  }

  /** Who serves an interface to a process that is to be started. */
  #grant({ imports }: Policy, { name, from }: Line, spawner: number): Grant {
    switch (from) {
      case 'self':
        return new Spawner(spawner);
      case 'object':
      case 'later':
        return from;
      case undefined: {
        const grant = imports.get(name);
        if (grant !== undefined) return grant;
        const known = [...imports.keys()].slice(0, 12).join(', ');
        throw new PluginError(`\`${clean(name, 100)}\` is nothing that this loader can grant; it has ${known || 'nothing'}`);
      }
      default:
        throw new PluginError(`\`${clean(name, 100)} = ${clean(from, 60)}\` is no grant: behind \`=\` stands self, object or later`);
    }
  }

  /** The part of a loader that a process is to have: `processes 4, memory 64, depth 1`, or all of it. */
  #part({ share, depth }: Policy, text: string | undefined): Policy {
    const most = { processes: share.processes, memory: share.pages, depth: depth - 1 };
    if (depth <= 1) throw new PluginError('this loader is the last one: what it starts cannot start others');
    for (const item of (text ?? '').split(',')) {
      if (text === undefined) break;
      const [, word = '', digits = ''] = /^\s*(processes|memory|depth)\s+([0-9]{1,9})\s*$/.exec(item) ?? [];
      const key = word as keyof typeof most;
      if (word === '') throw new PluginError(`\`${clean(item, 60)}\` is no part of a loader: that is processes, memory in pages, or depth, and a number`);
      most[key] = Math.min(most[key], Number(digits));
    }
    const part = text === undefined ? share : new Share(most.processes, most.memory, share);
    return { imports: new Map(), share: part, depth: most.depth };
  }

  #bind(child: Loaded, interfaceName: string): void {
    if (!child.process?.alive) throw failed('dead');
    try {
      kernel.bindLater(this.#nursery.caller(), interfaceName, child.process.id);
    } catch (thrown) {
      const error = toError(thrown);
      throw error instanceof PortcullisError ? failed(error.code) : error;
    }
  }

  #replace(child: Loaded, bytes: Uint8Array): void {
    if (!child.process?.alive) throw new PluginError('it has ended, and cannot be replaced');
    checkSize(bytes);
    try {
      this.#nursery.replace(child.process, bytes);
    } catch (error) {
      // What the newer build said is a part of the sentence.
      throw error instanceof PluginError ? new PluginError(error.message) : error;
    }
  }
}

/** All processes that plugins started, and who has to end with whom. */
export class Children {
  readonly #bySpawner = new Map<number, Set<Loaded>>();
  readonly #orphans = new Set<Loaded>();
  #ending = false;
  /** How many are being started now, each in the middle of the start of the one before. */
  starting = 0;

  /** A process that runs. */
  add(child: Loaded): void {
    const siblings = this.#bySpawner.get(child.spawner) ?? new Set();
    siblings.add(child);
    this.#bySpawner.set(child.spawner, siblings);
  }

  /** It has ended. */
  remove(child: Loaded): void {
    const siblings = this.#bySpawner.get(child.spawner);
    siblings?.delete(child);
    if (siblings?.size === 0) this.#bySpawner.delete(child.spawner);
    this.#orphans.delete(child);
  }

  /** A process has ended, or was replaced: what it had started ends. */
  orphan(spawner: number): void {
    for (const child of this.#bySpawner.get(spawner) ?? []) this.#orphans.add(child);
    this.settle();
  }

  /** The last handle of it is gone. */
  release(child: Loaded): void {
    if (!child.process?.alive) return;
    this.#orphans.add(child);
    this.settle();
  }

  /** Ends those that are to end: one after the other, however deep they are nested; later, if there is too little stack for it. */
  settle(): void {
    if (this.#ending || this.#orphans.size === 0 || !kernel.hasHeadroom()) return;
    this.#ending = true;
    try {
      for (const child of this.#orphans) {
        this.#orphans.delete(child);
        if (child.process?.alive) kernel.kill(child.process.id, 'nobody holds it any more, or who started it has ended');
      }
    } finally {
      this.#ending = false;
    }
  }
}
