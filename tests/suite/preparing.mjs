// Preparing a large plugin does not hold up the page: it is done in slices, between which anything can happen.

import { equal, ok, refused } from './assert.mjs';
import { emptyModule, joined, leb128, section, withSection } from './bytes.mjs';
import { openNest } from './loader.mjs';

/** The instructions `i32.const 0, drop`. */
const nothing = [0x41, 0, 0x1a];
/** Bytes of a large module, of one of an ordinary size, and of a small one. */
const [LARGE, ORDINARY, SMALL] = [1_000_000, 47_000, 4_000];
/** Fewer slices than this and they would be long. */
const FEW = 8;

const made = new Map();

/** A module of about so many bytes that exports `seven`. */
function moduleOf(size) {
  if (made.has(size)) return made.get(size);
  const body = [0, ...Array(1_000).fill(nothing).flat(), 0x41, 7, 0x0b];
  const entry = Uint8Array.from([...leb128(body.length), ...body]);
  const count = Math.floor(size / entry.length);
  const bytes = joined(
    emptyModule,
    section(1, [1, 0x60, 0, 1, 0x7f]),
    section(3, [...leb128(count), ...Array(count).fill(0)]),
    section(7, [1, 5, ...new TextEncoder().encode('seven'), 0, 0]),
    section(10, joined(leb128(count), ...Array(count).fill(entry))),
  );
  made.set(size, bytes);
  return bytes;
}

/** Another module each time, for what was compiled once is kept. */
let last = 0;
const another = (size = LARGE) => withSection(moduleOf(size), 'number', `${(last += 1)}`);

/**
 * Does something, and counts how often the kernel lets the page have its turn meanwhile; at each turn there is something else to do.
 * What the kernel waits with is in the place of what the engine has.
 */
async function turns(action, atEach = () => {}) {
  const name = typeof setImmediate === 'function' ? 'setImmediate' : 'MessageChannel';
  const whole = globalThis[name];
  let count = 0;
  const turn = () => atEach((count += 1));
  const replacement = {
    setImmediate: (...rest) => {
      turn();
      return whole(...rest);
    },
    MessageChannel: class extends whole {
      constructor() {
        super();
        turn();
      }
    },
  };
  globalThis[name] = replacement[name];
  try {
    const result = await action();
    return { count, result };
  } finally {
    globalThis[name] = whole;
  }
}

export default {
  'the page has its turn between slices of a large plugin, and none is lost on an ordinary one': async ({ kernel }) => {
    const { count, result } = await turns(() => kernel.spawn(another()));
    ok(count >= FEW, `${count} turns`);
    equal(await result.call('seven'), 7);
    const ordinary = await turns(() => kernel.spawn(another(ORDINARY)));
    equal([ordinary.count, await ordinary.result.call('seven')], [0, 7]);
    const described = await turns(() => kernel.describe(another()));
    ok(described.count >= FEW / 4 && described.count < count, `${described.count} turns`);
    equal(described.result.exports.map(({ name }) => name), ['seven']);
    equal((await turns(() => kernel.describe(another(ORDINARY)))).count, 0);
  },

  'what is wrong with a large plugin is found, wherever it is': async ({ kernel }) => {
    const whole = another();
    await refused(() => kernel.compile(whole.subarray(0, LARGE / 2)), 'invalid-module', 'the module is cut short at byte ');
    // An instruction that is not granted, in the last function.
    const unknown = whole.slice();
    unknown[unknown.lastIndexOf(0x1a)] = 0x16;
    const found = await turns(() => refused(() => kernel.compile(unknown), 'refused-module', 'the instruction 0x16'));
    ok(found.count >= 2, `${found.count} turns`);
    await refused(() => kernel.describe(unknown), 'refused-module', 'the instruction 0x16');
  },

  'plugins are prepared side by side, and a small one does not wait for a large one': async ({ kernel }) => {
    const order = [];
    const start = async (name, bytes) => {
      const process = await kernel.spawn(bytes, { name });
      order.push(name);
      return process.call('seven');
    };
    let small;
    const both = () => Promise.all([start('large', another()), start('as large', another())]);
    const { count, result } = await turns(both, (turn) => {
      if (turn === FEW) small = start('small', another(SMALL));
    });
    ok(count >= 2 * FEW, `${count} turns`);
    equal([...result, await small], [7, 7, 7]);
    equal(order[0], 'small');
  },

  'what the application does to its bytes meanwhile changes nothing': async ({ kernel }) => {
    for (const method of ['describe', 'compile']) {
      const bytes = another();
      const before = (await kernel.describe(bytes)).sha256;
      const { result } = await turns(() => kernel[method](bytes), () => bytes.fill(0));
      equal([bytes[0], bytes.at(-1), result.sha256], [0, 0, before], method);
      if (method === 'describe') ok(result.customSection('number').length > 0, 'its section is there');
      else equal(await (await kernel.spawn(result)).call('seven'), 7);
    }
  },

  'a plugin that is refused meanwhile is prepared no further': async ({ kernel }) => {
    const bytes = another();
    const { sha256 } = await kernel.describe(bytes);
    const refuse = (turn) => void (turn === 2 && kernel.quarantine.add(sha256));
    const { count } = await turns(() => refused(() => kernel.spawn(bytes), 'quarantined'), refuse);
    equal(count, 2);
  },

  'when the kernel is closed nothing is left of what was being prepared': async ({ Kernel, kernel }) => {
    const sources = Array.from({ length: 12 }, () => another());
    // Its memory gets the size that takes.
    await kernel.compile(another());
    let open = kernel;
    const [before, { names }] = [open.usage().memory.used, open.usage()];
    for (const [index, bytes] of sources.entries()) {
      const method = index % 4 === 3 ? 'describe' : 'compile';
      const close = (turn) => void (turn === 2 && open.close());
      const { count } = await turns(() => refused(() => open[method](bytes), 'closed', 'the kernel was closed'), close);
      equal(count, 2, 'it goes on no more');
      open = await Kernel.start();
    }
    try {
      const { memory, names: now } = open.usage();
      ok(memory.used - before < 3 * LARGE, `the kernel's memory was ${before} bytes, and is ${memory.used}`);
      ok(now.used <= names.used, 'no names are held');
    } finally {
      open.close();
    }
  },

  'in the middle of a call a plugin is prepared at once, however large': async (context) => {
    const { nest } = await openNest(context);
    const { count } = await turns(async () => equal(await nest.load(another(), 'large', '', 1), 0));
    equal(count, 0);
  },
};
