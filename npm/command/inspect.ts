// `portcullis inspect`: what a plugin has, what it asks for, and what it costs. Nothing of it runs.

import { gzipSync } from 'node:zlib';
import type { Description, FunctionDescription } from 'portcullis';
import type { Command } from './command.js';
import { exit } from './failure.js';
import { readText } from './files.js';
import { describeFile, interfacesOf, readingOf, readingOptions, recordOf } from './kernel.js';
import { notesOn } from './hints.js';
import type { PluginFile } from './plugin-file.js';
import { partsOf, type Parts } from './sections.js';
import { bytes, clean, indented, number, styleFor } from './terminal.js';

const PAGE = 65_536;
/** Sections that are worth a line of their own. */
const MOST_SECTIONS = 12;

const count = (value: number, one: string, several = `${one}s`): string => `${number(value)} ${value === 1 ? one : several}`;
const yes = (value: boolean, without: string): string => (value ? 'yes' : `no: ${without}`);

/** What runs before the first call. */
function startOf(description: Description, parts: Parts): string {
  const all = [...(description.hasStart ? ['its start function'] : []), ...(parts.exports.has('_initialize') ? ['`_initialize`'] : [])];
  return all.length === 0 ? 'nothing runs before the first call' : `${all.join(', then ')}`;
}

function memoryOf({ memory }: Description, parts: Parts): string {
  if (memory.minimum === 0 && memory.maximum === undefined && !parts.sections.some(({ name }) => name === 'memory') && parts.importedMemory === undefined) return 'none';
  const most = memory.maximum === undefined ? 'no maximum of its own' : `at most ${bytes(memory.maximum)}`;
  const where = parts.importedMemory === undefined ? '' : `, imported as \`${parts.importedMemory.map(clean).join(' ')}\``;
  return `${bytes(memory.minimum)} at the start (${count(memory.minimum / PAGE, 'page')}), ${most}${where}`;
}

const tablesOf = ({ tables }: Parts): string =>
  tables.length === 0
    ? 'none'
    : tables.map(({ minimum, maximum }) => `${count(minimum, 'entry', 'entries')}, ${maximum === undefined ? 'no maximum of its own' : `at most ${number(maximum)}`}`).join('; ');

/** The largest sections, with what is left in one line. */
function sectionsOf({ sections }: Parts): string[] {
  const sorted = [...sections].sort((a, b) => b.bytes - a.bytes);
  const line = (name: string, size: number) => `${bytes(size).padStart(12)}  ${name}`;
  const rest = sorted.slice(MOST_SECTIONS);
  return [
    ...sorted.slice(0, MOST_SECTIONS).map((section) => line(section.custom ? `custom "${clean(section.name)}"` : section.name, section.bytes)),
    ...(rest.length === 0 ? [] : [line(`${rest.length} more`, rest.reduce((sum, section) => sum + section.bytes, 0))]),
  ];
}

/** Records, with an empty line between interfaces. */
function records(direction: 'import' | 'export', functions: readonly FunctionDescription[], dim: (text: string) => string): string[] {
  return interfacesOf(functions).flatMap((name, index) => [
    ...(index > 0 ? [''] : []),
    ...functions
      .filter((each) => each.interface === name)
      .map((each) => `${clean(recordOf(direction, each))}${each.declared ? '' : dim('  // no record: taken from its type')}`),
  ]);
}

function textOf(file: PluginFile, description: Description, parts: Parts, gzipped: number): string {
  const { bold, dim } = styleFor(process.stdout);
  const { points, mostPoints } = description;
  const percent = ((100 * points) / mostPoints).toFixed(1);
  const facts: [string, string][] = [
    ['size', `${bytes(description.size)}, ${bytes(gzipped)} gzipped`],
    ['sha256', description.sha256],
    ['cost', Number.isFinite(mostPoints) ? `${number(points)} points to compile, ${percent} % of what is allowed` : `${number(points)} points to compile`],
    ['memory', memoryOf(description, parts)],
    ['tables', tablesOf(parts)],
    ['contents', `${count(parts.functions, 'function')}, ${count(parts.globals, 'global')}`],
    ['start', startOf(description, parts)],
    ['allocator', yes(description.hasAllocator, 'no string or list can be given to it (`cabi_realloc`)')],
    ['status word', yes(description.hasStatus, 'the first call of its own that fails ends it (`portcullis_status`)')],
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const part = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', bold(title), ...indented(lines)]);
  const minted = description.classes.filter(({ minted }) => minted).map(({ name }) => clean(name));
  const used = description.classes.filter(({ minted }) => !minted).map(({ name }) => clean(name));
  const notes = notesOn(description, parts).map((note) => `- ${clean(note)}`);
  return [
    bold(file.name),
    ...indented(facts.map(([name, value]) => `${dim(name.padEnd(width))}${value}`)),
    ...part('Sections', sectionsOf(parts)),
    ...(description.imports.length === 0
      ? ['', bold('Asks for nothing'), ...indented(['No interface has to be granted.'])]
      : part('Asks for, and has to be granted', records('import', description.imports, dim))),
    ...part('Numbers that have to be given', description.constants.map(({ name, type }) => `${clean(name)}: ${type}`)),
    ...part('Can be called', records('export', description.exports, dim)),
    ...part('Makes objects of', minted),
    ...part('Has numbers for objects of', used),
    ...part('System calls, which are no authority', description.systemCalls),
    ...part('To be known', notes),
  ].join('\n');
}

/** A function as JSON has it. */
const functionJson = (direction: 'import' | 'export') => (each: FunctionDescription) => ({ ...each, record: recordOf(direction, each) });

/** The command. */
export const inspect: Command = {
  name: 'inspect',
  usage: 'FILE.wasm',
  summary: 'what a plugin asks for, what it can be called for, its limits and its size',
  details: ['Nothing of the plugin runs. Functions are shown as records of the metadata (docs/abi.md §2).'],
  options: readingOptions,
  async run(line) {
    const { file, description } = await describeFile(line.values[0], await readingOf(line, readText));
    const parts = partsOf(file.bytes);
    const gzipped = gzipSync(file.bytes, { level: 9 }).length;
    const { customSection: _, ...rest } = description;
    return {
      exitCode: exit.ok,
      text: textOf(file, description, parts, gzipped),
      json: {
        file: file.path,
        name: file.name,
        ...rest,
        memory: { ...description.memory, maximum: description.memory.maximum ?? null },
        mostPoints: Number.isFinite(description.mostPoints) ? description.mostPoints : null,
        gzipped,
        imports: description.imports.map(functionJson('import')),
        exports: description.exports.map(functionJson('export')),
        grants: interfacesOf(description.imports),
        hasInitialize: parts.exports.has('_initialize'),
        importedMemory: parts.importedMemory ?? null,
        tables: parts.tables.map(({ minimum, maximum }) => ({ minimum, maximum: maximum ?? null })),
        globals: parts.globals,
        functions: parts.functions,
        sections: parts.sections,
        notes: notesOn(description, parts),
      },
    };
  },
};
