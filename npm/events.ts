// What happened: who did what, where, with which budget. A history of bounded length.

import { clean } from './clean.js';
import type { ErrorCode } from './error-codes.js';
import type { ExitReason } from './process.js';

/** Something of which a process, or a call, has only so much. */
export interface BudgetUse {
  /** `deadline` in milliseconds, `memory` in bytes; `fuel`, `handles`, `objects` and all others are counts. */
  readonly what: string;
  readonly given: number;
  readonly used: number;
}

/** The plugin that an event is about. */
export interface EventProcess {
  /** The kernel's number of the process; nothing if there was none yet. */
  readonly id: number | undefined;
  readonly name: string;
  /** SHA-256 of the plugin, in lower-case hexadecimal digits; nothing if it was refused before that was known. */
  readonly sha256: string | undefined;
}

/**
 * What happened. The end of a process goes by the code of its {@link ExitReason}. Beside it:
 *
 * - `spawned`, `respawned`: a process runs. `refused`: it was not let in, or did not start; `code` says why
 * - `given-up`: it ended badly too often and is not started again. `quarantined`: its bytes are refused from now on;
 *   `lifted`: no longer
 * - `quota`: it asked for more than it may have, and was told so
 * - `host-failure`: a function of the application failed when it called it
 */
export type EventKind =
  | ExitReason['code']
  | 'spawned'
  | 'respawned'
  | 'refused'
  | 'given-up'
  | 'quarantined'
  | 'lifted'
  | 'quota'
  | 'host-failure';

/** One thing that happened. All texts are without control characters, and of bounded length. */
export interface KernelEvent {
  /** Counts up. Numbers that are missing are those of events that were dropped. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly what: EventKind;
  /** Who did it, or whom it happened to. */
  readonly process: EventProcess | undefined;
  /** A sentence for a person. */
  readonly message: string;
  /** The export in which it happened. */
  readonly function: string | undefined;
  /** The import, or system call, at which it happened, if that is known. */
  readonly import: string | undefined;
  /** Of what there was not enough, if that was it. */
  readonly budget: BudgetUse | undefined;
  /** Why it was refused. */
  readonly code: ErrorCode | undefined;
  /** What it said before its end. */
  readonly lastWords: string | undefined;
  /** The name of its trust group, if it ended because another one of that did. */
  readonly group: string | undefined;
  /** Milliseconds after which it is started again, if it is. */
  readonly respawnIn: number | undefined;
  /** How often: what happens again within a second is counted, not repeated. */
  readonly count: number;
}

/** What an event is made from. */
export type EventDetails = Pick<KernelEvent, 'what' | 'process' | 'message'> & {
  readonly [Field in 'function' | 'import' | 'budget' | 'code' | 'lastWords' | 'group' | 'respawnIn' | 'count']?: KernelEvent[Field] | undefined;
};

/** Events that are kept. */
const MOST_EVENTS = 256;
/** Milliseconds within which the same is counted, not repeated. */
const TOGETHER = 1_000;
/** Characters that are kept of a name, and of a message. */
const NAME_LIMIT = 200;
const MESSAGE_LIMIT = 2_000;

/** What may happen in floods. */
const floods: ReadonlySet<EventKind> = new Set<EventKind>(['quota', 'host-failure']);

const cut = (text: string | undefined): string | undefined => (text === undefined ? undefined : clean(text, NAME_LIMIT));

/** The last events, oldest first. */
export class History {
  readonly #events: KernelEvent[] = [];
  #number = 0;

  /** All that are kept, oldest first. */
  get all(): readonly KernelEvent[] {
    return [...this.#events];
  }

  /** Adds an event; one that is the same as another of this second raises the count of that, and nothing is given. */
  add({ process, message, ...details }: EventDetails, time: number): KernelEvent | undefined {
    const event: KernelEvent = Object.freeze({
      budget: details.budget,
      code: details.code,
      respawnIn: details.respawnIn,
      count: details.count ?? 1,
      what: details.what,
      number: this.#number + 1,
      time,
      process: process && Object.freeze({ ...process, name: clean(process.name, NAME_LIMIT) }),
      message: clean(message, MESSAGE_LIMIT),
      function: cut(details.function),
      import: cut(details.import),
      group: cut(details.group),
      lastWords: details.lastWords === undefined ? undefined : clean(details.lastWords, MESSAGE_LIMIT),
    });
    const before = floods.has(event.what) ? this.#events.findLastIndex((other) => same(other, event)) : -1;
    const earlier = this.#events[before];
    if (earlier !== undefined) {
      this.#events[before] = Object.freeze({ ...earlier, count: earlier.count + event.count, budget: event.budget });
      return undefined;
    }
    this.#number += 1;
    this.#events.push(event);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    return event;
  }
}

const same = (earlier: KernelEvent, event: KernelEvent): boolean =>
  event.time - earlier.time < TOGETHER &&
  earlier.what === event.what &&
  earlier.process?.id === event.process?.id &&
  earlier.import === event.import &&
  earlier.budget?.what === event.budget?.what;
