// `portcullis check`: would a kernel take this plugin, and why not?

import type { Option } from './command-line.js';
import type { Command } from './command.js';
import { Failure, exit } from './failure.js';
import { readText } from './files.js';
import { Granting, grantHints, grantOption, missingText, readGrants } from './grants.js';
import { notesOn } from './hints.js';
import { describeFile, interfacesOf, kernel, readingOf, readingOptions, refusal } from './kernel.js';
import { limitOptions, limitsOf, settingsOf } from './run.js';
import { partsOf } from './sections.js';
import { clean, indented, styleFor } from './terminal.js';

const startOption: Option = { name: 'start', summary: 'start it as well: its start function and `_initialize` run, with stand-ins for what is not granted' };

/** The command. */
export const check: Command = {
  name: 'check',
  usage: 'FILE.wasm',
  summary: 'would it load? If not, why not?',
  details: [
    'Reads, prepares and compiles the plugin as a kernel does, with the engine of this Node. With --grant,',
    'it also has to get by with the interfaces that are granted. Nothing of it runs, unless --start is given.',
  ],
  options: [grantOption, startOption, ...limitOptions, ...readingOptions],
  async run(line) {
    const given = line.texts('grant');
    const grants = readGrants(given);
    const limits = limitsOf(line);
    const reading = await readingOf(line, readText);
    const { file, description } = await describeFile(line.values[0], reading);
    const wanted = interfacesOf(description.imports);
    const missing = wanted.filter((name) => !grants.has(name));
    try {
      await (await kernel()).compile(file.bytes, reading);
    } catch (error) {
      throw refusal(error, file, description);
    }
    if (given.length > 0 && missing.length > 0) throw new Failure(exit.failed, 'missing-grant', missingText(file.name, missing, description), grantHints(missing));
    if (line.flag('start')) {
      const all = readGrants([...given, ...(given.length > 0 ? [] : missing)]);
      await new Granting(all, limits, () => undefined).spawn(file, description, { ...reading, ...settingsOf(line, description) });
    }
    const notes = notesOn(description, partsOf(file.bytes));
    const { good, dim } = styleFor(process.stdout);
    const needs = wanted.length === 0 ? 'it asks for nothing' : given.length > 0 ? `it gets by with what is granted` : `it asks for ${wanted.map(clean).join(', ')}`;
    return {
      exitCode: exit.ok,
      text: [`${good('loads')}: ${file.name}, ${line.flag('start') ? 'and starts; ' : ''}${needs}`, ...indented(notes.map((note) => dim(`- ${clean(note)}`)))].join('\n'),
      json: { file: file.path, sha256: description.sha256, started: line.flag('start'), grants: wanted, notes },
    };
  },
};
