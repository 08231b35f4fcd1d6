// Has guests do everything, in Node and in pages alike.

import { equal, ok } from '../suite/assert.mjs';
import behaviours from './behaviours.mjs';

/** The behaviours, in the order of the table. */
export const names = Object.keys(behaviours);

/** Nothing of a behaviour is left. */
function figures(kernel) {
  const { processes, objects, transfers } = kernel.inspect();
  return { processes: processes.length, objects, transfers, minted: processes[0].objects };
}

async function tryOne(behaviour, { portcullis, ...rest }) {
  let failures = [];
  const options = { onHostFailure: (label, error) => failures.push({ label, error }) };
  const kernel = await portcullis.Kernel.start(options);
  const before = figures(kernel);
  const context = {
    ...rest,
    kernel,
    failures() {
      const taken = failures;
      failures = [];
      return taken;
    },
  };
  try {
    await behaviour(context);
  } finally {
    kernel.close();
  }
  const [failure] = failures;
  ok(failure === undefined, `${failure?.label} failed: ${failure?.error?.stack ?? failure?.error}`);
  const next = await portcullis.Kernel.start(options);
  const after = figures(next);
  next.close();
  equal(after, before, 'what is left when it is over');
}

/**
 * Has a guest do everything.
 *
 * @param {object} environment
 * @param {typeof import('portcullis')} environment.portcullis the package
 * @param {Uint8Array} environment.module the guest
 * @param {string | undefined} environment.signatures the records of a guest that has none
 * @param {Uint8Array} environment.server a plugin that serves `parity/counter@1`
 * @param {string[]} wanted parts of names; nothing asks for all
 * @returns {Promise<{ name: string, failure: string | null }[]>} what came of each behaviour
 */
export async function perform(environment, wanted) {
  const outcomes = [];
  for (const name of names) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    let failure = null;
    try {
      await tryOne(behaviours[name], environment);
    } catch (error) {
      const [text, stack] = [String(error), String(error?.stack ?? '')];
      // Not every engine repeats the message in the stack.
      failure = stack.includes(text) ? stack : `${text}\n${stack}`;
    }
    outcomes.push({ name, failure });
  }
  return outcomes;
}
