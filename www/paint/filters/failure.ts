// Why a run of a filter ended early.

import { kernel, PluginError, PortcullisError, type BudgetUse, type ExitReason, type Process } from '../kernel.ts';

/** The filter said, in its own words, that it cannot work with these values. Its process was in order. */
export class Refusal extends Error {}

/** The plugin misbehaved and was stopped. */
export class Stopped extends Error {
  /** What the kernel calls it, or `wrong-length` and `bad-report`, which the page finds. */
  readonly code: string;
  readonly function: string | undefined;
  /** The import at which it happened, if that is known. */
  readonly import: string | undefined;
  /** What it used up, if that was it. */
  readonly budget: BudgetUse | undefined;
  readonly lastWords: string | undefined;
  /** Bytes of memory that its process had; nothing if it was not even let in. */
  readonly memory: number | undefined;

  constructor(
    message: string,
    code: string,
    details: Partial<Pick<Stopped, 'function' | 'import' | 'budget' | 'lastWords' | 'memory'>> = {},
  ) {
    super(message);
    this.code = code;
    this.function = details.function;
    this.import = details.import;
    this.budget = details.budget;
    this.lastWords = details.lastWords;
    this.memory = details.memory;
  }
}

const longestRefusal = 300;

/** Turns what a call threw into a {@link Refusal} or {@link Stopped}; the process is ended. */
export async function failureOf(error: unknown, process: Process | undefined, memory: number | undefined): Promise<Error> {
  if (error instanceof Refusal || error instanceof Stopped) return error;
  if (error instanceof PluginError) return new Refusal(readable(error.value));
  if (!(error instanceof PortcullisError)) return error instanceof Error ? error : new Error(String(error));
  const reason: ExitReason | undefined = process && !process.alive ? await process.exited : undefined;
  return new Stopped(asSentence(reason?.message ?? error.message), reason?.code ?? error.code, {
    function: reason?.function ?? error.function,
    import: reason?.import,
    budget: reason?.budget ?? (process && quotaOf(process.id)),
    lastWords: reason?.lastWords,
    memory,
  });
}

/** The quota over which a process wanted to go before it ended. */
function quotaOf(id: number): BudgetUse | undefined {
  return kernel.peek()?.events.findLast(({ what, process }) => what === 'quota' && process?.id === id)?.budget;
}

/** Makes a sentence of a message that was made to stand after a colon. */
export function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What a plugin said, without what could disguise it as something else. */
function readable(value: unknown): string {
  const text = typeof value === 'string' ? value : 'It gave no reason.';
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return clean.length > longestRefusal ? `${clean.slice(0, longestRefusal)}…` : clean || 'It gave no reason.';
}
