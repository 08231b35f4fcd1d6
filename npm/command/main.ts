#!/usr/bin/env node
// `portcullis`: what plugin authors use.

import { readFileSync } from 'node:fs';
import { PortcullisError } from 'portcullis';
import { build } from './build.js';
import { check } from './check.js';
import { readCommandLine, type Option } from './command-line.js';
import type { Command } from './command.js';
import { Failure, exit, usageFailure } from './failure.js';
import { inspect } from './inspect.js';
import { closeKernel } from './kernel.js';
import { make } from './new.js';
import { run } from './run.js';
import { styleFor } from './terminal.js';
import { types } from './types.js';

const commands: readonly Command[] = [make, build, inspect, check, types, run];

/** Options of every command. */
const common: readonly Option[] = [
  { name: 'json', summary: 'print one JSON object, also when it fails' },
  { name: 'help', short: 'h', summary: 'say how it is used' },
];

const exitCodes = `Exit codes: 0 it is as it should be, 1 the plugin would not load or what was run failed,
2 the command line cannot be meant, 3 a file cannot be read or written.`;

/** Characters of a line. */
const LINE = 110;

/** The words of a text on lines of at most so many characters. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Two columns, of which the second one goes on below itself. */
const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.flatMap(([left, right]) => wrapped(right, LINE - width).map((line, index) => `  ${(index === 0 ? left : '').padEnd(width - 2)}${line}`));
};

const optionName = ({ name, short, value }: Option): string => `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

function overview(): string {
  return [
    'usage: portcullis COMMAND …',
    '',
    ...columns(commands.map(({ name, usage, summary }) => [`${name} ${usage}`, summary])),
    '',
    '`portcullis COMMAND --help` says more. Every command takes --json.',
    exitCodes,
  ].join('\n');
}

const help = ({ name, usage, summary, details, options }: Command): string =>
  [
    `usage: portcullis ${name} ${usage}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${summary.endsWith('?') ? '' : '.'}`,
    ...details,
    '',
    ...columns([...options, ...common].map((option) => [optionName(option), option.summary])),
    '',
    exitCodes,
  ].join('\n');

const version = (): string => (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Prints, and waits until it is out: what is written to a pipe may be longer than that takes at once. */
const print = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  text === '' ? Promise.resolve() : new Promise((done) => stream.write(`${text}\n`, () => done()));

/** Says why it ends. */
async function fail(error: Failure, json: boolean): Promise<number> {
  const { bad } = styleFor(process.stderr);
  if (json) {
    const details = 'value' in error ? { value: error.value } : {};
    await print(process.stdout, JSON.stringify({ ok: false, error: { code: error.code, message: error.message, hints: error.hints, ...details } }, undefined, 2));
  } else {
    const code = error.exitCode === exit.failed ? ` (${error.code})` : '';
    await print(process.stderr, [`${bad('portcullis:')} ${error.message}${code}`, ...error.hints.map((hint) => `  ${hint}`)].join('\n'));
  }
  return error.exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const dashes = rest.indexOf('--');
  const json = (dashes < 0 ? rest : rest.slice(0, dashes)).includes('--json');
  try {
    if (name === undefined) {
      await print(process.stderr, overview());
      return exit.usage;
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      const asked = commands.find((each) => each.name === rest[0]);
      await print(process.stdout, asked === undefined ? overview() : help(asked));
      return exit.ok;
    }
    if (name === '--version' || name === '-v') {
      await print(process.stdout, version());
      return exit.ok;
    }
    const command = commands.find((each) => each.name === name);
    if (command === undefined) throw usageFailure(`there is no command ${name}`, `there are ${commands.map((each) => each.name).join(', ')}`);
    const line = readCommandLine(rest, [...command.options, ...common]);
    if (line.flag('help')) {
      await print(process.stdout, help(command));
      return exit.ok;
    }
    const outcome = await command.run(line);
    await print(process.stdout, json ? JSON.stringify({ ok: true, ...outcome.json }, undefined, 2) : outcome.text);
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof Failure) return await fail(error, json);
    if (error instanceof PortcullisError) return await fail(new Failure(exit.failed, error.code, error.message), json);
    throw error;
  } finally {
    await closeKernel();
  }
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.ok);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
