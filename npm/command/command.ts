// What a command is.

import type { CommandLine, Option } from './command-line.js';

/** What came of a command. */
export interface Outcome {
  /** Not `ok` where the answer itself is no: the plugin would not load. */
  readonly exitCode: number;
  /** For a person, without a line end after the last line. Empty: nothing is said. */
  readonly text: string;
  /** For a program: what `--json` prints, beside `ok`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** One command of the tool. */
export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** One line: what it does. */
  readonly summary: string;
  /** Examples and what else is to be known. */
  readonly details: readonly string[];
  readonly options: readonly Option[];
  run(line: CommandLine): Promise<Outcome>;
}
