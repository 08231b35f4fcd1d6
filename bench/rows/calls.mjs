// A call from plugin to plugin, and between the page and a plugin: what a boundary costs.

import { copyingPairs, largePairs, pairs } from '../plugins/calls.mjs';
import * as direct from '../roads/direct.mjs';
import * as handWritten from '../roads/hand-written.mjs';
import { inTurn } from '../roads/pairs.mjs';
import * as portcullis from '../roads/portcullis.mjs';

const limit = 'direct import';
const copyLimit = 'direct import and memory.copy';

/** Plugins that are trusted do not count what they do. */
const trusted = { metering: false };

/** The browsers whose figures are held to what is aimed at. */
const aimedAt = ['chromium', 'firefox'];

/** A row whose contestants are pairs, by contestant. */
const row = ({ worlds, ...description }) => ({
  unit: 'ns',
  better: 'less',
  limit,
  async prepare(environment) {
    const contestants = [];
    for (const [name, make] of Object.entries(worlds)) {
      if (!Object.hasOwn(environment.absent, name)) contestants.push(inTurn(name, await make(environment)));
    }
    return { contestants };
  },
  ...description,
});

/** The worlds in which painters call by a method. */
const painting = (method) => ({
  portcullis: (environment) => portcullis.painters(environment, pairs, method),
  'portcullis, not metered': (environment) => portcullis.painters(environment, pairs, method, trusted),
  'hand-written JS': (environment) => handWritten.painters(environment, pairs, method),
  'a bare try/catch': (environment) => direct.painters(environment, pairs, method, direct.contain),
  [limit]: (environment) => direct.painters(environment, pairs, method),
});

/** The worlds in which content is handed over by a method. */
const writing = (method, count, size) => ({
  portcullis: (environment) => portcullis.writers(environment, count, method, size),
  'portcullis, not metered': (environment) => portcullis.writers(environment, count, method, size, trusted),
  'hand-written JS': (environment) => handWritten.writers(environment, count, method, size),
  [copyLimit]: (environment) => direct.writers(environment, count, method, size),
});

export const rows = [
  row({
    name: 'call-scalars',
    title: 'call with scalars',
    work: 'A plugin calls another one with two numbers, and gets one back.',
    worlds: painting('numbers'),
  }),
  row({
    name: 'call-handle',
    title: 'call with one handle',
    work: 'A plugin calls another one with a handle that the other one minted, and two numbers.',
    worlds: painting('handle'),
    targets: [{ contestant: 'portcullis', ratio: 8, engines: aimedAt }],
  }),
  row({
    name: 'call-lent',
    title: "call with a third one's handle",
    work: 'A plugin calls another one with a handle that a third one minted, and two numbers.',
    worlds: painting('lent'),
  }),
  row({
    name: 'call-minted',
    title: 'call that returns a handle',
    work: 'A plugin calls another one, which mints a handle and returns it, and then releases that.',
    worlds: painting('minted'),
  }),
  row({
    name: 'call-object',
    title: 'call dispatched on an object',
    work: 'A plugin calls a method with a handle and two numbers, at whichever plugin minted the handle.',
    worlds: {
      portcullis: (environment) => portcullis.visitors(environment, pairs),
      'portcullis, not metered': (environment) => portcullis.visitors(environment, pairs, trusted),
      'hand-written JS': (environment) => handWritten.visitors(environment, pairs),
      [limit]: (environment) => direct.painters(environment, pairs, 'handle'),
    },
  }),
  row({
    name: 'call-text',
    title: 'call with a string of 16 bytes',
    work: 'A plugin calls another one with 16 bytes of text, which are then in the memory of the other one.',
    limit: copyLimit,
    worlds: writing('text', copyingPairs),
  }),
  row({
    name: 'call-1k',
    title: 'call with 1 KiB',
    work: 'A plugin calls another one with 1,024 bytes, which are then in the memory of the other one.',
    limit: copyLimit,
    worlds: writing('bytes', copyingPairs),
    targets: [{ contestant: 'portcullis', ratio: 3, engines: aimedAt }],
  }),
  row({
    name: 'call-1m',
    title: 'call with 1 MiB',
    work: 'A plugin calls another one with 1,048,576 bytes, which are then in the memory of the other one.',
    unit: 'µs',
    limit: copyLimit,
    worlds: writing('bytes', largePairs, 'large-'),
  }),
  row({
    name: 'call-to-plugin',
    title: 'host → plugin',
    work: 'The page calls a plugin with two numbers, and waits for the answer.',
    limit: 'direct export',
    worlds: {
      portcullis: (environment) => portcullis.called(environment, pairs),
      'portcullis, not metered': (environment) => portcullis.called(environment, pairs, trusted),
      'hand-written JS': (environment) => handWritten.called(environment, pairs),
      'direct export, awaited': (environment) => direct.awaited(environment, pairs),
      'direct export': (environment) => direct.called(environment, pairs),
    },
  }),
  row({
    name: 'call-to-host',
    title: 'plugin → host',
    work: 'A plugin calls a function of the page with two numbers, and gets one back.',
    worlds: {
      portcullis: (environment) => portcullis.painters(environment, pairs, 'host'),
      'portcullis, not metered': (environment) => portcullis.painters(environment, pairs, 'host', trusted),
      'hand-written JS': (environment) => handWritten.painters(environment, pairs, 'host'),
      [limit]: (environment) => direct.painters(environment, pairs, 'host'),
    },
  }),
];
