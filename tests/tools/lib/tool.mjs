// The tool as people start it: a program of its own, with files that it is given.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { assemble, assembleAll } from '../../lib/assemble.mjs';
import { build, dist } from '../../../xtask/paths.mjs';

/** Where the tool is. */
export const command = join(dist, 'command.js');

/** A folder of the test file's own below `build`, where TypeScript finds the package by its name. */
export function folderForTests(name) {
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, `tools-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Files of a test file: the modules of tests/suite/wat, and texts that are assembled as they are needed. */
export function pluginsForTests(name) {
  const folder = folderForTests(name);
  before(() => {
    for (const [plugin, bytes] of assembleAll()) writeFileSync(join(folder, `${plugin}.wasm`), bytes);
  });
  return {
    folder,
    /** The path of a plugin of tests/suite/wat. */
    path: (plugin) => join(folder, `${plugin}.wasm`),
    /** Writes a file, and gives its path. */
    write(file, content) {
      writeFileSync(join(folder, file), content);
      return join(folder, file);
    },
    /** Assembles a text, and gives the path of the plugin. */
    assemble(plugin, text) {
      // Records may be indented as the text is.
      writeFileSync(join(folder, `${plugin}.wasm`), assemble(text.replace(/^ +;;@/gm, ';;@')));
      return join(folder, `${plugin}.wasm`);
    },
  };
}

/** Runs the tool. Gives its exit code, what it wrote to either stream, and that read as JSON where `--json` is given. */
export function tool(args, { env = process.env, cwd } = {}) {
  return new Promise((done) => {
    execFile(process.execPath, [command, ...args], { env, cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      done({ code, stdout, stderr, json: args.includes('--json') ? JSON.parse(stdout) : undefined });
    });
  });
}
