// The kernel, as the tool uses it: through the package's own face, like any application.

import { Kernel, PortcullisError, type Description, type FunctionDescription } from 'portcullis';
import type { CommandLine, Option } from './command-line.js';
import { Failure, exit, usageFailure } from './failure.js';
import { hintsFor } from './hints.js';
import { clean } from './terminal.js';
import { readPlugin, type PluginFile } from './plugin-file.js';

/** Options of every command that reads a plugin. */
export const readingOptions: readonly Option[] = [
  { name: 'signatures', value: 'FILE', summary: 'signature records for a module that has none, one a line' },
  { name: 'cost', value: 'N', summary: 'allow N times what it may usually cost to compile it; Infinity allows everything' },
];

/** The settings that stand behind {@link readingOptions}. */
export interface Reading {
  readonly signatures?: string;
  readonly cost?: number;
}

/** Reads those options. */
export async function readingOf(line: CommandLine, readText: (path: string) => Promise<string>): Promise<Reading> {
  const path = line.text('signatures');
  const cost = line.number('cost');
  if (cost !== undefined && cost < 0) throw usageFailure('--cost takes a number from 0 up');
  return { ...(path === undefined ? {} : { signatures: await readText(path) }), ...(cost === undefined ? {} : { cost }) };
}

let started: Promise<Kernel> | undefined;

/** The kernel, which starts when it is wanted. What fails in a function of the author's own is told on standard error. */
export const kernel = (): Promise<Kernel> =>
  (started ??= Kernel.start({ onHostFailure: (label, error) => console.error(clean(`${label} failed: ${error instanceof Error ? error.message : String(error)}`)) }));

/** Ends all that runs. */
export async function closeKernel(): Promise<void> {
  (await started)?.close();
}

/** Turns what the kernel refused into an end of the tool, with what might help. */
export function refusal(error: unknown, file: PluginFile, description?: Description): unknown {
  if (!(error instanceof PortcullisError)) return error;
  return new Failure(exit.failed, error.code, error.message, hintsFor(error, file, description));
}

/** Reads a file and has the kernel describe it. */
export async function describeFile(path: string | undefined, reading: Reading): Promise<{ file: PluginFile; description: Description }> {
  const file = await readPlugin(path);
  try {
    return { file, description: await (await kernel()).describe(file.bytes, reading) };
  } catch (error) {
    throw refusal(error, file);
  }
}

/** A function as a line of metadata: `import demo/log@1 write: func(line: string)`. */
export const recordOf = (direction: 'import' | 'export', { interface: name, name: of, signature }: FunctionDescription): string =>
  `${direction} ${name} ${of}: ${signature}`;

/** What calls go by: `demo/greet@1#hello`, or a plain export's name. */
export const labelOf = ({ interface: name, name: of }: FunctionDescription): string => (name === '-' ? of : `${name}#${of}`);

/** The interfaces of functions, each once, in their order. */
export const interfacesOf = (functions: readonly FunctionDescription[]): string[] => [...new Set(functions.map((each) => each.interface))];
