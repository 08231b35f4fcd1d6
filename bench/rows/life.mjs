// From a plugin's bytes to its first answer, and from its end to the next one.

import { turn } from '../measure.mjs';
import { starters } from '../roads/starts.mjs';

/** How many times each starts cold, at most: there are so many plugins for each road. */
const coldRounds = 12;
const warmRounds = 15;
/** What is quick is measured so often at once: clocks are coarse. */
const batch = 8;
/** Rounds that are thrown away: engines optimise what starts plugins, too. */
const warmUps = 6;

/** Milliseconds that an action takes. */
async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Takes all roads in turn, so often, each time in another order. */
async function inTurn(roads, rounds, take) {
  const samples = new Map(roads.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < roads.length; place += 1) {
      const road = roads[(place + round) % roads.length];
      if (round >= (road.most ?? rounds)) continue;
      const taken = await take(road, round);
      if (taken !== undefined) samples.get(road.name).push(taken);
      await turn();
    }
  }
  return roads.map(({ name }) => ({ name, samples: samples.get(name) }));
}

const cold = (which) => async (environment) => {
  const roads = await starters(environment, which);
  return inTurn(roads, environment.quick ? 6 : coldRounds, async (road, round) => {
    const bytes = await road.bytes(round);
    let started;
    const taken = await timed(async () => {
      started = await road.start(bytes);
    });
    await started.end();
    return taken;
  });
};

/** Everybody's plugins, compiled. */
const compiled = async (environment, which) =>
  Promise.all((await starters(environment, which)).map(async (road) => ({ ...road, source: await road.compile(await road.bytes(0)) })));

/** What is dear is measured less often at once. */
const batchOf = ({ weight }) => (weight > 1 ? 2 : batch);

/** Takes samples, the first of which are thrown away. */
async function warmed(environment, which, sample) {
  const roads = await compiled(environment, which);
  const unused = environment.quick ? 2 : warmUps;
  const rounds = unused + (environment.quick ? 6 : warmRounds);
  return inTurn(roads, rounds, async (road, round) => {
    const taken = await sample(road);
    return round < unused ? undefined : taken;
  });
}

const warm = (which) => (environment) =>
  warmed(environment, which, async (road) => {
    const started = [];
    const taken = await timed(async () => {
      for (let done = 0; done < batchOf(road); done += 1) started.push(await road.start(road.source));
    });
    for (const { end } of started) await end();
    return (taken * 1e3) / started.length;
  });

const respawn = (environment) =>
  warmed(environment, 'small', async (road) => {
    const running = [];
    for (let done = 0; done < batchOf(road); done += 1) running.push(await road.start(road.source));
    const next = [];
    const taken = await timed(async () => {
      for (const { end } of running) {
        await end();
        next.push(await road.start(road.source));
      }
    });
    for (const { end } of next) await end();
    return (taken * 1e3) / running.length;
  });

/** A thousand in turn. What is dear is done less often, and the time multiplied. */
async function thousand(environment) {
  const roads = await compiled(environment, 'small');
  const rounds = environment.quick ? 1 : 3;
  return inTurn(roads, rounds, async (road) => {
    const count = 1_000 / road.weight / (environment.quick ? 10 : 1);
    const taken = await timed(async () => {
      for (let done = 0; done < count; done += 1) {
        const { end } = await road.start(road.source);
        await end();
        // Pages that never let their events through have no memory given back.
        if (done % 50 === 49) await turn();
      }
    });
    return (taken * 1_000) / count;
  });
}

/** So many are counted. */
const mostCounted = 1_000;
const mostDear = 100;

async function atOnce(environment) {
  const samples = [];
  for (const road of await compiled(environment, 'small')) {
    const most = road.weight > 1 ? mostDear : mostCounted;
    const running = [];
    try {
      while (running.length < most) running.push(await road.start(road.source));
    } catch {
      // No more than that.
    }
    samples.push({ name: road.name, samples: [running.length] });
    for (const { end } of running.splice(0)) await end();
    // What it had has to be given back before the next one is counted.
    for (let turns = 0; turns < 40; turns += 1) {
      globalThis.gc?.();
      // Allocations make engines look for what nobody uses any more.
      new ArrayBuffer(8 << 20);
      await turn();
    }
  }
  return samples;
}

const absent = {
  'an iframe each': ({ features }) => (features.node ? 'Node has no frames' : undefined),
};
const filterAbsent = {
  ...absent,
  Extism: 'its plugins take what it hands them by calls of its own; the filter would have to be written anew',
  jco: 'it takes components; the filter is a core module',
  'quickjs-emscripten': 'it runs JavaScript; the filter is Rust',
};

const targets = (ratio, more = []) => [{ contestant: 'portcullis', ratio, engines: ['chromium', 'firefox'] }, ...more];

const common = { better: 'less', limit: 'bare instantiate' };

export const rows = [
  {
    ...common,
    name: 'cold-start',
    title: 'cold start, some hundred bytes',
    work: 'From the bytes of a plugin that the engine has not seen, with a page of memory, to its first answer. jco loads the JavaScript of a component, which has no memory; quickjs-emscripten loads itself.',
    unit: 'ms',
    targets: targets(2),
    absent,
    measure: cold('small'),
  },
  {
    ...common,
    name: 'cold-start-filter',
    essential: true,
    title: 'cold start, a filter of 47 KB',
    work: 'From the bytes of the filter `invert`, which the engine has not seen, to its first answer.',
    unit: 'ms',
    targets: targets(2),
    absent: filterAbsent,
    measure: cold('invert'),
  },
  {
    ...common,
    name: 'warm-start',
    title: 'warm start, some hundred bytes',
    work: 'From a plugin that was compiled before, with a page of memory, to its first answer. quickjs-emscripten: a context in a module that runs.',
    unit: 'µs',
    targets: targets(1.5, [{ contestant: 'portcullis', median: 1_000 }]),
    absent,
    measure: warm('small'),
  },
  {
    ...common,
    name: 'warm-start-filter',
    essential: true,
    title: 'warm start, a filter of 47 KB',
    work: 'From the filter `invert`, compiled before, to its first answer.',
    unit: 'µs',
    targets: targets(1.5, [{ contestant: 'portcullis', median: 1_000 }]),
    absent: filterAbsent,
    measure: warm('invert'),
  },
  {
    ...common,
    name: 'respawn',
    title: 'kill and respawn',
    work: 'A running plugin is ended; another one is started from what was compiled before, up to its first answer.',
    unit: 'µs',
    absent,
    measure: respawn,
  },
  {
    ...common,
    name: 'thousand',
    title: '1,000 processes in turn',
    work: 'A thousand times: a plugin is started from what was compiled before, answers once, and is ended. Workers and frames are started 100 times, and that time is multiplied.',
    unit: 'ms',
    absent,
    measure: thousand,
  },
  {
    name: 'at-once',
    title: 'how many at once',
    work: `As many plugins with a page of memory (jco: components without one; quickjs-emscripten: contexts in one module) as can run at the same time; counted up to ${mostCounted}, of workers and frames up to ${mostDear}.`,
    unit: 'processes',
    better: 'more',
    limit: 'bare instantiate',
    absent,
    measure: atOnce,
  },
];
