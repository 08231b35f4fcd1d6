// From a plugin that traps to the next answer.

import { turn } from '../measure.mjs';

const rounds = 25;
const warmUps = 8;
/** So often at once: clocks are coarse. */
const batch = 8;

const label = { fail: 'bench/small@1#fail', add: 'bench/small@1#add' };

/** Whatever is thrown is caught; that nothing is, is an error. */
async function trapped(action) {
  try {
    await action();
  } catch {
    return;
  }
  throw new Error('it did not trap');
}

function check(answer) {
  if (answer !== 5) throw new Error(`it answered ${answer}`);
}

/** What traps, and what answers next. */
async function roads({ kernel, plugin, contestant }) {
  const bytes = await plugin('life/small-0');
  const compiled = await kernel.compile(bytes);
  const module = await WebAssembly.compile(bytes);
  const { start, add } = await contestant('extism-start');
  const extism = (await start(await plugin('life/extism-0'))).plugin;
  let process = await kernel.spawn(compiled);
  const instantiate = async () => (await WebAssembly.instantiate(module)).exports;
  const old = await instantiate();
  let fresh = await instantiate();
  return [
    {
      name: 'portcullis',
      async run() {
        await trapped(() => process.call(label.fail));
        process = await kernel.spawn(compiled);
        check(await process.call(label.add, [2, 3]));
      },
    },
    {
      name: 'Extism',
      async run() {
        await trapped(() => extism.call('fail'));
        check(await add(extism));
      },
    },
    {
      name: 'bare try/catch, a new instance',
      async run() {
        await trapped(() => fresh[label.fail]());
        fresh = await instantiate();
        check(fresh[label.add](2, 3));
      },
    },
    {
      name: 'bare try/catch',
      async run() {
        await trapped(() => old[label.fail]());
        check(old[label.add](2, 3));
      },
    },
  ];
}

async function measure(environment) {
  const all = await roads(environment);
  const samples = all.map(({ name }) => ({ name, samples: [] }));
  const taken = environment.quick ? 8 : rounds;
  for (let round = 0; round < warmUps + taken; round += 1) {
    for (let place = 0; place < all.length; place += 1) {
      const index = (place + round) % all.length;
      const start = performance.now();
      for (let done = 0; done < batch; done += 1) await all[index].run();
      const elapsed = performance.now() - start;
      if (round >= warmUps) samples[index].samples.push((elapsed * 1e3) / batch);
      await turn();
    }
  }
  return samples;
}

export const rows = [
  {
    name: 'trap',
    title: 'trap, contained, next call',
    work: 'A plugin traps in a call, the page learns of it, and the next call is answered: by a new process (portcullis), by a new instance, or by the one that trapped, in whatever state it is (Extism, bare try/catch).',
    unit: 'µs',
    better: 'less',
    limit: 'bare try/catch',
    measure,
  },
];
