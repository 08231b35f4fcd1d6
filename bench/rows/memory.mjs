// What a process takes that does nothing.

import { turn } from '../measure.mjs';
import { starters } from '../roads/starts.mjs';

/** So many processes of each kind are started: an engine may have no more than 124 memories in a page, and Extism has two for each. */
const cheap = 20;
const dear = 8;
/** So many times fewer where it has to be quick. */
const hurry = 4;

/** Lets what was thrown away be given back, as far as one can from here. */
async function settle() {
  for (let turns = 0; turns < 30; turns += 1) {
    globalThis.gc?.();
    await turn();
  }
}

async function measure(environment) {
  const samples = [];
  const kept = [];
  for (const road of await starters(environment, 'small')) {
    const source = await road.compile(await road.bytes(0));
    const count = (road.weight > 1 ? dear : cheap) / (environment.quick ? hurry : 1);
    const start = async () => kept.push(await road.start(source));
    // What the first ones take is taken once: code, and the room that allocators ask for.
    for (let started = 0; started < 2; started += 1) await start();
    await settle();
    const before = await environment.residentBytes();
    for (let started = 0; started < count; started += 1) await start();
    await settle();
    samples.push({ name: road.name, samples: [Math.max(0, (await environment.residentBytes()) - before) / count] });
  }
  // Nothing was ended before: what comes later must not be put where something was.
  for (const { end } of kept) await end();
  return samples;
}

export const rows = [
  {
    name: 'idle-memory',
    title: 'memory of an idle process',
    work: 'By how much the memory grows that the operating system counts for all processes of the engine (PSS, from /proc), for each plugin of some hundred bytes with a page of memory that has answered once and waits. What its start leaves to the garbage collector is in it.',
    unit: 'bytes',
    better: 'less',
    limit: 'bare instantiate',
    absent: {
      'an iframe each': ({ features }) => (features.node ? 'Node has no frames' : undefined),
    },
    measure,
  },
];
