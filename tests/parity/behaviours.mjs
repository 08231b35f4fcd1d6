// What guests are made to do: the same for every language.

import { equal, ok, refused, returnsError } from '../suite/assert.mjs';
import { Counter, Thing, counterSignatures, start } from './interface.mjs';

/** Values of every type, as they go in and come back: the least, the greatest, and some between. */
const scalarRows = [
  [true, -128, 255, -32_768, 65_535, -2_147_483_648, 4_294_967_295, -(2n ** 63n), 2n ** 64n - 1n, -0, Number.MAX_VALUE, '🦀'],
  [false, 127, 0, 32_767, 0, 2_147_483_647, 0, 2n ** 63n - 1n, 0n, 1.5, -Number.MIN_VALUE, '\0'],
  [true, -1, 128, -1, 32_768, -1, 2_147_483_648, -1n, 2n ** 63n, Infinity, NaN, '\ue000'],
];

const behaviours = {
  async 'scalars of every type'(context) {
    const { guest } = await start(context);
    for (const row of scalarRows) equal(await guest.scalars(...row), row);
  },

  async strings(context) {
    const { guest } = await start(context);
    const long = 'long '.repeat(4_000);
    for (const name of ['Ada', '', 'Grüße, 世界 🦀', 'a\0b', long]) equal(await guest.greet(name), `Hello, ${name}!`);
  },

  async lists(context) {
    const { guest } = await start(context);
    for (const values of [[], [7], [1, 2, 65_535], Array.from({ length: 10_001 }, (_, index) => index)]) {
      equal(await guest.reverse(Uint16Array.from(values)), Uint16Array.from(values.toReversed()));
    }
    equal(await guest.sum(Float64Array.of(0.1, 0.2, -1e300, 1e300, 0.3)), 0.1 + 0.2 + -1e300 + 1e300 + 0.3);
    equal(await guest.sum(new Float64Array()), 0);
  },

  async 'own: references that move'(context) {
    const { guest, cells } = await start(context);
    const cell = await cells.create(41);
    equal(cell.class, 'parity/cell@1.cell');
    equal(await cells.consume(cell), 41);
    ok(!cell.alive, 'the cell has moved, and is gone');
    const [first, second] = [new Thing(1), new Thing(2)];
    equal(await guest.give(), undefined, 'what it gives before it has got anything');
    await guest.keep(first);
    await guest.keep(second);
    ok((await guest.give()) === second, 'the thing that comes back is the one that it was given last');
    equal(await guest.give(), undefined, 'what it gives when it has given all');
  },

  async 'borrow: references for a call'(context) {
    const { guest, cells } = await start(context);
    const cell = await cells.create(1);
    equal(await cells.add(cell, 2), 3);
    equal(await cells.add(cell, 0xffff_ffff), 2);
    equal(await guest.look(new Thing(99)), 100);
    equal(context.kernel.inspect().processes.at(-1).capabilities.length, 0, 'what it holds when the call is over');
    cell.release();
  },

  async 'revoke: the end for everybody'(context) {
    const { cells } = await start(context);
    const cell = await cells.create(5);
    const other = cell.retain();
    await cells.revoke(cell);
    await refused(() => cells.add(other, 1), 'revoked');
    ok(!other.alive, 'nobody has it any more');
    other.release();
  },

  async 'errors of functions and of the kernel'(context) {
    const { guest, host } = await start(context);
    equal(await guest.divide(-7, 2), -3);
    await returnsError(() => guest.divide(1, 0), 256);
    equal(await guest.lastError(), 20, 'the code of a function that failed');
    equal(await guest.lastError(), 20, 'again');
    equal(host.failures, 2);
    equal(context.failures().length, 2, 'what the application was told');
    equal(await guest.greet('still there'), 'Hello, still there!');
  },

  async destructors(context) {
    const { cells } = await start(context);
    const kept = await cells.create(1);
    for (let turn = 1; turn <= 3; turn++) {
      (await cells.create(turn)).release();
      equal(await cells.destroyed(), turn);
    }
    const again = kept.retain();
    kept.release();
    equal(await cells.destroyed(), 3, 'with a reference left');
    again.release();
    equal(await cells.destroyed(), 4);
  },

  async 'messages that it receives'(context) {
    const { guest } = await start(context);
    for (const [bytes, count] of [[[], 0], [[1, 2, 255], 0], [[9], 1], [Array.from({ length: 256 }, (_, index) => index), 4]]) {
      const things = Array.from({ length: count }, (_, index) => new Thing(index));
      const capabilities = things.map((thing) => context.kernel.handle('parity/host@1.thing', thing));
      const message = { data: Uint8Array.from(bytes), capabilities, reply: bytes.length, replyCapabilities: count };
      equal(await guest.receive(message, 1_000, 10), 1_010 + bytes.length);
      equal(message.answer.data, Uint8Array.from(bytes, (byte) => byte + 1));
      equal(message.answer.capabilities.length, count);
      message.answer.capabilities.forEach((thing, index) => ok(thing === things[index], `capability ${index} is the one that was sent`));
    }
  },

  async 'messages that it sends'(context) {
    const { guest, cells, host } = await start(context);
    equal(await guest.send(Uint8Array.of(1, 2, 3)), 5 + 6 + 1_000);
    equal(await guest.send(new Uint8Array()), 5 + 1_000);
    equal(host.answered, [{ data: [1, 2, 3], capabilities: 1 }, { data: [], capabilities: 1 }]);
    equal(await cells.destroyed(), 2, 'how many of the cells that it sent are over');
  },

  async 'leases of others'(context) {
    const { guest } = await start(context);
    for (const size of [0, 1, 256]) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => index);
      const lease = context.kernel.lease(bytes, 'both');
      equal(await guest.invert(lease), size);
      equal(bytes, Uint8Array.from({ length: size }, (_, index) => 255 - index));
      equal(lease.written, size);
      lease.release();
    }
  },

  async 'leases on its own memory'(context) {
    const { guest } = await start(context);
    const untouched = (256 * 255) / 2;
    equal(await guest.lend(0), untouched);
    // Byte i becomes 255 - i in the first half of what is lent.
    const gain = (written) => Array.from({ length: written }, (_, index) => 255 - 2 * index).reduce((sum, each) => sum + each, 0);
    for (const size of [2, 100, 256]) equal(await guest.lend(size), untouched + gain(size / 2) + 100_000 * (size / 2));
  },

  async 'methods of objects, whoever serves them'(context) {
    const { guest } = await start(context);
    const { kernel } = context;
    kernel.provide('parity/counter@1', counterSignatures, {
      count(counter, by) {
        counter.total += by;
        return counter.total;
      },
    });
    const counter = new Counter();
    equal(await guest.count(counter, 3), 3);
    equal(await guest.count(counter, 4), 7);
    const server = await kernel.spawn(context.server, { name: 'server' });
    const created = await server.call('parity/counter@1#create', [10]);
    equal(await guest.count(created, 5), 15, 'what the other plugin counts');
    created.release();
    equal(counter.total, 7);
  },

  async callbacks(context) {
    const { guest, cells, host } = await start(context);
    await guest.register();
    const cell = host.callback;
    equal(cell.class, 'parity/cell@1.cell');
    equal(await cell.call('add', [1]), 101);
    equal(await cell.call('add', [2]), 103);
    cell.release();
    equal(await cells.destroyed(), 1);
  },

  async traps(context) {
    for (const [name, values, words] of [['trap', [], undefined], ['panic', ['out of cheese'], 'out of cheese']]) {
      const { process, guest, cells } = await start(context, name);
      const cell = await cells.create(1);
      await refused(() => guest[name](...values), 'trapped', name, ...(words === undefined ? [] : [words]));
      ok(!process.alive && !cell.alive, 'it is dead, and so is what it had minted');
      await refused(() => guest.greet('nobody'), 'dead');
      cell.release();
    }
  },
};

export default behaviours;
