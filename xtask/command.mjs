// Running other programs: output is kept and shown only if it is of use.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';

/** A step that failed, with why, and with what the reader can do about it. */
export class Failure extends Error {
  /**
   * @param {string} why one sentence
   * @param {{ todo?: string, output?: string }} [details] what to do, and what the program printed
   */
  constructor(why, { todo, output } = {}) {
    super(why);
    this.name = 'Failure';
    this.todo = todo;
    this.output = output;
  }
}

/** Whether the output of every program is shown as it comes. */
export const verbosity = { verbose: false };

const running = new Set();

// A child has a process group of its own, so that its children are stopped with it.
const ownGroup = process.platform !== 'win32';

function stopChildren() {
  for (const child of running) {
    try {
      if (ownGroup) process.kill(-child.pid, 'SIGTERM');
      else child.kill();
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

process.on('exit', stopChildren);
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  process.on(signal, () => process.exit(code));
}

/**
 * Ends this process when the one that started it is gone: npm's shell does not pass on the signal
 * that ended it.
 */
export function endWithParent() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(143);
  }, 250).unref();
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] the whole environment, process.env if absent
 * @param {string} [options.cwd] the checkout's root if absent
 * @param {string} [options.todo] what to do should it fail
 * @param {boolean} [options.mayFail] return the exit code instead of throwing
 * @param {(line: string) => void} [options.onLine] called with each line of output
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function run(program, args, { env = process.env, cwd = root, todo, mayFail = false, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: ownGroup });
    running.add(child);
    let output = '';
    let stdout = '';
    const take = (isStdout) => (chunk) => {
      output += chunk;
      if (isStdout) stdout += chunk;
      if (verbosity.verbose) process.stdout.write(chunk);
      if (onLine) for (const line of chunk.split('\n')) if (line.trim()) onLine(line.trim());
    };
    child.stdout.setEncoding('utf8').on('data', take(true));
    child.stderr.setEncoding('utf8').on('data', take(false));
    const command = [program, ...args].join(' ');
    child.on('error', (error) => {
      running.delete(child);
      reject(new Failure(`\`${command}\` did not start: ${error.message}`, { todo }));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0 || (mayFail && code !== null)) return resolve({ code, output, stdout });
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      reject(new Failure(`\`${command}\` ${how}`, { todo, output }));
    });
  });
}

/** The trimmed standard output of a quick program, or undefined if it is absent or fails. */
export function ask(program, args, env = process.env) {
  const { status, stdout } = spawnSync(program, args, { env, cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The path of a program on PATH, or undefined. */
export function which(name, path = process.env.PATH ?? '') {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const directory of path.split(delimiter).filter(Boolean)) {
    for (const file of names) {
      const candidate = join(directory, file);
      if (isProgram(candidate)) return candidate;
    }
  }
  return undefined;
}

/** Whether a path is a file that can be run. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `env` with directories put before everything else in PATH. */
export function withPath(directories, env = process.env) {
  return { ...env, PATH: [...directories, env.PATH].filter(Boolean).join(delimiter) };
}
