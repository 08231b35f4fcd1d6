// What a plugin has and asks for, told without running it.

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
  /** The numbers that somebody has to give in `constants`, by `module#name`; `type` is `i32`, `i64`, `f32` or `f64`. */
  readonly constants: readonly { readonly name: string; readonly type: 'i32' | 'i64' | 'f32' | 'f64' }[];
  readonly classes: readonly { readonly name: string; readonly minted: boolean }[];
  /** In bytes, as the module declares it; the kernel's limit holds in any case. */
  readonly memory: { readonly minimum: number; readonly maximum: number | undefined };
  /** Whether it has a start function. */
  readonly hasStart: boolean;
  /** Whether it exports `cabi_realloc`, without which no string or list can be given to it. */
  readonly hasAllocator: boolean;
  /** Whether it exports `portcullis_status`, without which the first call of its own that fails ends it. */
  readonly hasStatus: boolean;
  /** What it costs to compile, and what it may, in the points of docs/abi.md §10.2. */
  readonly points: number;
  readonly mostPoints: number;
  /** A copy of a custom section's content; of several with this name, the first. */
  customSection(name: string): Uint8Array<ArrayBuffer> | undefined;
}

interface Described extends Omit<Description, 'sha256' | 'memory' | 'customSection'> {
  readonly memory?: { readonly minimum: number; readonly maximum?: number };
  readonly sections: readonly (readonly [string, number, number])[];
}

/** The description of a plugin, of which `told` is what the kernel tells, and whose bytes nobody changes any more. */
export async function descriptionOf(bytes: Uint8Array, told: unknown): Promise<Description> {
  const described = told as Described;
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
