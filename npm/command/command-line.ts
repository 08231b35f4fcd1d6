// What a command line says.

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { usageFailure } from './failure.js';

/** An option: its name without dashes, what its value is called, and what it does. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value; without it the option has none. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly several?: boolean;
  readonly summary: string;
}

/** What somebody typed. */
export class CommandLine {
  readonly values: readonly string[];
  readonly #options: ReadonlyMap<string, readonly (string | true)[]>;

  constructor(values: readonly string[], options: ReadonlyMap<string, readonly (string | true)[]>) {
    this.values = values;
    this.#options = options;
  }

  /** Whether an option without a value was given. */
  flag(name: string): boolean {
    return this.#options.has(name);
  }

  /** The value of an option, the last one if it was given several times. */
  text(name: string): string | undefined {
    const value = this.#options.get(name)?.at(-1);
    return value === true ? undefined : value;
  }

  /** All values of an option. */
  texts(name: string): readonly string[] {
    return (this.#options.get(name) ?? []).filter((value) => value !== true);
  }

  /** The value of an option as a number. */
  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? NaN : Number(text.replaceAll('_', ''));
    if (Number.isNaN(value)) throw usageFailure(`--${name} takes a number, not ${JSON.stringify(text)}`);
    return value;
  }

  /** The value of an option in bytes: `65536`, `64KiB`, `16MiB`. */
  bytes(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = /^(\d+(?:\.\d+)?)\s*(|B|KiB|MiB|GiB)$/i.exec(text.trim());
    if (!found) throw usageFailure(`--${name} takes bytes such as 65536, 64KiB or 16MiB, not ${JSON.stringify(text)}`);
    const power = ['', 'kib', 'mib', 'gib'].indexOf((found[2] ?? '').toLowerCase().replace(/^b$/, ''));
    return Math.floor(Number(found[1]) * 1024 ** power);
  }
}

/** What looks like an option and is a number. */
const negative = /^-(?:\d|\.\d|inf)/i;
/** Stands before those, so that they are not taken for options. No argument can have it. */
const mark = '\0';

/** Reads a command line. */
export function readCommandLine(args: readonly string[], options: readonly Option[]): CommandLine {
  const known: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    options.map(({ name, short, value }) => [name, { type: value === undefined ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) } as const]),
  );
  const marked = args.map((arg) => (negative.test(arg) ? mark + arg : arg));
  const unmarked = (text: string): string => (text.startsWith(mark) ? text.slice(mark.length) : text);
  try {
    const { values, positionals } = parseArgs({ args: marked, options: known, allowPositionals: true, strict: true });
    const given = Object.entries(values).map(([name, list]) => {
      const all = (Array.isArray(list) ? list : [list]).map((value) => (typeof value === 'string' ? unmarked(value) : true as const));
      return [name, all] as const;
    });
    for (const [name, list] of given) {
      if (list.length > 1 && !options.some((option) => option.name === name && option.several)) throw usageFailure(`--${name} is given ${list.length} times`);
    }
    return new CommandLine(positionals.map(unmarked), new Map(given));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    const name = /'(-[^' ]*)/.exec((error as Error).message)?.[1] ?? '';
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const names = options.map((option) => `--${option.name}`).join(', ');
      throw usageFailure(`there is no option ${name}`, `there are ${names}`, `what stands behind -- is taken as it is: \`-- ${name}\``);
    }
    const option = options.find((candidate) => name === `--${candidate.name}` || name === `-${candidate.short ?? ''}`);
    if (option?.value !== undefined) throw usageFailure(`--${option.name} needs a value: --${option.name} ${option.value}`);
    throw usageFailure(`${name} takes no value`);
  }
}
