// Processes that are started, used and ended again and again: nothing is left of them.

import { Counter, counterSignatures, counters } from './application.mjs';
import { equal, ok, refused } from './assert.mjs';
import { withSection } from './bytes.mjs';
import { countersOf, failOf } from './processes.mjs';

/** Cycles after which everything has its size: tables that grow by doubling, and what the engine makes once. */
const WARM_UP = 40;
/** Bytes by which the kernel's memory may grow, however many cycles there are. */
const ONCE_MORE = 2 * 1024 * 1024;

async function giveBack(server, value) {
  const counter = await countersOf(server).giveBack();
  equal(await countersOf(server).read(counter), value);
  counter.release();
}

/**
 * Starts two processes, one of which calls methods of objects of the other and of the application, and ends both in one of
 * several ways. Everything that a process can leave behind is there at that time.
 */
async function cycle(context, plugins, number, seen) {
  const { kernel } = context;
  // Some are read and compiled anew: names of classes and signatures come and go with them. A section more, and they are others.
  const again = (bytes) => withSection(bytes, 'cycle', `${number}`);
  const source = (name) => (number % 50 === 0 ? again(plugins[name].bytes) : plugins[name].compiled);
  const application = kernel.provide('test/counter@1', counterSignatures, counters(context));
  const server = await kernel.spawn(source('server'), { name: 'server' });
  const dispatcher = await kernel.spawn(source('dispatcher'), { name: 'dispatcher', imports: { 'test/counter@1': 'object' } });
  seen?.push(new WeakRef(server), new WeakRef(dispatcher));
  const methods = dispatcher.interface('test/dispatcher@1');
  const [kept, held] = [await countersOf(server).create(number), await countersOf(server).create(1)];
  equal(await methods.increment(held, 1), 2);
  equal(await methods.increment(new Counter(10), 1), 11);
  await countersOf(server).keep(kept);
  switch (number % 4) {
    case 0:
      server.kill();
      break;
    case 1:
      await refused(() => failOf(server).panic('it is over'), 'trapped', 'it is over');
      break;
    case 2:
      dispatcher.kill();
      await giveBack(server, number);
      break;
    default:
      await dispatcher.replace(source('dispatcher'));
      await giveBack(server, number);
  }
  server.kill();
  dispatcher.kill();
  held.release();
  application.withdraw();
}

/** Everything of which there must be as much afterwards as before. */
function left(kernel) {
  const { memory, ...rest } = kernel.usage();
  const used = Object.fromEntries(Object.entries(rest).map(([name, share]) => [name, share.used]));
  return { used, kernelBytes: memory.used };
}

/**
 * Runs so many cycles, and compares what is left with what there was after the warm-up. `seen` takes references to the processes;
 * `collect` is asked now and then to collect what nobody refers to, for a compiled plugin goes when it is collected.
 */
export async function cycles(context, count, { seen, collect } = {}) {
  const { kernel, plugin } = context;
  const plugins = {};
  for (const [name, file] of [['server', 'parity-server'], ['dispatcher', 'dispatcher']]) {
    const bytes = await plugin(file);
    plugins[name] = { bytes, compiled: await kernel.compile(bytes) };
  }
  for (let number = 0; number < WARM_UP; number++) await cycle(context, plugins, number);
  const before = left(kernel);
  for (let number = 0; number < count; number++) {
    await cycle(context, plugins, number, seen);
    if (number % 200 === 0) await collect?.();
  }
  const after = left(kernel);
  // Names of what was compiled before this may go meanwhile, when it is collected.
  const names = Math.min(before.used.names, after.used.names);
  equal(after.used, { ...before.used, names }, `what is left after ${count} cycles`);
  // The kernel asks for memory in a row before it reads a plugin: once more, if what is free lies in pieces.
  ok(after.kernelBytes - before.kernelBytes <= ONCE_MORE, `the kernel's memory was ${before.kernelBytes} bytes, and is ${after.kernelBytes}`);
  ok(after.used.processes === 0 && after.used.transfers === 0 && after.used.content === 0, 'nobody is left');
}

export default {
  'what is started and ended again and again leaves nothing behind': (context) => cycles(context, 100),
};
