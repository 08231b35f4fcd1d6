// All cases, and how one of them is run. The same in Node and in every browser.

import { equal, ok } from './assert.mjs';
import { TestClock } from './clock.mjs';
import arguments_ from './arguments.mjs';
import callbacks from './callbacks.mjs';
import corruption from './corruption.mjs';
import dispatch from './dispatch.mjs';
import endings from './endings.mjs';
import events from './events.mjs';
import exceptions from './exceptions.mjs';
import forgery from './forgery.mjs';
import groups from './groups.mjs';
import guestInC from './guest-in-c.mjs';
import handles from './handles.mjs';
import hostile from './hostile.mjs';
import host from './host.mjs';
import hostFailures from './host-failures.mjs';
import kernel from './kernel.mjs';
import leaks from './leaks.mjs';
import leases from './leases.mjs';
import limits from './limits.mjs';
import loader from './loader.mjs';
import loading from './loading.mjs';
import messages from './messages.mjs';
import metadata from './metadata.mjs';
import names from './names.mjs';
import pointers from './pointers.mjs';
import preparing from './preparing.mjs';
import replacing from './replacing.mjs';
import shared from './shared.mjs';
import signatures from './signatures.mjs';
import stack from './stack.mjs';
import starting from './starting.mjs';
import supervision from './supervision.mjs';
import time from './time.mjs';
import usage from './usage.mjs';
import values from './values.mjs';
import waiting from './waiting.mjs';
import yielding from './yielding.mjs';
import { tested } from './guests.mjs';

/** Functions `(context) => Promise<void>` that reject when something is wrong, by suite and by what comes of them. */
export const suites = {
  values,
  arguments: arguments_,
  handles,
  'dispatch on objects': dispatch,
  callbacks,
  endings,
  'trust groups': groups,
  leases,
  limits,
  leaks,
  'usage and limits': usage,
  loading,
  'plugins that start plugins': loader,
  messages,
  metadata,
  names,
  'shared with the application': shared,
  signatures,
  forgery,
  pointers,
  hostile,
  exceptions,
  'damaged memory': corruption,
  preparing,
  replacing,
  supervision,
  events,
  kernel,
  stack,
  starting,
  time,
  yielding,
  ...(tested('c') && { 'plugins in C': guestInC }),
  waiting,
  'interfaces of the application': host,
  'failures of the application': hostFailures,
};

/**
 * What a case gets.
 *
 * @typedef {object} Context
 * @property {import('portcullis').Kernel} kernel started for this case, without a process
 * @property {(name: string) => Promise<Uint8Array>} plugin the bytes of a test plugin
 * @property {(name: string) => URL} url where a test plugin can be fetched
 * @property {TestClock} clock by which the kernel goes
 * @property {() => Promise<typeof import('portcullis')>} freshCopy another copy of the package, whose kernel has not started
 * @property {URL} kernelUrl where the kernel's own module is
 * @property {Uint8Array} kernelBytes the bytes of that module
 * @property {() => { label: string, error: unknown }[]} failures takes what was told of the application's functions
 *   that failed; a case that leaves some there has failed
 *
 * All exports of the package are in it too.
 */

/** What has to be again as it was when a case is over and its processes have ended. */
function figures(kernel) {
  const { processes, objects, transfers } = kernel.inspect();
  const [host] = processes;
  return { processes: processes.length, objects, transfers, held: host.capabilities.length, minted: host.objects };
}

/**
 * What a case gets from the place where it runs.
 *
 * @typedef {object} Environment
 * @property {typeof import('portcullis')} portcullis the package
 * @property {Context['plugin']} plugin
 * @property {Context['url']} url
 * @property {Context['freshCopy']} freshCopy
 * @property {Context['kernelUrl']} kernelUrl
 * @property {Context['kernelBytes']} kernelBytes
 */

/**
 * Runs a case. Afterwards every object and handle must be gone that was not there before.
 *
 * @param {string} suite
 * @param {string} name
 * @param {Environment} environment
 */
export async function runCase(suite, name, { portcullis, ...rest }) {
  let failures = [];
  const clock = new TestClock();
  const options = { clock, onHostFailure: (label, error) => failures.push({ label, error }) };
  const kernel = await portcullis.Kernel.start(options);
  const context = {
    ...portcullis,
    ...rest,
    kernel,
    clock,
    failures() {
      const taken = failures;
      failures = [];
      return taken;
    },
  };
  const before = figures(kernel);
  try {
    await suites[suite][name](context);
  } finally {
    kernel.close();
  }
  const [failure] = failures;
  ok(failure === undefined, `${failure?.label} failed: ${failure?.error?.stack ?? failure?.error}`);
  const next = await portcullis.Kernel.start(options);
  const after = figures(next);
  next.close();
  // What an earlier case had left behind may have been collected.
  equal(after, { ...before, held: Math.min(before.held, after.held) }, 'what is left when the case is over');
}
