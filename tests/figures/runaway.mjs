// How long after its deadline a plugin that never returns is stopped.

/** Milliseconds that each call has. */
const deadline = 50;
/** How often each kind of loop is stopped. */
const runs = 60;

/** Exports of looper.wat, by what they do for ever. */
const kinds = {
  spin: 'an empty loop',
  calls: 'calls of a function',
  recurse: 'tail calls',
  indirect: 'calls through a table',
  fill: 'memory.fill of 1 MiB',
  acts: 'calls of the application',
  'relay-for-ever': 'calls of another plugin',
};

/** The value that a part of all samples do not exceed. */
const atMost = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];

/** Two spreads: until the kernel stopped it, and until whoever called was told. */
function figuresOf(title, samples) {
  const figures = [];
  for (const what of ['stopped', 'told']) {
    const sorted = samples.map((sample) => sample[what]).sort((one, two) => one - two);
    const figure = (name, milliseconds) => figures.push({ name: `${what}: ${name}`, median: milliseconds * 1e6, low: milliseconds * 1e6, high: milliseconds * 1e6 });
    figure('median', atMost(sorted, 0.5));
    figure('99th percentile', atMost(sorted, 0.99));
    figure('longest', sorted.at(-1));
  }
  return { title, figures };
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function runaway({ kernel, plugin }) {
  const compiled = await kernel.compile(await plugin('looper'));
  const host = kernel.provide('test/host@1', 'act: func()', { act() {} });
  const none = kernel.provide('test/looper@1', 'spin: func()\nwork: func(rounds: u32) -> u32', { spin() {}, work: () => 0 });
  const spawn = (other) => kernel.spawn(compiled, { imports: { 'test/host@1': host, 'test/looper@1': other } });
  const service = await spawn(none);
  const results = [];
  const all = [];
  for (const [name, title] of Object.entries(kinds)) {
    const samples = [];
    for (let run = 0; run < runs; run += 1) {
      const process = await spawn(service);
      const values = name === 'relay-for-ever' ? [1_000] : [];
      const start = performance.now();
      const code = await process.call(`test/looper@1#${name}`, values, { deadline }).then(
        () => 'nothing',
        (error) => error.code,
      );
      const told = performance.now() - start - deadline;
      samples.push({ told, stopped: (process.reason?.budget?.used ?? Infinity) - deadline });
      if (code !== 'deadline' || !service.alive) throw new Error(`${title} came to ${code}`);
      // The machine gets its breath back: one that works all the time is made to wait by its operating system.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    all.push(...samples);
    results.push(figuresOf(title, samples));
  }
  service.kill();
  return [figuresOf(`all ${all.length} of them`, all), ...results];
}
