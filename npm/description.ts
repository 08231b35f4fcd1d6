// What a plugin has and asks for, told without running it.

import * as kernel from './kernel.js';
import { checked } from './errors.js';
import { sha256 } from './source.js';

/** A function that a plugin imports or exports. */
export interface FunctionDescription {
  /** `namespace/name@major`, or `-` for plain exports. */
  readonly interface: string;
  readonly name: string;
  /** `func(…) -> …` */
  readonly signature: string;
  /** Whether a record says so; otherwise it was inferred from the core type. */
  readonly declared: boolean;
}

/** What a plugin has and asks for. */
export interface Description {
  /** In bytes. */
  readonly size: number;
  /** In lower-case hexadecimal digits. */
  readonly sha256: string;
  /** What somebody has to grant. System calls, which are no authority, stand apart. */
  readonly imports: readonly FunctionDescription[];
  readonly exports: readonly FunctionDescription[];
  readonly systemCalls: readonly string[];
  readonly classes: readonly { readonly name: string; readonly minted: boolean }[];
  /** In bytes, as the module declares it; the kernel's limit holds in any case. */
  readonly memory: { readonly minimum: number; readonly maximum: number | undefined };
  /** Whether something runs when it is spawned. */
  readonly hasStart: boolean;
  /** A copy of a custom section's content; of several with this name, the first. */
  customSection(name: string): Uint8Array<ArrayBuffer> | undefined;
}

interface Described extends Omit<Description, 'sha256' | 'memory' | 'customSection'> {
  readonly memory?: { readonly minimum: number; readonly maximum?: number };
  readonly sections: readonly (readonly [string, number, number])[];
}

/** Describes bytes. They are copied where they are kept. */
export async function describe(bytes: Uint8Array, signatures?: string, cost?: number): Promise<Description> {
  const described = checked(() => kernel.describe(bytes, signatures, cost)) as Described;
  const { sections, memory, ...rest } = described;
  // Slices, not the whole: a description must not keep a large file alive.
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, start, end] of sections) {
    if (!kept.has(name) && !name.startsWith('.debug')) kept.set(name, bytes.slice(start, end));
  }
  return {
    ...rest,
    memory: { minimum: memory?.minimum ?? 0, maximum: memory?.maximum },
    sha256: await sha256(bytes),
    customSection: (name) => kept.get(name)?.slice(),
  };
}
