// Whether a test notices a change.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Failure } from './command.mjs';

/** Seconds of the processor that a program gets at least; a change may make it run for ever. */
const LEAST_PATIENCE = 10;
/** How much longer a program may take with a change than without. */
const FACTOR = 5;
/** Seconds that it gets the first time, without a change. */
const FIRST_PATIENCE = 600;
/** Seconds that it gets at most with one: none takes nearly as long. */
const MOST_PATIENCE = 60;
/** How much longer the clock may run than the processor, on a machine that does much else. */
const WAITING = 10;
/** KiB of memory that a program may have. */
const MEMORY = 6 * 1024 * 1024;

/** Runs a program with limits: whether it succeeded, and the seconds that it took. */
function attempt(program, seconds, env) {
  const started = Date.now();
  const limited = process.platform !== 'win32';
  const limits = `ulimit -t ${Math.ceil(seconds)}; ulimit -v ${MEMORY} 2>/dev/null; exec "$0"`;
  const [command, args] = limited ? ['/bin/sh', ['-c', limits, program.path]] : [program.path, []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: program.folder, env, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * WAITING * 1000);
    const stop = () => child.kill('SIGKILL');
    process.once('exit', stop);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      process.removeListener('exit', stop);
      resolve({ passed: code === 0, ended: signal !== null, seconds: (Date.now() - started) / 1000 });
    });
  });
}

/** Does something with each, as many at a time as there are processors. */
async function side(things, action) {
  const waiting = [...things];
  const worker = async () => {
    while (waiting.length > 0) await action(waiting.shift());
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** The tests of some packages, built. */
export class Trials {
  #programs;
  #env;
  /** How many changes of a file a program noticed. */
  #caught = new Map();

  /**
   * @param {{ programs: import('./mutant-tree.mjs').Program[], kernel: string }} built
   * @param {string} seed of random tests
   */
  constructor({ programs, kernel }, seed) {
    this.#programs = programs.map((program) => ({ ...program, patience: FIRST_PATIENCE, seconds: 1 }));
    this.#env = {
      ...process.env,
      PORTCULLIS_KERNEL_UNDER_TEST: kernel,
      PORTCULLIS_SEED: seed,
      PORTCULLIS_SHRINK: '0',
      RUST_BACKTRACE: '0',
      RUST_TEST_THREADS: '1',
    };
  }

  /** Without a change everything has to pass. */
  async prepare() {
    await side(this.#programs, async (program) => {
      const { passed, seconds } = await attempt(program, program.patience, this.#env);
      if (!passed) throw new Failure(`${program.name} fails without a change`, { todo: 'run `npm test -- rust`' });
      program.seconds = seconds;
      program.patience = Math.min(MOST_PATIENCE, Math.max(LEAST_PATIENCE, FACTOR * seconds));
    });
  }

  /** Takes what others know of how long the same programs take, and of what they notice. */
  follow(others) {
    for (const program of this.#programs) {
      const same = others.#programs.find(({ name, folder }) => name === program.name && folder === program.folder);
      if (same) Object.assign(program, { seconds: same.seconds, patience: same.patience });
    }
    this.#caught = others.#caught;
  }

  /** The tests of some packages for a change of a file, in the order in which to run them: the quick ones, and those that noticed most. */
  #order(file, packages) {
    const worth = ({ name, seconds }) => (1 + (this.#caught.get(`${file} ${name}`) ?? 0)) / seconds;
    const programs = this.#programs.filter((program) => packages.includes(program.package));
    return programs.sort((left, right) => worth(right) - worth(left));
  }

  /**
   * Runs the tests of some packages until one fails.
   *
   * @param {Mutant} mutant
   * @param {string[]} packages
   * @param {{ alone?: boolean }} [options] whether the change is in the program anyway
   * @returns {Promise<string | undefined>} the program that failed, or was stopped; undefined if nothing noticed
   */
  async noticed({ number, file }, packages, { alone = false } = {}) {
    const env = { ...this.#env, PORTCULLIS_MUTANT: alone ? '0' : String(number) };
    for (const program of this.#order(file, packages)) {
      const { passed, ended } = await attempt(program, program.patience, env);
      if (passed) continue;
      const key = `${file} ${program.name}`;
      this.#caught.set(key, (this.#caught.get(key) ?? 0) + 1);
      return ended ? `${program.name}, which was stopped` : program.name;
    }
    return undefined;
  }

  /**
   * Looks at many changes.
   *
   * @param {Mutant[]} mutants
   * @param {(mutant: Mutant) => string[]} packages whose tests have to notice
   * @param {(mutant: Mutant, noticed: string | undefined) => void} told
   * @typedef {import('./mutant-list.mjs').Mutant} Mutant
   */
  async all(mutants, packages, told) {
    await side(mutants, async (mutant) => told(mutant, await this.noticed(mutant, packages(mutant))));
  }
}
