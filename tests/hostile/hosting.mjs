// Plugins that start plugins, and want more than they have.

import { attack, carriedOn, killed, shown } from './attack.mjs';
import { emptyModule, joined, leb128, section } from './modules.mjs';

const LOADER = 'portcullis/loader@1';

const attacks = [];

/** The functions of a plugin with a loader, which starts whatever it is told to. */
async function nestOf(stage, loader = {}, options = {}) {
  stage.provided += 6;
  const imports = { [LOADER]: stage.kernel.loader(loader), 'test/worker@1': 'later', 'test/nest@1': 'later' };
  const process = await stage.spawn('plugin-host', { name: 'nest', imports, ...options });
  return process.interface('test/nest@1');
}

/** What a start says, if it is refused. */
async function said(action) {
  try {
    await action();
    return 'it was started';
  } catch (error) {
    if (error?.name !== 'PluginError') throw error;
    return error.value;
  }
}

/** Whether every start is refused, in a sentence that has these parts. */
const refusedWith = async (action, ...parts) => {
  const text = await said(action);
  return parts.every((part) => text.includes(part)) || text;
};

const greedy = {
  'for an interface that it has not': ['', 'test/secret@1', 0, '`test/secret@1` is nothing that this loader can grant; it has nothing'],
  'for what every object has': ['', '__proto__', 0, '`__proto__` is nothing that this loader can grant'],
  'for another level': ['', LOADER, 0, 'this loader is the last one'],
  'for more memory than it has': ['', '', 2_000, '2000 pages of memory are more than the 1024'],
  'for more memory than there is': ['', '', 0xffff_ffff, 'pages of memory are more than the 1024'],
  'with a list that has no end': ['', 'a/b@1\n'.repeat(20_000), 0, 'at most 65536 characters'],
  'with a list of lines that name one thing twice': ['', 'test/note@1 = self\ntest/note@1 = self', 0, 'is named twice'],
};

for (const [what, [name, imports, memory, part]] of Object.entries(greedy)) {
  attacks.push(
    attack(0, `a loader is asked ${what}`, {
      expect: shown(true),
      run: async (stage) => {
        const nest = await nestOf(stage);
        return refusedWith(() => nest.load(emptyModule, name, imports, memory), part);
      },
    }),
  );
}

attacks.push(
  attack(6, 'a child that loops when it is started', {
    expect: shown(true),
    run: async (stage) => {
      const nest = await nestOf(stage, { deadline: 30 });
      return refusedWith(async () => nest.load(await stage.bytes('start-loops'), 'looper', '', 1), 'plugin `nest/looper` ran too long', 'while it started');
    },
  }),
  attack(6, 'a child that traps when it is started', {
    expect: shown(true),
    run: async (stage) => {
      const nest = await nestOf(stage);
      return refusedWith(async () => nest.load(await stage.bytes('start-traps'), 'trap', '', 1), 'while it started, and was stopped');
    },
  }),
  attack(3, 'a bomb that a plugin loads', {
    expect: carriedOn(true),
    run: async (stage) => {
      const nest = await nestOf(stage);
      const tables = joined(emptyModule, section(4, [1, 0x70, 0, ...leb128(1_000_001)]));
      const body = [0, ...Array(60_000).fill([0x41, 0, 0x1a]).flat(), 0x0b];
      const long = joined(emptyModule, section(1, [1, 0x60, 0, 0]), section(3, [1, 0]), section(10, [1, ...leb128(body.length), ...body]));
      const large = joined(emptyModule, section(0, [1, 0x61, ...new Uint8Array(4 << 20)]));
      const outcomes = [
        await refusedWith(() => nest.load(tables, 'tables', '', 0), 'entries in tables'),
        await refusedWith(() => nest.load(long, 'long', '', 0), 'bytes'),
        await refusedWith(() => nest.load(large, 'large', '', 0), 'can load 4194304 at most'),
      ];
      return outcomes.every((outcome) => outcome === true) || outcomes.join();
    },
  }),
  attack(22, '4,096 plugins, started by a plugin', {
    expect: shown([8, 4_088]),
    run: async (stage) => {
      const nest = await nestOf(stage, { processes: 8, memory: 0 });
      const counts = [0, 0];
      for (let index = 0; index < 4_096; index++) {
        const text = await said(() => nest.load(emptyModule, 'flood', '', 0));
        if (text === 'it was started') counts[0] += 1;
        else if (text === 'the loader has 8 processes, and all of them are in use') counts[1] += 1;
      }
      for (const process of stage.kernel.processes) if (process.name === 'nest/flood') stage.expectKill(process);
      return counts;
    },
  }),
  attack(0, 'more plugins than their starter can hold handles of', {
    // One that its starter could not be told of is over at once.
    expect: killed(Array(16).fill({ process: 'nest/flood', code: 'killed', function: undefined }), { gives: [4, 0] }),
    run: async (stage) => {
      const nest = await nestOf(stage, { processes: 100, memory: 0 }, { handles: 4 });
      let started = 0;
      for (let index = 0; index < 20; index++) if ((await said(() => nest.load(emptyModule, 'flood', '', 0))) === 'it was started') started += 1;
      const alive = stage.kernel.processes.filter(({ name }) => name === 'nest/flood');
      for (const process of alive) stage.expectKill(process);
      return [started, alive.length - started];
    },
  }),
  attack(0, 'a module that has itself loaded, in the start of itself', {
    expect: carriedOn(true),
    run: async (stage) => {
      const bytes = await stage.bytes('recursive');
      const texts = [];
      const self = stage.provide('test/self@1', 'bytes: func() -> list<u8>\ntold: func(text: string)', { bytes: () => bytes, told: (text) => void texts.push(text) });
      stage.provided += 6;
      const loader = stage.kernel.loader({ imports: { 'test/self@1': self }, depth: 16, processes: 1_000 });
      await stage.spawn('recursive', { name: 'recursive', imports: { [LOADER]: loader, 'test/self@1': self }, deadline: 20_000 });
      const levels = stage.kernel.processes.length;
      return (levels <= 18 && (texts[0] === 'failed' || texts[0].includes('the last one'))) || texts.join();
    },
  }),
  attack(0, 'objects of the loader’s class, made by a plugin', {
    expect: shown(['not-owner', 'not-owner']),
    run: async (stage) => {
      stage.provided += 6;
      const process = await stage.spawn('pretender', { imports: { [LOADER]: stage.kernel.loader() } });
      const outcomes = [];
      for (const which of [0, 1]) outcomes.push(stage.named(await process.call('test/pretender@1#try', [which])));
      return outcomes;
    },
  }),
);

export default attacks;
