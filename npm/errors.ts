// The errors that the package throws.

import { clean } from './clean.js';
import { errorCodes, type ErrorCode, type ErrorDescription } from './error-codes.js';

const byNumber = new Map<number, ErrorDescription>(errorCodes.map((row) => [row.number, row]));
const numbers = new Map<ErrorCode, number>(errorCodes.map(({ name, number }) => [name, number]));

/** The number of a code, as it crosses the edge of a plugin. */
export const numberOf = (code: ErrorCode): number => numbers.get(code) ?? 0;

/** Characters of a message that are kept. */
const MESSAGE_LIMIT = 2_000;

/** What the kernel refused, or what failed. The message is a sentence for a person; `code` is for programs. */
export class PortcullisError extends Error {
  override readonly name = 'PortcullisError';
  /** One of the names in docs/abi.md §7. */
  readonly code: ErrorCode;
  /** The plugin that is concerned. */
  readonly process: string | undefined;
  /** The function that is concerned: `paint/filter@1#process`. */
  readonly function: string | undefined;

  constructor(code: ErrorCode, message: string, details: { process?: string | undefined; function?: string | undefined; cause?: unknown } = {}) {
    // Names in it may come from a plugin or from a file.
    super(clean(message, MESSAGE_LIMIT), 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.process = details.process;
    this.function = details.function;
  }
}

/**
 * The error side of a `result`. A plugin's function that returns one rejects with it; a host's function throws it to
 * return one.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  /** The value of the error side; for `error`, the code's number. */
  readonly value: unknown;

  constructor(value?: unknown, message = `the plugin returned an error${value === undefined ? '' : `: ${String(value)}`}`) {
    super(message);
    this.value = value;
  }
}

/** The row of a number; for a number of an interface's own, a row that says so. */
export function describeCode(number: number): ErrorDescription {
  return byNumber.get(number) ?? { number, name: 'host', text: `an error of the interface with the number ${number}` };
}

/** What anything that was thrown says. It may be made by somebody who wants even that to fail. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something that says nothing';
  }
}

/** What the kernel throws. */
interface Failure {
  readonly kernelFailure: number;
  readonly message: string;
  readonly function: string | undefined;
}

const isFailure = (thrown: unknown): thrown is Failure => typeof thrown === 'object' && thrown !== null && 'kernelFailure' in thrown;

/** Turns what the kernel threw into an error of this package; anything else stays what it is. */
export function toError(thrown: unknown, process?: string): unknown {
  if (!isFailure(thrown)) return thrown;
  const { name, text } = describeCode(thrown.kernelFailure);
  return new PortcullisError(name, thrown.message || text, { process, function: thrown.function });
}

/** Runs an action of the kernel and turns what it throws. */
export function checked<T>(action: () => T, process?: string): T {
  try {
    return action();
  } catch (thrown) {
    throw toError(thrown, process);
  }
}
