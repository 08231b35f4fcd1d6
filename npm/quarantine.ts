// The plugins whose bytes are refused.

import { clean } from './clean.js';
import { PortcullisError } from './errors.js';

/** A plugin whose bytes are refused. Plain data, to be kept as JSON. */
export interface QuarantinedPlugin {
  /** In lower-case hexadecimal digits. */
  readonly sha256: string;
  /** What it was called. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What it did last, or why the application put it here. */
  readonly reason: string;
}

/** Characters that are kept of a name, and of a reason. */
const NAME_LIMIT = 200;
const REASON_LIMIT = 2_000;

function checkHash(sha256: unknown): string {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256)) return sha256.toLowerCase();
  throw new PortcullisError('bad-argument', `a SHA-256 has 64 hexadecimal digits, got ${clean(String(sha256), 100)}`);
}

function checkEntry(entry: unknown): QuarantinedPlugin {
  const { sha256, name, since, reason } = (entry ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof since !== 'number' || typeof reason !== 'string') {
    throw new PortcullisError('bad-argument', 'an entry of the quarantine has `sha256`, `name`, `since` and `reason`');
  }
  return Object.freeze({ sha256: checkHash(sha256), name: clean(name, NAME_LIMIT), since, reason: clean(reason, REASON_LIMIT) });
}

/** The plugins whose bytes are refused, by SHA-256. Processes of them that run go on. */
export class Quarantine {
  #entries = new Map<string, QuarantinedPlugin>();
  /** When processes ended badly, by SHA-256. */
  readonly #ends = new Map<string, number[]>();
  readonly #changed: (what: 'quarantined' | 'lifted', entry: QuarantinedPlugin) => void;
  readonly #now: () => number;

  /** @internal There is one a kernel. */
  constructor(now: () => number, changed: (what: 'quarantined' | 'lifted', entry: QuarantinedPlugin) => void) {
    this.#now = now;
    this.#changed = changed;
  }

  /** Everything in it, the oldest first. */
  get list(): readonly QuarantinedPlugin[] {
    return [...this.#entries.values()];
  }

  /** The entry of a plugin, if its bytes are refused. */
  get(sha256: string): QuarantinedPlugin | undefined {
    return this.#entries.get(sha256.toLowerCase());
  }

  /** @internal Throws `quarantined` if a plugin's bytes are refused. */
  admit(sha256: string): void {
    const entry = this.get(sha256);
    if (entry === undefined) return;
    const since = new Date(entry.since).toISOString();
    const message = `plugin ${entry.name} is in quarantine since ${since}: ${entry.reason}; \`quarantine.lift('${entry.sha256}')\` lets it in again`;
    throw new PortcullisError('quarantined', message, { process: entry.name });
  }

  /** Refuses a plugin's bytes from now on. */
  add(sha256: string, { name = 'plugin', reason = 'the web app refuses it' }: { readonly name?: string; readonly reason?: string } = {}): void {
    const entry = checkEntry({ sha256, name, reason, since: this.#now() });
    this.#ends.delete(entry.sha256);
    if (this.#entries.has(entry.sha256)) return;
    this.#entries.set(entry.sha256, entry);
    this.#changed('quarantined', entry);
  }

  /** Lets a plugin in again, and forgets how often it ended badly. Tells whether it was refused before. */
  lift(sha256: string): boolean {
    const entry = this.get(sha256);
    this.#ends.delete(sha256.toLowerCase());
    if (entry === undefined) return false;
    this.#entries.delete(entry.sha256);
    this.#changed('lifted', entry);
    return true;
  }

  /**
   * Replaces the list by one that `toJSON` gave, such as before the page was loaded again.
   * Throws `bad-argument`, and changes nothing, if it is none.
   */
  load(list: unknown): void {
    if (!Array.isArray(list)) throw new PortcullisError('bad-argument', 'the quarantine is loaded from a list');
    this.#entries = new Map(list.map(checkEntry).map((entry) => [entry.sha256, entry]));
  }

  /** The list, so that `JSON.stringify` writes it. */
  toJSON(): readonly QuarantinedPlugin[] {
    return this.list;
  }

  /** @internal A process of the plugin ended badly. Tells whether that was once too often. */
  count(sha256: string, { failures, within }: { readonly failures: number; readonly within: number }): boolean {
    const now = this.#now();
    const ends = [...(this.#ends.get(sha256) ?? []).filter((time) => now - time < within), now];
    this.#ends.set(sha256, ends);
    return ends.length >= failures;
  }
}
