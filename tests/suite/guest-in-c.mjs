// The samples and test plugins in C: guest-sdk/c/samples, tests/guests/c.

import { equal, ok, refused, returnsError } from './assert.mjs';
import { inspected } from './processes.mjs';

/** A process of a plugin in C. */
const spawn = async ({ kernel, plugin }, name, imports = {}) => kernel.spawn(await plugin(`c/${name}`), { name, imports });

/** The errors of the samples' interfaces begin here. */
const first = 256;

const [black, white, red] = [
  [0, 0, 0, 255],
  [255, 255, 255, 255],
  [255, 0, 0, 255],
];

/** What a picture has to be, pixel by pixel. */
const picture = (width, height, colorAt) => {
  const rows = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => colorAt(x, y)));
  return Uint8Array.from(rows.flat(2));
};

/** Both ways in which the samples have a canvas. */
const ways = ['signatures', 'messages'];

/** A plugin that has canvases, and one that draws on them. */
async function drawingBy(context, way) {
  const interfaceName = { signatures: 'demo/canvas@1', messages: 'demo/canvas-by-messages@1' }[way];
  const server = await spawn(context, `canvas-by-${way}`);
  const client = await spawn(context, `drawing-by-${way}`, { [interfaceName]: server });
  const canvases = server.interface(interfaceName);
  return { server, client, draw: client.interface('demo/drawing@1'), count: () => canvases.count() };
}

