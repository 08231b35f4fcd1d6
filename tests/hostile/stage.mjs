// Where an attack takes place: a kernel, a healthy neighbour, the plugins that attack, and the counts before and after.

import { countLooks } from './clock.mjs';
import { AssertionError, equal, includes, ok, refused as refusedBy } from '../suite/assert.mjs';
import { countersOf, echoOf, inspected, spawnServer } from '../suite/processes.mjs';

/** What may differ when a case is over: engines collect memory when they like. */
const unsteady = new Set(['kernelMemoryBytes']);

/** Every count that `inspect` has, those of processes summed up. A count that is added there is compared here. */
export function counts(kernel) {
  const { processes, ...rest } = kernel.inspect();
  const totals = { processes: processes.length };
  const add = (name, value) => {
    if (typeof value === 'number' && !unsteady.has(name)) totals[name] = (totals[name] ?? 0) + value;
  };
  for (const [name, value] of Object.entries(rest)) add(name, value);
  for (const { capabilities, objects, active, memoryBytes } of processes) {
    add('capabilities', capabilities.length);
    add('objects of processes', objects);
    add('calls', active);
    add('bytes of memory', memoryBytes);
  }
  return totals;
}

/** A process with state of its own, which must notice nothing. */
class Neighbour {
  static async open(context) {
    const neighbour = new Neighbour();
    neighbour.kernel = context.kernel;
    neighbour.process = await spawnServer(context, { name: 'neighbour' });
    neighbour.counters = countersOf(neighbour.process);
    neighbour.counter = await neighbour.counters.create(1);
    await neighbour.counters.keep(await neighbour.counters.create(2));
    await neighbour.counters.increment(neighbour.counter, 40);
    neighbour.before = neighbour.#state();
    return neighbour;
  }

  #state() {
    const { capabilities, objects, active, memoryBytes } = inspected(this.kernel, this.process);
    return { capabilities, objects, active, memoryBytes };
  }

  async check() {
    ok(this.process.alive, 'the neighbour lives');
    equal(this.#state(), this.before, 'the neighbour');
    equal(await this.counters.read(this.counter), 41, 'the neighbour’s state');
    equal(await this.counters.kept(), 1, 'what the neighbour keeps');
    equal(await echoOf(this.process).echoString('still here'), 'still here', 'the neighbour’s answer');
  }

  close() {
    this.counter.release();
    this.process.kill();
  }
}

/** What an attack is given. */
export class Stage {
  /** Processes of the attack. */
  processes = [];
  /** Functions that the application has taken into service. */
  provided = 0;
  /** Processes whose end says nothing. */
  setAside = new Set();
  #handles = [];
  #failures = [];
  #plugins;

  /** @param {object} context the package's exports, `kernel`, and `plugin(name)`, which gives a plugin's bytes */
  constructor(context) {
    Object.assign(this, context);
    this.#plugins = context.plugin;
  }

  /** The bytes of a plugin: what `wat` gave, or a name of one of the suite's. */
  bytes(plugin) {
    return this.#plugins(typeof plugin === 'string' ? plugin : plugin.plugin);
  }

