// Shows what is going on: one line a step, with the time that it took.

import { Failure, verbosity } from './command.mjs';

/**
 * A step of some work.
 *
 * @typedef {object} Step
 * @property {string} name what the step is about: `kernel`
 * @property {string} doing what it does, as the person reads it: `building`
 * @property {() => string | undefined} [skip] why there is nothing to do, asked before the step runs
 * @property {(report: (line: string) => void) => Promise<string | void>} run does it; may return a word on the result
 */

const terminal = process.stdout.isTTY && !process.env.CI;

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** A line on a terminal that is written again each second while a step runs. */
class Ticker {
  #timer;
  #last = '';
  #start = Date.now();

  constructor(label) {
    process.stdout.write(verbosity.verbose ? `${label}\n` : label);
    if (!terminal || verbosity.verbose) return;
    this.#timer = setInterval(() => {
      const width = Math.max(20, (process.stdout.columns ?? 80) - 1);
      const line = `${label}  ${seconds(Date.now() - this.#start)}  ${this.#last}`.slice(0, width);
      process.stdout.write(`\r\x1b[K${line}`);
    }, 1000);
  }

  report = (line) => {
    this.#last = line;
  };

  /** Ends the line; `label` is repeated where something was written over or after it. */
  end(label, result) {
    clearInterval(this.#timer);
    const again = verbosity.verbose ? label : terminal ? `\r\x1b[K${label}` : '';
    process.stdout.write(`${again}  ${result}\n`);
  }

  get elapsed() {
    return seconds(Date.now() - this.#start);
  }
}

/** Prints why a step failed: its output in full, then the reason and what to do. */
export function showFailure(name, error) {
  if (!(error instanceof Failure)) {
    console.error(`\n${name}: ${error?.stack ?? error}`);
    return;
  }
  if (error.output && !verbosity.verbose) console.error(`\n${error.output.trimEnd()}`);
  console.error(`\n${name}: ${error.message}`);
  if (error.todo) console.error(`What to do: ${error.todo}`);
}

/**
 * Runs steps in order.
 *
 * @param {Step[]} steps
 * @param {{ keepGoing?: boolean }} [options] whether a step that fails is shown and the next one run
 * @returns {Promise<Step[]>} the steps that failed; without `keepGoing` the first failure is thrown,
 *   with its step's name in `step`
 */
export async function runSteps(steps, { keepGoing = false } = {}) {
  const failed = [];
  for (const [index, step] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${step.name}: ${step.doing}…`;
    const ticker = new Ticker(label);
    try {
      const nothing = step.skip?.();
      if (nothing) {
        ticker.end(label, nothing);
        continue;
      }
      const result = await step.run(ticker.report);
      ticker.end(label, [result, ticker.elapsed].filter(Boolean).join(', '));
    } catch (error) {
      ticker.end(label, `FAILED, ${ticker.elapsed}`);
      if (error instanceof Error) error.step = step.name;
      if (!keepGoing) throw error;
      showFailure(step.name, error);
      failed.push(step);
    }
  }
  return failed;
}