const canvasCases = {
  async 'a chessboard is drawn'(context, way) {
    const { draw, count } = await drawingBy(context, way);
    for (const [squares, side] of [[1, 1], [3, 2], [8, 5], [2, 300]]) {
      const board = picture(squares * side, squares * side, (x, y) => ((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? white : black));
      equal(await draw.chessboard(squares, side), board, `a board of ${squares} squares a side`);
    }
    equal(await count(), 0, 'the canvases that are left');
  },

  async 'a canvas is drawn on another one, as far as it lies there'(context, way) {
    const { draw, count } = await drawingBy(context, way);
    for (const [width, height, x, y] of [[4, 3, 1, 1], [4, 3, -2, -1], [5, 5, 5, 0], [5, 5, -5, 2], [3, 3, 0, 0], [2, 2, 2 ** 31 - 1, -(2 ** 31)]]) {
      const inside = (column, row) => column >= x && column < x + width && row >= y && row < y + height;
      const drawn = picture(width, height, (column, row) => (inside(column, row) ? red : black));
      equal(await draw.shadow(width, height, x, y), drawn, `drawn at ${x}, ${y}`);
    }
    equal(await count(), 0, 'the canvases that are left');
  },

  async 'a canvas without pixels is one'(context, way) {
    const { draw } = await drawingBy(context, way);
    equal(await draw.chessboard(0, 10), new Uint8Array(), 'no square');
    equal(await draw.shadow(0, 5, 0, 0), new Uint8Array(), 'no column');
  },

  async 'an error of the server reaches who draws'(context, way) {
    const { draw, count } = await drawingBy(context, way);
    await returnsError(() => draw.chessboard(4_097, 1), first);
    await returnsError(() => draw.shadow(1, 4_097, 0, 0), first);
    equal(await draw.chessboard(1, 1), Uint8Array.from(white), 'what is drawn afterwards');
    equal(await count(), 0, 'the canvases that are left');
  },

  async 'a handle that names no canvas is an error of its own'(context, way) {
    const { draw, count, client, server } = await drawingBy(context, way);
    equal(await draw.tooLate(), 1, 'one that was given back');
    equal(await draw.nothingToDraw(), 1, 'none');
    for (const number of [0, 1, 77, 2 ** 31, 2 ** 32 - 1]) equal(await draw.setSize(number, 1, 1), 1, `the number ${number}`);
    equal(await count(), 0, 'the canvases that are left');
    equal([client, server].map((process) => inspected(context.kernel, process).capabilities.length), [0, 0], 'the handles that are left');
  },

  async 'when the server has ended, nothing can be drawn'(context, way) {
    const { draw, server } = await drawingBy(context, way);
    server.kill();
    await returnsError(() => draw.chessboard(2, 2), 16);
  },
};

/** The same cases for every way. */
const canvasesBothWays = Object.fromEntries(
  Object.entries(canvasCases).flatMap(([name, run]) => ways.map((way) => [`${name}, by ${way}`, (context) => run(context, way)])),
);

/** A log that notes the lines, and the grant of it. */
function logOf({ kernel }) {
  const lines = [];
  return { lines, log: kernel.provide('test/log@1', 'write: func(line: string)', { write: (line) => lines.push(line) }) };
}

export default {
  ...canvasesBothWays,

  async 'a function of numbers is called by its name'(context) {
    const process = await spawn(context, 'pythagorus');
    equal(await process.call('pythagorus', [3, 4]), 5);
    equal(await process.call('pythagorus', [-5, 12]), 13);
    equal(await process.call('pythagorus', [0, NaN]), NaN);
  },

  async 'vectors live in their plugin as long as somebody holds them'(context) {
    const process = await spawn(context, 'vec');
    const vec = process.interface('demo/vec@1');
    const [x, y] = [await vec.alloc(4), await vec.alloc(3)];
    equal(await vec.set(x, 0, Float64Array.of(1, 2, 3, 4)), 0);
    equal(await vec.set(y, 1, Float64Array.of(4, 5)), 0);
    equal(await vec.distance(3, x, y), Math.sqrt(1 + 4 + 4), 'over three elements');
    equal(await vec.distance(0, x, y), 0, 'over none');
    equal(await vec.distance(3, x, x), 0, 'of a vector from itself');
    await returnsError(() => vec.distance(4, x, y), first);
    equal(await vec.set(y, 2, Float64Array.of(1, 2)), first, 'more than there is room for');
    equal(await vec.set(y, 4, new Float64Array()), first, 'from beyond the end');
    equal(await vec.set(y, 3, new Float64Array()), 0, 'nothing at the end');
    await returnsError(() => vec.alloc(2 ** 32 - 1), 16);
    await returnsError(() => vec.alloc(2 ** 27), 16);
    x.release();
    y.release();
    equal(inspected(context.kernel, process).objects, 0, 'the vectors that are left');
  },

  async 'vectors that were given back leave their memory for the next'(context) {
    const process = await spawn(context, 'vec');
    const vec = process.interface('demo/vec@1');
    // Together they would be eight times as much as a process may have.
    for (let turn = 0; turn < 512; turn++) (await vec.alloc(2 ** 17)).release();
    ok(process.usage().memory.used < 4 << 20, 'it has little memory');
  },

  async 'a message that does not hold what a function needs changes nothing'(context) {
    const server = await spawn(context, 'canvas-by-messages');
    const canvases = server.interface('demo/canvas-by-messages@1');
    const made = { replyCapabilities: 1 };
    equal(await canvases.new(made, 0, 0), 0);
    const [canvas] = made.answer.capabilities;
    const stranger = await (await spawn(context, 'vec')).interface('demo/vec@1').alloc(1);
    const [wrongClass, badMessage] = [3, first + 1];
    for (const [name, handles, bytes, expected, what] of [
      ['setSize', [], 0, badMessage, 'no canvas'],
      ['setSize', [canvas], 1, badMessage, 'a byte more'],
      ['setSize', [canvas, canvas], 0, badMessage, 'two canvases'],
      ['draw', [canvas, canvas], 7, badMessage, 'a byte too few'],
      ['setSize', [stranger], 0, wrongClass, 'somebody else\'s object'],
    ]) {
      const capabilities = handles.map((handle) => handle.retain());
      equal(await canvases[name]({ data: new Uint8Array(bytes), capabilities }, 2, 2), expected, what);
      // What nobody took came back.
      const back = capabilities.filter((handle) => handle.alive);
      equal(back.length, expected === badMessage ? handles.length : 0, `what came back of ${what}`);
      for (const handle of back) handle.release();
    }
    equal(await canvases.new({}, 0, 0), 14, 'no room for the canvas');
    const size = { capabilities: [canvas.retain()], reply: 8 };
    equal(await canvases.size(size, 0, 0), 0);
    equal(size.answer.data, new Uint8Array(8), 'the size, as before');
    equal(await canvases.count(), 1, 'the canvases that are left');
    canvas.release();
    stranger.release();
    equal(await canvases.count(), 0);
    equal(inspected(context.kernel, server).capabilities, [], 'the handles that are left');
  },

  async 'what a plugin is lent it changes in place'(context) {
    const { kernel } = context;
    const source = kernel.provide('demo/source@1', 'fill: func(room: borrow<portcullis/kernel@1.lease>) -> error', { fill: () => 0 });
    const process = await spawn(context, 'buffer', { 'demo/source@1': source });
    for (const size of [0, 1, 4_096, 4_097, 100_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => index * 7);
      const inverted = bytes.map((byte) => 255 - byte);
      const lease = kernel.lease(bytes, 'both');
      equal(await process.call('demo/buffer@1#invert', [lease]), 0);
      equal(bytes, inverted, `${size} bytes`);
      equal(lease.written, size, 'how much was written');
      lease.release();
    }
    const lease = kernel.lease(new Uint8Array(10), 'read');
    equal(await process.call('demo/buffer@1#invert', [lease]), 5, 'what may not be written');
    equal(lease.written, 0);
    lease.release();
  },

  async 'what a plugin lends it knows to be written without being told'(context) {
    const { kernel } = context;
    let kept;
    const fill = (room) => {
      kept = room;
      const size = room.length;
      if (size > 2) room.write(1, Uint8Array.of(7, 8));
      return size === 5 ? 300 : 0;
    };
    const source = kernel.provide('demo/source@1', 'fill: func(room: borrow<portcullis/kernel@1.lease>) -> error', { fill });
    const process = await spawn(context, 'buffer', { 'demo/source@1': source });
    const { collect } = process.interface('demo/buffer@1');
    equal(await collect(10), Uint8Array.of(0, 7, 8));
    equal(await collect(2), new Uint8Array(), 'when nothing was written');
    equal(await collect(0), new Uint8Array(), 'when there is no room');
    await returnsError(() => collect(5), 300);
    await refused(() => kept.write(0, Uint8Array.of(1)), 'bad-handle');
    equal(inspected(kernel, process).capabilities, [], 'the handles that are left');
  },

  async 'memory is aligned, nobody else\'s, and used again'(context) {
    const process = await spawn(context, 'memory');
    const memory = process.interface('test/memory@1');
    const seed = (Math.floor(Math.random() * (2 ** 32 - 1)) + 1) >>> 0 || 1;
    try {
      await memory.exercise(seed, 200_000);
      const pages = await memory.pages();
      await memory.exercise(seed, 200_000);
      equal(await memory.pages(), pages, 'pages, when the same was done again');
    } catch (error) {
      error.message += ` (seed ${seed})`;
      throw error;
    }
    ok(await memory.take(1 << 20), 'a MiB');
    const pages = await memory.pages();
    for (let turn = 0; turn < 20; turn++) ok(await memory.take(1 << 20), 'the same MiB');
    equal(await memory.pages(), pages, 'pages');
    for (const bytes of [2 ** 32 - 1, 2 ** 32 - 16, 2 ** 32 - 32, 2 ** 31, 65 << 20]) equal(await memory.take(bytes), false, `${bytes} bytes`);
    equal(await memory.take(0), true);
  },

  async 'what arrives is given back, also when it is empty'(context) {
    const process = await spawn(context, 'memory');
    const memory = process.interface('test/memory@1');
    for (let turn = 0; turn < 200; turn++) {
      equal(await memory.length('x'.repeat(100_000)), 100_000);
      equal(await memory.length(''), 0);
    }
    ok((await memory.pages()) < 16, 'it has little memory');
  },

  async 'constructors run once'(context) {
    const process = await spawn(context, 'constructors');
    for (let turn = 0; turn < 3; turn++) equal(await process.call('test/constructors@1#runs'), 1);
  },

  async 'a plugin needs no more of the header than it uses'(context) {
    const process = await spawn(context, 'smallest');
    equal(await process.call('demo/sum@1#add', [2 ** 31 - 1, 1]), -(2 ** 31));
    equal((await context.plugin('c/smallest')).length < 512, true, 'its size');
  },

  async 'records of several object files are put together'(context) {
    const { lines, log } = logOf(context);
    const process = await spawn(context, 'agreeing-records', { 'test/log@1': log });
    await process.call('test/records@1#here');
    await process.call('test/records@1#there');
    equal(lines, ['here', 'there']);
  },

  async 'records of two object files that contradict each other are refused'(context) {
    const { log } = logOf(context);
    const imports = { 'test/log@1': log };
    await refused(() => spawn(context, 'contradictory-signatures', imports), 'bad-metadata', 'line 4', '`test/log@1` `write` was declared before, differently: as `func(line: string)`');
    await refused(() => spawn(context, 'contradictory-classes', imports), 'bad-metadata', 'class number 1 is that of `test/records@1.thing`');
  },

  async 'a plugin without the section can import and export numbers'(context) {
    const numbers = context.kernel.provide('test/numbers@1', 'twice: func(value: s32) -> s32', { twice: (value) => value * 2 });
    const process = await spawn(context, 'without-section', { 'test/numbers@1': numbers });
    equal(await process.call('test/plain@1#twice-and-one', [20]), 41);
  },

  async 'a plugin without the section that imports more than numbers is told which record it lacks'(context) {
    const { lines, log } = logOf(context);
    const numbers = context.kernel.provide('test/numbers@1', 'twice: func(value: s32) -> s32', { twice: (value) => value * 2 });
    const imports = { 'test/numbers@1': numbers, 'test/log@1': log };
    await refused(() => spawn(context, 'without-section-text', imports), 'signature-mismatch', '`test/log@1#write` is imported as `func(s32, s32)`, but its provider has `func(string)`; the plugin has no signature record for it');
    // The application can give what the plugin lacks.
    const signatures = 'import test/log@1 write: func(line: string)';
    const process = await context.kernel.spawn(await context.plugin('c/without-section-text'), { imports, signatures });
    equal(await process.call('test/plain@1#twice-and-one', [20]), 41);
    equal(lines, ['doubled']);
  },
};