  async #source(source) {
    return typeof source === 'string' || source?.plugin !== undefined ? this.bytes(source) : source;
  }

  /** A process from what `wat` gave, a name of one of the suite's plugins, bytes, or something compiled. */
  async spawn(source, options = {}) {
    const process = await this.kernel.spawn(await this.#source(source), { name: 'attacker', ...options });
    this.processes.push(process);
    return process;
  }

  /** The plugin, compiled. */
  async compile(source, options) {
    return this.kernel.compile(await this.#source(source), options);
  }

  /** An interface of the application. */
  provide(name, signatures, methods) {
    const provided = this.kernel.provide(name, signatures, methods);
    this.provided += signatures.split('\n').filter((line) => line.trim() !== '').length;
    return provided;
  }

  /** Releases a handle when the attack is over, if the attack has not. */
  hold(handle) {
    this.#handles.push(handle);
    return handle;
  }

  /** The name of an error. */
  named(number) {
    return number === 0 ? 'no error' : (this.errorCodes.find((row) => row.number === number)?.name ?? `error ${number}`);
  }

  /** The number of an error. */
  number(name) {
    return this.errorCodes.find((row) => row.name === name).number;
  }

  /** A server with counters, beside the neighbour, and its functions. */
  async server(options = {}) {
    const process = await this.spawn('parity-server', { name: 'server', ...options });
    return { process, counters: countersOf(process) };
  }

  /** What is known of one of the processes. */
  inspect(process) {
    return inspected(this.kernel, process);
  }

  /** Ends a process that is none of the attackers', such as one from damaged bytes that could be loaded. */
  expectKill(process) {
    this.setAside.add(process);
    process.kill();
  }

  /** Takes what was told of the application's functions that failed. */
  failures() {
    const taken = this.#failures;
    this.#failures = [];
    return taken;
  }

  /**
   * Has the kernel's clock go on by a millisecond with each look at it, until the attack is over: who gets which grace does not
   * depend on how busy the machine is then.
   */
  countLooks() {
    countLooks(true);
  }

  noteFailure(label, error) {
    this.#failures.push({ label, error });
  }

  end() {
    countLooks(false);
    for (const handle of this.#handles.splice(0)) handle.release();
    for (const process of this.processes) process.kill('the attack is over');
  }
}

/** Says whether what a plugin was told is what was expected. */
function checkTold(stage, codes, result) {
  const numbers = [result].flat();
  ok(numbers.length > 0 && numbers.every((number) => typeof number === 'number'), `the attack gives numbers of errors, not ${String(result)}`);
  const names = numbers.map((number) => stage.named(number));
  equal(names, Array.isArray(codes) ? codes : Array(names.length).fill(codes), 'what the plugin is told');
}

/** Runs the attack and compares what comes of it with what was expected. */
async function checkOutcome(stage, { expect, run }) {
  if (expect.code === undefined) {
    const result = await run(stage);
    if (expect.codes !== undefined) checkTold(stage, expect.codes, result);
    else equal(result, expect.value, 'what the attack gives');
    return;
  }
  const parts = expect.says ?? expect.blamed.flatMap(({ process, shown = process, says = [] }) => [shown, ...says]);
  const error = await refusedBy(() => run(stage), expect.code, ...parts);
  const at = expect.at ?? (expect.kind === 'killed' ? { process: error.process } : {});
  for (const [key, value] of Object.entries(at)) equal(error[key], value, `the error’s ${key}`);
}

/** Whoever ended, and why, is exactly who was expected. */
function checkBlame(stage, expected, exits) {
  const seen = exits.map(([process, reason]) => ({ process: process.name, code: reason.code, function: reason.function }));
  equal(seen, expected.map(({ process, code, function: where }) => ({ process, code, function: where })), 'who ended');
  for (const [index, [, reason]] of exits.entries()) {
    const { process, shown = process, says = [] } = expected[index];
    includes(reason.message, `plugin \`${shown}\``, ...says);
  }
  const ended = new Set(exits.map(([process]) => process));
  for (const process of stage.processes) ok(process.alive !== ended.has(process), `${process.name} is ${process.alive ? 'alive' : 'dead'}`);
}

/** What no moment between two calls may have. */
function checkRest(kernel) {
  const { transfers, processes, ...rest } = kernel.inspect();
  equal(transfers, 0, 'transfers under way');
  for (const name of ['frameBytes', 'stagedBytes', 'drops']) if (name in rest) equal(rest[name], 0, name);
  for (const process of processes) equal(process.active, 0, `calls into ${process.name}`);
}

/** The neighbour's plugin, compiled once. */
let server;

/**
 * Runs an attack and checks everything: the outcome; who was blamed; that a neighbour serves as before; the counts.
 *
 * @param {ReturnType<import('./attack.mjs').attack>} attack
 * @param {{ portcullis: typeof import('portcullis'), plugin: (name: string) => Promise<Uint8Array>, seed: number }} environment
 */
export async function runAttack(attack, { portcullis, plugin: bytesOf, seed }) {
  let stage;
  const kernel = await portcullis.Kernel.start({ onHostFailure: (label, error) => stage.noteFailure(label, error) });
  server ??= await kernel.compile(await bytesOf('parity-server'));
  const plugin = async (name) => (name === 'parity-server' ? server : bytesOf(name));
  stage = new Stage({ ...portcullis, kernel, plugin, seed });
  let neighbour;
  try {
    const empty = counts(kernel);
    neighbour = await Neighbour.open({ ...portcullis, kernel, plugin });
    const before = counts(kernel);
    const exits = [];
    const off = kernel.on('exit', (process, reason) => stage.setAside.has(process) || exits.push([process, reason]));
    await checkOutcome(stage, attack);
    checkBlame(stage, attack.expect.blamed, exits);
    const [failure] = stage.failures();
    ok(failure === undefined, `${failure?.label} failed: ${failure?.error?.stack ?? failure?.error}`);
    checkRest(kernel);
    await neighbour.check();
    off();
    stage.end();
    equal(counts(kernel), { ...before, slots: before.slots + stage.provided }, 'the counts when the attack is over');
    await neighbour.check();
    neighbour.close();
    equal(counts(kernel), { ...empty, slots: empty.slots + stage.provided }, 'the counts when the neighbour is gone too');
  } finally {
    stage.end();
    neighbour?.close();
    kernel.close();
  }
}

export { AssertionError, equal, ok };
