// A WebDriver server, or a display, as a process that never outlives this one.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const living = new Set();

process.on('exit', () => {
  for (const child of living) child.kill();
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  // `exit` runs the handler above; without this a signal would not.
  process.once(signal, () => process.exit(code));
}

/** A process in a group of its own, with a folder for whatever it writes. */
class OwnedProcess {
  #child;
  #output = '';
  #folder;

  constructor(program, args, { env = {}, stdio = ['ignore', 'pipe', 'pipe'] }) {
    this.#folder = mkdtempSync(join(tmpdir(), 'portcullis-browser-'));
    const folders = { TMPDIR: this.#folder };
    for (const kind of ['CACHE', 'CONFIG', 'DATA']) folders[`XDG_${kind}_HOME`] = join(this.#folder, kind.toLowerCase());
    this.#child = spawn(program, args, { env: { ...process.env, ...folders, ...env }, stdio, detached: true });
    living.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output = (this.#output + text).slice(-10_000);
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#output += error.message;
        resolve();
      });
      this.#child.once('exit', resolve);
    });
  }

  /** A stream of the child, by the number of its file descriptor. */
  stream(descriptor) {
    return this.#child.stdio[descriptor];
  }

  /** Where the browser may put files; it goes with the process. */
  get folder() {
    return this.#folder;
  }

  /** The last of what it printed. */
  get output() {
    return this.#output;
  }

  get hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** Ends it and everything that it started, without waiting. */
  kill() {
    living.delete(this);
    try {
      // The group: a driver that dies leaves its browser behind.
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  /** Ends it and waits until it is gone. */
  async close() {
    this.kill();
    await this.ended;
  }
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(url) {
  try {
    const response = await fetch(`${url}/status`);
    return (await response.json()).value?.ready !== false;
  } catch {
    return false;
  }
}

/**
 * Starts a WebDriver server and waits until it takes sessions.
 *
 * @param {string} program
 * @param {(port: number) => string[]} args
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] what to add to the environment
 * @returns {Promise<{ url: string, folder: string, close: () => Promise<void> }>}
 */
export async function startDriver(program, args, { env } = {}) {
  const attempts = 5;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = new OwnedProcess(program, args(port), { env });
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + 30_000;
    while (!child.hasEnded && Date.now() < deadline) {
      if (await answers(url)) return { url, folder: child.folder, close: () => child.close() };
      await Promise.race([child.ended, new Promise((again) => setTimeout(again, 20))]);
    }
    const { output } = child;
    await child.close();
    // Somebody else may have taken the port in between.
    if (attempt === attempts) throw new Error(`${program} did not start:\n${output}`);
  }
}

/**
 * Starts an X server that nobody sees, on a display number of its own choosing.
 *
 * @param {string} program the path of Xvfb
 * @returns {Promise<{ display: string, close: () => Promise<void> }>} `display` as in DISPLAY
 */
export async function startDisplay(program) {
  const child = new OwnedProcess(program, ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const number = await new Promise((resolve) => {
    child.stream(3).setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    child.ended.then(() => resolve(undefined));
  });
  if (number) return { display: `:${number}`, close: () => child.close() };
  const { output } = child;
  await child.close();
  throw new Error(`${program} did not start:\n${output}`);
}
