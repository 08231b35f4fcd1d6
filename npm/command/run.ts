// `portcullis run`: calls a function of a plugin, which has what it was granted and nothing else.

import { PluginError, PortcullisError, errorCodes, type Description, type FunctionDescription, type SpawnOptions } from 'portcullis';
import type { CommandLine, Option } from './command-line.js';
import type { Command } from './command.js';
import { Failure, exit, usageFailure } from './failure.js';
import { readText, write } from './files.js';
import { Granting, grantOption, readGrants } from './grants.js';
import { describeFile, labelOf, readingOf, readingOptions } from './kernel.js';
import { parseSignature, type Signature } from './signature.js';
import { clean } from './terminal.js';
import { numberFrom, resultText, shown, toJson, valueFrom } from './values.js';

/** Options of every command that starts a plugin. */
export const limitOptions: readonly Option[] = [
  { name: 'deadline', value: 'MS', summary: 'milliseconds that a call may take, 5000 if not given' },
  { name: 'fuel', value: 'N', summary: 'units of work that a call may use, about an instruction each; as many as it likes if not given' },
  { name: 'memory', value: 'BYTES', summary: 'the most memory that it may have, 64MiB if not given' },
  { name: 'constant', value: 'MODULE#NAME=N', several: true, summary: 'the number that an imported global has' },
];

