// A call from plugin to plugin, and between the page and a plugin: what a boundary costs.

import { copyingPairs, largePairs, pairs } from '../plugins/calls.mjs';
import * as direct from '../roads/direct.mjs';
import * as handWritten from '../roads/hand-written.mjs';
import { Cannot, inTurn } from '../roads/pairs.mjs';
import * as portcullis from '../roads/portcullis.mjs';
import { rows as hops } from './hops.mjs';

const limit = 'direct import';
const copyLimit = 'direct import and memory.copy';

/** Plugins that are trusted do not count what they do. */
const trusted = { metering: false };

/** Plugins that trust each other do without containment between them; then they end together. */
function fused({ kernel }) {
  if (typeof kernel.group !== 'function') throw new Cannot('this kernel has no groups of plugins that trust each other');
  return { group: kernel.group('bench') };
}

/** The browsers whose figures are held to what is aimed at. */
const aimedAt = ['chromium', 'firefox'];

/** Those who compute for others by what somebody else made. */
const tools = ['wasm-bindgen', 'extism', 'jco', 'comlink', 'capnweb'];

/** What each of them does in a row: its function of that name. */
const byTool = (task, except = {}) =>
  Object.fromEntries(tools.filter((tool) => !Object.hasOwn(except, tool)).map((tool) => [tool, async (environment) => (await environment.contestant(tool))[task](environment)]));

const noHandles = { extism: 'has no handles: plugins get bytes and give bytes' };

/** A plugin can only wait for another one from a worker, with a page that is isolated. */
const extismBetween = {
  extism: ({ features }) => (features.isolated ? undefined : 'a plugin that waits for another one has to run in a worker, and that needs a page that is isolated'),
};

/** A row whose contestants are pairs, by contestant. */
const row = ({ worlds, ...description }) => ({
  unit: 'ns',
  better: 'less',
  limit,
  async prepare(environment) {
    const contestants = [];
    const absent = {};
    for (const [name, make] of Object.entries(worlds)) {
      if (Object.hasOwn(environment.absent, name)) continue;
      try {
        contestants.push(inTurn(name, await make(environment)));
      } catch (error) {
        if (!error?.cannot) throw error;
        absent[name] = error.message;
      }
    }
    return { contestants, absent };
  },
  ...description,
});

/** The worlds in which painters call by a method. */
const painting = (method, except) => ({
  portcullis: (environment) => portcullis.painters(environment, pairs, method),
  'portcullis, not metered': (environment) => portcullis.painters(environment, pairs, method, trusted),
  'portcullis, fused': (environment) => portcullis.painters(environment, pairs, method, fused(environment)),
  'hand-written JS': (environment) => handWritten.painters(environment, pairs, method),
  ...byTool(method, except),
  'a bare try/catch': (environment) => direct.painters(environment, pairs, method, direct.contain),
  [limit]: (environment) => direct.painters(environment, pairs, method),
});

/** The worlds in which content is handed over by a method. */
const writing = (method, task, count, size) => ({
  portcullis: (environment) => portcullis.writers(environment, count, method, size),
  'portcullis, not metered': (environment) => portcullis.writers(environment, count, method, size, trusted),
  'hand-written JS': (environment) => handWritten.writers(environment, count, method, size),
  ...byTool(task),
  [copyLimit]: (environment) => direct.writers(environment, count, method, size),
});

const ours = 'portcullis';
const fasterThanJs = { contestant: ours, against: 'hand-written JS', ratio: 1, engines: aimedAt };
const fasterThanExtism = { contestant: ours, against: 'extism', ratio: 1 / 100, engines: aimedAt };
const fasterThanJco = { contestant: ours, against: 'jco', ratio: 1 / 20, engines: aimedAt };

