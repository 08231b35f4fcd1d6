// What processes may use, and what they do use.

import * as kernel from './kernel.js';
import { PortcullisError } from './errors.js';

/**
 * What a process may use at most. To go over a limit is an error for the plugin: `quota`, `too-long`, `depth`, `busy`; memory
 * does not grow any more. All of them are whole numbers.
 */
export interface Limits {
  /** Hard maximum of its linear memory in bytes; 64 MiB if not given. */
  readonly memory?: { readonly maximum?: number };
  /** The most capabilities that it may hold; 4,096 if not given. */
  readonly handles?: number;
  /**
   * The most objects that it may have minted or derived at once, those included that are over and that it has yet to hear of;
   * 65,536 if not given.
   */
  readonly objects?: number;
  /** The most calls into it that may run at once; 64 if not given, 1 refuses re-entry with `busy`. */
  readonly calls?: number;
  /** How deep a chain of nested calls may be when it makes one of them; 128 if not given, 0 lets it call nobody. */
  readonly depth?: number;
  /** The most references that it may have on their way to others at once; 1,024 if not given. */
  readonly transfers?: number;
  /**
   * The most bytes of strings and lists that it may have on their way to others at once; 64 MiB if not given. What is longer by
   * itself is `too-long`; pieces of less than 4 KiB do not count.
   */
  readonly content?: number;
  /** The most functions that it may export; 2,000 if not given. With more it is not started. */
  readonly functions?: number;
}

/** How much of something is used, and how much may be; both 0 when the process has ended. */
export interface Share {
  readonly used: number;
  /** `Infinity` where there is none. */
  readonly limit: number;
}

/** What a process uses at a moment, by the names of {@link Limits}. */
export interface Usage {
  /** Bytes of its linear memory. */
  readonly memory: Share;
  readonly handles: Share;
  readonly objects: Share;
  /** Calls into it that are running. */
  readonly calls: Share;
  /** How many calls are nested now, in the whole page, and how many may be when it makes one. */
  readonly depth: Share;
  readonly transfers: Share;
  /** Bytes of strings and lists on their way. */
  readonly content: Share;
  readonly functions: Share;
  /** Objects that are over and that it has yet to hear of. They are among `objects`. */
  readonly destructors: Share;
  /** Units of fuel that it has used since it was spawned, as far as slices were used up; 0 if it is not metered. Without a limit: a call has one. */
  readonly fuel: Share;
  /** Milliseconds that it has run, in the same way: what takes less than a slice is seen now and then only. */
  readonly time: Share;
}

/** What the whole kernel uses at a moment. */
export interface KernelUsage {
  /** Processes that live. */
  readonly processes: Share;
  /** Bytes of strings and lists on their way, over all processes. */
  readonly content: Share;
  /** Bytes of the kernel's own memory, which never shrinks. */
  readonly memory: Share;
  readonly objects: Share;
  /** Capabilities of all processes and of the application. */
  readonly handles: Share;
  readonly transfers: Share;
  /** Functions that can be called, of processes and of the application. */
  readonly functions: Share;
  /** Interfaces whose methods have places. */
  readonly interfaces: Share;
  /** Names of classes, and signatures, that are known. */
  readonly names: Share;
  /** Calls of the application that can be suspended, from their start until they are over. */
  readonly suspendable: Share;
}

/** In the order of the pairs that the kernel gives; the limits of a process stand at the same places. */
const ofProcess = ['memory', 'handles', 'objects', 'calls', 'depth', 'transfers', 'content', 'functions', 'destructors', 'fuel', 'time'] as const;
const ofKernel = ['processes', 'content', 'memory', 'objects', 'handles', 'transfers', 'functions', 'interfaces', 'names', 'suspendable'] as const;

function shares<Name extends string>(names: readonly Name[], pairs: Float64Array): Record<Name, Share> {
  const entries = names.map((name, index) => [name, { used: pairs[2 * index] ?? 0, limit: pairs[2 * index + 1] ?? 0 }]);
  return Object.fromEntries(entries) as Record<Name, Share>;
}

/** What a process uses. */
export const usageOf = (id: number): Usage => shares(ofProcess, kernel.usage(id));

/** What the kernel uses. */
export const kernelUsage = (): KernelUsage => shares(ofKernel, kernel.kernelUsage());

/** Throws `bad-limit` unless the value is a whole number that a limit can be. */
export function checkLimit(name: string, value: unknown, most: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  throw new PortcullisError('bad-limit', `${name} must be a whole number from 0 to ${most}, got ${String(value)}`);
}

/** Tells the kernel the limits of a process that is to be spawned. The memory stands apart. */
export function applyLimits(request: kernel.Spawn, limits: Limits): void {
  for (const [place, name] of ofProcess.entries()) {
    if (name === 'memory' || name === 'destructors' || name === 'fuel' || name === 'time') continue;
    const value = limits[name];
    if (value !== undefined) request.limit(place, checkLimit(name, value, 0xffff_ffff));
  }
}
