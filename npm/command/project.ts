// A plugin's project: what `portcullis new` writes down about it, and what it needs to be built.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { Failure, exit } from './failure.js';
import { readText } from './files.js';

/** A program that a build needs. */
export interface Need {
  /** Its name on PATH. */
  readonly command: string;
  /** What for: a part of a sentence. */
  readonly why: string;
  /** How to get it: a part of a sentence. */
  readonly install: string;
  /** Arguments with which it prints a path that has to be there, too. */
  readonly path?: readonly string[];
}

/** What is known of a project; `template.json` of a template has it, too. */
export interface Project {
  readonly language: string;
  readonly summary: string;
  /** A command line. */
  readonly build: string;
  readonly needs: readonly Need[];
  /** The plugin that the build makes. */
  readonly output: string;
}

/** The file that describes a project. */
export const PROJECT_FILE = 'portcullis.json';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Reads the description of a project or template. */
export async function readProject(path: string): Promise<Project> {
  let found: Partial<Record<keyof Project, unknown>>;
  const text = await readText(path);
  try {
    found = JSON.parse(text) as typeof found;
  } catch (error) {
    throw new Failure(exit.file, 'file', `${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { language, summary = '', build, needs = [], output } = found ?? {};
  const wrong = (name: string) => new Failure(exit.file, 'file', `${path} lacks ${name}, or has something else in its place`);
  if (!isText(language)) throw wrong('`language`, a text');
  if (!isText(build)) throw wrong('`build`, a command line');
  if (!isText(output)) throw wrong('`output`, the path of the plugin that the build makes');
  if (!Array.isArray(needs) || !needs.every((need: Partial<Need> | null) => isText(need?.command) && isText(need.why) && isText(need.install))) {
    throw wrong('`needs`, a list of objects with `command`, `why` and `install`');
  }
  return { language, summary: String(summary), build, needs: needs as Need[], output };
}

/** The environment of a build: programs that npm put into a project come first. */
export function buildEnvironment(folder: string): NodeJS.ProcessEnv {
  const places: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    places.push(join(at, 'node_modules', '.bin'));
    if (dirname(at) === at) break;
  }
  return { ...process.env, PATH: [...places, process.env['PATH'] ?? ''].join(delimiter) };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether a program is on PATH. */
function isThere(command: string, env: NodeJS.ProcessEnv): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  return (env['PATH'] ?? '').split(delimiter).some((place) => place !== '' && endings.some((ending) => isProgram(join(place, command + ending))));
}

/** What of a project's needs is not there. */
export function missingOf(needs: readonly Need[], folder: string): Need[] {
  const env = buildEnvironment(folder);
  return needs.filter(({ command, path }) => {
    if (!isThere(command, env)) return true;
    if (path === undefined) return false;
    const { status, stdout } = spawnSync(command, path, { env, encoding: 'utf8', shell: process.platform === 'win32' });
    return status !== 0 || !existsSync(stdout.trim());
  });
}

/** A need in words. */
export const missingText = ({ command, why, install, path }: Need): string => `${command}${path === undefined ? '' : ', or a part of it,'} is missing: ${why}. To get it: ${install}`;
