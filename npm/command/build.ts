// `portcullis build`: builds the project of a plugin, and says at once whether a kernel would take what came of it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.js';
import { Failure, exit } from './failure.js';
import { notesOn } from './hints.js';
import { describeFile, kernel, refusal } from './kernel.js';
import { PROJECT_FILE, buildEnvironment, missingOf, missingText, readProject } from './project.js';
import { partsOf } from './sections.js';
import { bytes, clean, indented, styleFor } from './terminal.js';

/** Runs a command line. What it prints is not the tool's answer: it goes to standard error. */
function runShell(command: string, folder: string): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, { cwd: folder, env: buildEnvironment(folder), shell: true, stdio: ['ignore', 2, 2] });
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
  });
}

/** The command. */
export const build: Command = {
  name: 'build',
  usage: '[FOLDER]',
  summary: 'build the project of a plugin, as its portcullis.json says',
  details: ['Says what is missing before anything is built, and whether a kernel would take what came of it.'],
  options: [],
  async run(line) {
    const folder = line.values[0] ?? '.';
    const file = join(folder, PROJECT_FILE);
    if (!existsSync(file)) throw new Failure(exit.file, 'file', `there is no ${file}`, ['`portcullis new LANGUAGE` makes a project with one']);
    const project = await readProject(file);
    const missing = missingOf(project.needs, folder);
    if (missing.length > 0) throw new Failure(exit.failed, 'missing-tool', `it cannot be built yet: ${missing.map((need) => need.command).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`, missing.map(missingText));
    const code = await runShell(project.build, folder);
    if (code !== 0) throw new Failure(exit.failed, 'build', `\`${project.build}\` ended with exit code ${code}`);
    const output = join(folder, project.output);
    if (!existsSync(output)) {
      const hints = process.env['CARGO_TARGET_DIR'] === undefined ? [] : ['CARGO_TARGET_DIR is set, and cargo puts what it makes there'];
      throw new Failure(exit.failed, 'build', `\`${project.build}\` went well, and yet there is no ${output}`, hints);
    }
    const { file: plugin, description } = await describeFile(output, {});
    try {
      await (await kernel()).compile(plugin.bytes);
    } catch (error) {
      throw refusal(error, plugin, description);
    }
    const notes = notesOn(description, partsOf(plugin.bytes));
    const { good, dim } = styleFor(process.stdout);
    return {
      exitCode: exit.ok,
      text: [`${good('built')}: ${output}, ${bytes(description.size)}, and it loads`, ...indented(notes.map((note) => dim(`- ${clean(note)}`)))].join('\n'),
      json: { output, size: description.size, sha256: description.sha256, notes },
    };
  },
};