export const rows = [
  row({
    name: 'call-scalars',
    essential: true,
    title: 'call with scalars',
    work: 'A plugin calls another one with two numbers, and gets one back.',
    worlds: painting('numbers'),
    absent: extismBetween,
    targets: [fasterThanJs, fasterThanExtism],
  }),
  row({
    name: 'call-handle',
    essential: true,
    title: 'call with one handle',
    work: 'A plugin calls another one with a handle that the other one minted, and two numbers.',
    worlds: painting('handle', noHandles),
    absent: noHandles,
    targets: [{ contestant: ours, ratio: 8, engines: aimedAt }, { contestant: 'portcullis, fused', ratio: 3.5, engines: aimedAt }, fasterThanJs, fasterThanJco],
  }),
  row({
    name: 'call-lent',
    title: "call with a third one's handle",
    work: 'A plugin calls another one with a handle that a third one minted, and two numbers.',
    worlds: painting('lent', noHandles),
    absent: noHandles,
    targets: [fasterThanJs, fasterThanJco],
  }),
  row({
    name: 'call-minted',
    title: 'call that returns a handle',
    work: 'A plugin calls another one, which mints a handle and returns it, and then releases that.',
    worlds: painting('minted', noHandles),
    absent: noHandles,
    targets: [fasterThanJs, fasterThanJco],
  }),
  row({
    name: 'call-object',
    title: 'call dispatched on an object',
    work: 'A plugin calls a method with a handle and two numbers, at whichever plugin minted the handle.',
    absent: { ...noHandles, jco: 'binds imports to one provider when a component is instantiated' },
    worlds: {
      portcullis: (environment) => portcullis.visitors(environment, pairs),
      'portcullis, not metered': (environment) => portcullis.visitors(environment, pairs, trusted),
      'hand-written JS': (environment) => handWritten.visitors(environment, pairs),
      ...byTool('handle', { ...noHandles, jco: true }),
      [limit]: (environment) => direct.painters(environment, pairs, 'handle'),
    },
    targets: [fasterThanJs],
  }),
  row({
    name: 'call-text',
    title: 'call with a string of 16 bytes',
    work: 'A plugin calls another one with 16 bytes of text, which are then in the memory of the other one.',
    limit: copyLimit,
    worlds: writing('text', 'text', copyingPairs),
    absent: extismBetween,
    targets: [fasterThanJs, fasterThanExtism],
  }),
  row({
    name: 'call-1k',
    essential: true,
    title: 'call with 1 KiB',
    work: 'A plugin calls another one with 1,024 bytes, which are then in the memory of the other one.',
    limit: copyLimit,
    worlds: writing('bytes', 'kibibyte', copyingPairs),
    absent: extismBetween,
    targets: [{ contestant: ours, ratio: 3, engines: aimedAt }, fasterThanJs, fasterThanExtism],
  }),
  row({
    name: 'call-1m',
    title: 'call with 1 MiB',
    work: 'A plugin calls another one with 1,048,576 bytes, which are then in the memory of the other one.',
    unit: 'µs',
    limit: copyLimit,
    worlds: writing('bytes', 'mebibyte', largePairs, 'large-'),
    absent: extismBetween,
    options: { rounds: 31 },
    targets: [fasterThanJs],
  }),
  row({
    name: 'call-to-plugin',
    essential: true,
    title: 'host → plugin',
    work: 'The page calls a plugin with two numbers, and has the answer: at once, or when it has waited for it, as the contestant has it.',
    limit: 'direct export',
    worlds: {
      portcullis: (environment) => portcullis.called(environment, pairs),
      'portcullis, not metered': (environment) => portcullis.called(environment, pairs, trusted),
      'hand-written JS': (environment) => handWritten.called(environment, pairs),
      ...byTool('called', { comlink: true, capnweb: true }),
      comlink: async (environment) => (await environment.contestant('comlink')).numbers(environment),
      capnweb: async (environment) => (await environment.contestant('capnweb')).numbers(environment),
      'direct export, awaited': (environment) => direct.awaited(environment, pairs),
      'direct export': (environment) => direct.called(environment, pairs),
    },
    targets: [{ ...fasterThanExtism, ratio: 1 }],
  }),
  row({
    name: 'call-to-host',
    title: 'plugin → host',
    work: 'A plugin calls a function of the page with two numbers, and gets one back.',
    worlds: {
      portcullis: (environment) => portcullis.painters(environment, pairs, 'host'),
      'portcullis, not metered': (environment) => portcullis.painters(environment, pairs, 'host', trusted),
      'hand-written JS': (environment) => handWritten.painters(environment, pairs, 'host'),
      ...byTool('host'),
      [limit]: (environment) => direct.painters(environment, pairs, 'host'),
    },
  }),
  ...hops,
];