/** Reads `--constant`. */
function constantsOf(line: CommandLine, description: Description): Record<string, number | bigint> {
  const texts = new Map(
    line.texts('constant').map((text) => {
      const at = text.lastIndexOf('=');
      if (at < 1) throw usageFailure(`--constant takes a name and a number, such as --constant env#base=1024, not ${JSON.stringify(text)}`);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
  const known = new Map(description.constants.map(({ name, type }) => [name, type]));
  const values = [...texts].map(([name, text]) => {
    const type = known.get(name);
    if (type === undefined) throw usageFailure(`there is no imported constant ${name}; ${known.size === 0 ? 'there are none' : `there are ${[...known.keys()].map(clean).join(', ')}`}`);
    return [name, numberFrom(type, text, name)] as const;
  });
  return Object.fromEntries(values);
}

/** Reads the options that hold for every plugin that is started. */
export function limitsOf(line: CommandLine): SpawnOptions {
  const [deadline, fuel, memory] = [line.number('deadline'), line.number('fuel'), line.bytes('memory')];
  if (deadline !== undefined && !(deadline > 0)) throw usageFailure('--deadline takes milliseconds, more than 0');
  if (fuel !== undefined && fuel !== Infinity && !(Number.isSafeInteger(fuel) && fuel > 0)) throw usageFailure('--fuel takes a whole number from 1 up');
  return {
    ...(deadline === undefined ? {} : { deadline }),
    ...(fuel === undefined ? {} : { fuel }),
    ...(memory === undefined ? {} : { memory: { maximum: memory } }),
  };
}

/** Reads the options that hold for the plugin that was named. */
export function settingsOf(line: CommandLine, description: Description): SpawnOptions {
  const constants = constantsOf(line, description);
  return Object.keys(constants).length === 0 ? {} : { constants };
}

const usageOf = (each: FunctionDescription): string => `  ${clean(labelOf(each))}: ${clean(each.signature)}`;

/** The export that somebody means: by its full name, or by that of the function alone if only one has it. */
function exportOf(description: Description, wanted: string | undefined, name: string): FunctionDescription {
  const all = description.exports;
  const list = [...all.slice(0, 30).map(usageOf), ...(all.length > 30 ? [`  and ${all.length - 30} more`] : [])].join('\n');
  const has = all.length === 0 ? `${name} exports nothing that can be called` : `it has\n${list}`;
  if (wanted === undefined) throw usageFailure(`which function of ${name}? ${all.length === 0 ? has : `Name one; ${has}`}`);
  const exact = all.find((each) => labelOf(each) === wanted);
  if (exact !== undefined) return exact;
  const short = all.filter((each) => each.name === wanted);
  if (short.length === 1 && short[0] !== undefined) return short[0];
  if (short.length > 1) throw usageFailure(`${name} has several functions ${clean(wanted)}: name one of them in full`, ...short.map((each) => labelOf(each)));
  throw new Failure(exit.usage, 'unknown-export', `${name} exports no function ${clean(wanted)}; ${has}`);
}

async function argumentsOf(signature: Signature, texts: readonly string[], label: string, text: string): Promise<unknown[]> {
  const { parameters } = signature;
  if (texts.length !== parameters.length) {
    const takes = parameters.length === 0 ? 'no arguments' : `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
    throw usageFailure(`${label} takes ${takes}, got ${texts.length}: ${text}`);
  }
  return Promise.all(parameters.map(({ name, type }, index) => valueFrom(type, texts[index] ?? '', name)));
}

/** What went wrong in a call. */
function callFailure(error: unknown, label: string, signature: Signature): unknown {
  if (error instanceof PluginError) {
    const [type] = signature.error?.types ?? [];
    const name = type?.kind === 'error' ? errorCodes.find((row) => row.number === error.value) : undefined;
    const value = error.value === undefined ? '' : `: ${shown(error.value)}${name === undefined ? '' : `, ${name.name}: ${name.text}`}`;
    return Object.assign(new Failure(exit.failed, 'plugin-error', `${label} returned an error${value}`), { value: toJson(error.value) });
  }
  if (!(error instanceof PortcullisError)) return error;
  const hints =
    error.code === 'deadline'
      ? ['--deadline gives it more milliseconds']
      : error.code === 'fuel'
        ? ['--fuel gives it more']
        : error.message.includes('memory full')
          ? ['--memory gives it more']
          : [];
  return new Failure(error.code === 'bad-argument' ? exit.usage : exit.failed, error.code, error.message, hints);
}

/** The command. */
export const run: Command = {
  name: 'run',
  usage: 'FILE.wasm EXPORT [ARGUMENT…]',
  summary: 'call a function of a plugin, and print what it gives',
  details: [
    'EXPORT is a full name such as demo/greet@1#hello, or the function\'s name alone where only one has it.',
    'Arguments are read by the signature: numbers, true and false, strings as they are, lists as JSON, a',
    'list<u8> also as @ and a file\'s name, none for no handle. Behind -- everything is an argument.',
    'The plugin has what --grant gives it, and nothing else. Plugins granted are started in the same way.',
    'With --json, whole numbers of 64 bits, NaN and Infinity are strings.',
  ],
  options: [grantOption, ...limitOptions, ...readingOptions, { name: 'output', short: 'o', value: 'FILE', summary: 'write the result to a file: a string or list<u8> as it is, anything else as JSON' }],
  async run(line) {
    const [path, wanted, ...texts] = line.values;
    const limits = limitsOf(line);
    const grants = readGrants(line.texts('grant'));
    const reading = await readingOf(line, readText);
    const { file, description } = await describeFile(path, reading);
    const which = exportOf(description, wanted, file.name);
    const label = labelOf(which);
    const signature = parseSignature(which.signature);
    const values = await argumentsOf(signature, texts, label, which.signature);
    const json = line.flag('json');
    const granting = new Granting(grants, limits, (text) => json || console.error(text));
    const process = await granting.spawn(file, description, { ...reading, ...settingsOf(line, description) });
    let result: unknown;
    try {
      result = await process.call(label, values);
    } catch (error) {
      throw callFailure(error, label, signature);
    }
    const output = line.text('output');
    if (output !== undefined) await write(output, typeof result === 'string' || result instanceof Uint8Array ? result : `${JSON.stringify(toJson(result))}\n`);
    return {
      exitCode: exit.ok,
      text: output === undefined ? resultText(result) : '',
      json: { function: label, ...(output === undefined ? { result: toJson(result) } : { output }), calls: granting.calls },
    };
  },
};
