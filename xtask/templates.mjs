// The templates of `portcullis new`, from guest-sdk/<language>/template into the package.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Failure } from './command.mjs';
import { inRoot } from './paths.mjs';

const languagesIn = (sdks) =>
  readdirSync(sdks)
    .filter((language) => existsSync(join(sdks, language, 'template/template.json')))
    .sort();

/** The languages that have a template. */
export const templateLanguages = () => languagesIn(inRoot('guest-sdk'));

/** Built things that lie beside sources, and the template's own description. */
const isLeftOut = (path) => /(?:^|\/)(?:target|node_modules|build|template\.json)$|\.wasm$/.test(path);

/** The files below a folder, with `/` between folders. */
const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'));

/** What all projects have, with `{{output}}` for what is built: from `template` beside the languages, if it is there. */
function writeShared(shared, files, output) {
  for (const path of existsSync(shared) ? filesBelow(shared) : []) {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), readFileSync(join(shared, path), 'utf8').replaceAll('{{output}}', output));
  }
}

/**
 * Copies every template: `template.json`, `files` to be filled in, and `sdk`, which is what `sdk` in `template.json` names,
 * relative to the language's folder: a file for the top of the project, or `{ from, to }` for another place.
 *
 * @returns {string[]} what was written, relative to `directory`
 */
export function copyTemplates(directory, sdks = inRoot('guest-sdk')) {
  rmSync(directory, { recursive: true, force: true });
  for (const language of languagesIn(sdks)) {
    const from = join(sdks, language, 'template');
    const to = join(directory, language);
    cpSync(join(from, 'template.json'), join(to, 'template.json'));
    cpSync(from, join(to, 'files'), { recursive: true, filter: (path) => !isLeftOut(relative(from, path).split(sep).join('/')) });
    const { output, sdk = [] } = JSON.parse(readFileSync(join(from, 'template.json'), 'utf8'));
    writeShared(join(sdks, 'template'), join(to, 'files'), output);
    for (const entry of sdk) {
      const { from: source, to: place } = typeof entry === 'string' ? { from: entry, to: basename(entry) } : entry;
      const path = join(sdks, language, source);
      if (!existsSync(path)) throw new Failure(`the template of ${language} asks for ${source}, which is not there`, { todo: `mend guest-sdk/${language}/template/template.json` });
      cpSync(path, join(to, 'sdk', place), { recursive: statSync(path).isDirectory() });
    }
  }
  return existsSync(directory) ? filesBelow(directory) : [];
}
