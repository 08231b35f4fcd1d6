// `portcullis new`: the project of a plugin, from the template of a language.

import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './command.js';
import { Failure, exit, fileFailure, usageFailure } from './failure.js';
import { PROJECT_FILE, missingOf, missingText, readProject } from './project.js';
import { indented, styleFor } from './terminal.js';

/** A folder for each language: `template.json`, `files` to be filled in, and `sdk` to be copied as it is. */
const templates = fileURLToPath(new URL('./templates/', import.meta.url));

const kebab = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

const languages = (): string[] => (existsSync(templates) ? readdirSync(templates).filter((name) => existsSync(join(templates, name, 'template.json'))).sort() : []);

/** The files below a folder, with `/` between folders. */
const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
        .sort()
    : [];

/** What stands in templates for the plugin's name, and what is put there. */
function fillers(name: string): (text: string) => string {
  const values: Readonly<Record<string, string>> = { name, snake_name: name.replaceAll('-', '_') };
  return (text) => text.replace(/\{\{(name|snake_name)\}\}/g, (_, key: string) => values[key] ?? '');
}

/** Files that would do something in the package itself go by another name there. */
const projectName = (file: string): string => file.replace(/(^|\/)gitignore$/, '$1.gitignore');

/** What is to be written, by path. */
async function contentsOf(template: string, fill: (text: string) => string): Promise<Map<string, string | Uint8Array>> {
  const contents = new Map<string, string | Uint8Array>();
  for (const file of filesBelow(join(template, 'sdk'))) contents.set(file, new Uint8Array(await readFile(join(template, 'sdk', file))));
  for (const file of filesBelow(join(template, 'files'))) contents.set(fill(projectName(file)), fill(await readFile(join(template, 'files', file), 'utf8')));
  return contents;
}

/** The name of the plugin: as it is said, or that of the folder. */
function nameOf(said: string | undefined, folder: string): string {
  const name = said ?? basename(resolve(folder));
  if (kebab.test(name) && name.length <= LONGEST_NAME) return name;
  const advice = said === undefined ? ['--name gives it another one than the folder has'] : [];
  throw usageFailure(`${JSON.stringify(name)} is no name for a plugin: it takes small letters, digits and hyphens between them, such as soft-focus`, ...advice);
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return true;
    throw fileFailure('written to', folder, error);
  }
}

/** The command. */
export const make: Command = {
  name: 'new',
  usage: 'LANGUAGE [FOLDER]',
  summary: 'make the project of a plugin',
  details: [
    'Writes a small plugin into a new folder: a function that it exports, one that it imports, how it is built,',
    `and a test. Languages: ${languages().join(', ')}.`,
  ],
  options: [{ name: 'name', value: 'NAME', summary: 'what the plugin is called; the name of the folder if not given' }],
  async run(line) {
    const [language, place, ...more] = line.values;
    const known = languages();
    if (language === undefined) throw usageFailure('in which language?', `there are ${known.join(', ')}`);
    if (!known.includes(language)) throw usageFailure(`there is no template for ${language}`, `there are ${known.join(', ')}`, 'in every other language, docs/abi.md says what a plugin is');
    if (more.length > 0) throw usageFailure(`one folder at a time, not ${[place, ...more].join(' and ')}`);
    const folder = place ?? line.text('name') ?? 'my-plugin';
    const name = nameOf(line.text('name'), folder);
    if (!isEmpty(folder)) throw new Failure(exit.file, 'file', `${folder} is not empty, and nothing in it is overwritten`, ['name another folder']);
    const template = join(templates, language);
    const fill = fillers(name);
    const described = await readProject(join(template, 'template.json'));
    const project = { name, ...described, build: fill(described.build), output: fill(described.output) };
    const contents = await contentsOf(template, fill);
    contents.set(PROJECT_FILE, `${JSON.stringify(project, undefined, 2)}\n`);
    for (const [file, content] of contents) {
      const path = join(folder, file);
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { flag: 'wx' });
      } catch (error) {
        throw fileFailure('written', path, error);
      }
    }
    const missing = missingOf(project.needs, folder);
    const { bold, bad } = styleFor(process.stdout);
    const files = [...contents.keys()].sort();
    const test = files.includes('test.mjs') ? ['  node --test                 # runs it, with a stand-in for what it imports'] : [];
    return {
      exitCode: exit.ok,
      text: [
        `${bold(folder)}: a plugin in ${language}, ${files.length} files. Begin with ${join(folder, 'README.md')}.`,
        '',
        `  cd ${folder}`,
        `  npx portcullis build        # ${project.build}`,
        `  npx portcullis inspect ${project.output}`,
        ...test,
        ...(missing.length === 0 ? [] : ['', bad('Before it can be built:'), ...indented(missing.map(missingText))]),
      ].join('\n'),
      json: { folder, name, language, files, build: project.build, output: project.output, missing },
    };
  },
};
