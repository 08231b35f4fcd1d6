// What becomes of a process that ended badly.

import { PortcullisError } from './errors.js';
import type { ExitReason } from './process.js';

/** What tells the time, and wakes. Tests bring one of their own. */
export interface Clock {
  /** Milliseconds since 1970; never goes back. */
  now(): number;
  /** Runs an action after so many milliseconds. Gives what cancels that. */
  after(milliseconds: number, action: () => void): () => void;
}

/** How a process is started again after a bad end. */
export interface RespawnOptions {
  /** Milliseconds until it is started again the first time; 100 if not given. */
  readonly delay?: number;
  /** How many times longer each further wait is; 2 if not given. */
  readonly factor?: number;
  /** The longest wait in milliseconds; 10,000 if not given. */
  readonly longest?: number;
  /** The bad end that is the last one; 5 if not given. */
  readonly failures?: number;
  /** Milliseconds after which a bad end no longer counts; 60,000 if not given. */
  readonly within?: number;
  /** What calls of the application do meanwhile: `fail` with `dead`, or `wait`. `fail` if not given. */
  readonly calls?: 'fail' | 'wait';
}

/** When a plugin's bytes are refused from then on. */
export interface QuarantineOptions {
  /** How many bad ends of processes of the plugin it takes; 3 if not given. */
  readonly failures?: number;
  /** Milliseconds after which a bad end no longer counts; 60,000 if not given. */
  readonly within?: number;
}

const respawning: Required<RespawnOptions> = { delay: 100, factor: 2, longest: 10_000, failures: 5, within: 60_000, calls: 'fail' };
const quarantining: Required<QuarantineOptions> = { failures: 3, within: 60_000 };

/** The longest time in milliseconds that timers know: more would be none at all. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** The least that a setting may be. */
const least: Readonly<Record<string, number>> = { delay: 0, factor: 1, longest: 0, failures: 1, within: 1 };

function settings<T extends object>(name: string, given: boolean | T | undefined, defaults: Required<T>): Required<T> | undefined {
  if (given === undefined || given === false) return undefined;
  const all = { ...defaults, ...(given === true ? {} : given) };
  for (const [key, value] of Object.entries(all)) {
    const lowest = least[key];
    const good = lowest === undefined ? value === 'fail' || value === 'wait' : typeof value === 'number' && value >= lowest && (key !== 'failures' || Number.isInteger(value));
    if (!good || !Object.hasOwn(defaults, key)) throw new PortcullisError('bad-argument', `\`${name}.${key}\` cannot be ${String(value)}`);
  }
  return all;
}

/** Ends that are nobody's fault. */
const good: ReadonlySet<ExitReason['code']> = new Set<ExitReason['code']>(['killed', 'replaced']);

/** Whether an end counts against the plugin. */
export const isBad = ({ code }: ExitReason): boolean => !good.has(code);

/** What was declared for one process, and how often it ended badly. */
export class Supervision {
  /** How it is started again, if it is. */
  readonly respawn: Required<RespawnOptions> | undefined;
  /** When its bytes are refused, if ever. */
  readonly quarantine: Required<QuarantineOptions> | undefined;
  #ends: number[] = [];

  /** Throws `bad-argument` for settings that make no sense. */
  constructor(respawn: boolean | RespawnOptions | undefined, quarantine: boolean | QuarantineOptions | undefined) {
    this.respawn = settings('respawn', respawn, respawning);
    this.quarantine = settings('quarantine', quarantine, quarantining);
  }

  /** Notes a bad end. Gives the milliseconds until the process is to be started again; nothing if it is not. */
  next(now: number): number | undefined {
    if (this.respawn === undefined) return undefined;
    const { delay, factor, longest, failures, within } = this.respawn;
    this.#ends = [...this.#ends.filter((time) => now - time < within), now];
    const count = this.#ends.length;
    return count < failures ? Math.min(longest, delay * factor ** (count - 1), LONGEST_TIMER) : undefined;
  }
}

/** The time of this page. */
export const pageClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
