// A plugin that has nothing to do with what goes on beside it, and the proof that it noticed nothing.

import { equal } from './assert.mjs';
import { countersOf, echoOf, inspected, spawnServer } from './processes.mjs';

/**
 * Does something beside a process that holds and serves objects. Afterwards it must be as it was, and serve as before.
 *
 * @param {object} context
 * @param {() => Promise<void>} action
 * @param {number} [provided] how many functions the application takes into service meanwhile
 */
export async function besideANeighbour(context, action, provided = 0) {
  const { kernel } = context;
  const neighbour = await spawnServer(context, { name: 'neighbour' });
  const counters = countersOf(neighbour);
  const counter = await counters.create(1);
  await counters.keep(await counters.create(2));
  const before = inspected(kernel, neighbour);
  const others = kernel.inspect();
  await action();
  equal(inspected(kernel, neighbour), before, 'the neighbour');
  const figures = ({ processes, objects, slots, transfers }) => ({ processes: processes.length, objects, slots, transfers });
  const expected = { ...figures(others), slots: others.slots + provided };
  equal(figures(kernel.inspect()), expected, 'the counts');
  equal(await counters.increment(counter, 41), 42);
  equal(await counters.kept(), 1);
  equal(await echoOf(neighbour).echoString('still here'), 'still here');
  counter.release();
}
