// Leases: windows on somebody's memory, of plugins and of the application.

import { equal, ok, refused } from './assert.mjs';
import { inspected } from './processes.mjs';

/** What leaser.wat can do with a number, in its order. */
const functions = ['create', 'narrow', 'read', 'write', 'len', 'written', 'same', 'derive', 'revoke', 'release', 'retain', 'rights', 'class', 'badge', 'mint'];
const [CALL, GRANT, DERIVE, READ, WRITE] = [1, 2, 4, 8, 16];
const ALL = 31;
const PAGE = 65_536;
/** Passes a borrowed lease on. */
const LEND_ON = 99;

/** A process of leaser.wat that lends to `peer`, or to the host's functions. */
async function spawn({ kernel, plugin, errorCodes }, peer, options = {}) {
  const process = await kernel.spawn(await plugin('leaser'), { name: 'leaser', imports: { 'test/peer@1': peer }, ...options });
  const leaser = process.interface('test/leaser@1');
  const name = (code) => errorCodes.find(({ number }) => number === code).name;
  const named = async (code, functionName) =>
    code !== 0 ? name(code) : ['read', 'write', 'revoke', 'release', 'retain'].includes(functionName) ? 'done' : leaser.value();
  return {
    process,
    leaser,
    /** The name of the error that came of it, `done`, or the value. */
    use: async (what, cap, a = 0, b = 0, c = 0) => named(await leaser.use(functions.indexOf(what), cap, a, b, c), what),
    lend: async (cap, what, offset = 0, address = 0, size = 0) => {
      const code = await leaser.lend(cap, typeof what === 'number' ? what : functions.indexOf(what), offset, address, size);
      return code === 0 ? 'done' : name(code);
    },
    bytes: async (address, size) => Promise.all(Array.from({ length: size }, (_, place) => leaser.peek(address + place))),
    fill: async (address, ...bytes) => {
      for (const [place, byte] of bytes.entries()) await leaser.poke(address + place, byte);
    },
  };
}

const nobody = (kernel) =>
  kernel.provide('test/peer@1', 'use-borrowed: func(lease: borrow<portcullis/kernel@1.lease>, what: u32, offset: u32, address: u32, size: u32) -> u32\ntake-lease: func(lease: own<portcullis/kernel@1.lease>) -> u32', {
    useBorrowed: () => 0,
    takeLease: () => 0,
  });

/** A borrower, and a lender that is bound to it. */
async function both(context, options) {
  const borrower = await spawn(context, nobody(context.kernel));
  const lender = await spawn(context, borrower.process, options);
  return { borrower, lender };
}

/** An interface of the host that is handed leases. */
const peer = (kernel, methods) =>
  kernel.provide(
    'test/peer@1',
    'use-borrowed: func(lease: borrow<portcullis/kernel@1.lease>, what: u32, offset: u32, address: u32, size: u32) -> u32\ntake-lease: func(lease: own<portcullis/kernel@1.lease>) -> u32',
    { useBorrowed: () => 0, takeLease: () => 0, ...methods },
  );

export default {
  'what a plugin lends, another one reads and writes': async (context) => {
    const { borrower, lender } = await both(context);
    await lender.fill(100, 1, 2, 3, 4);
    const lease = await lender.use('create', 100, 4, CALL | READ | WRITE);
    equal(await lender.use('len', lease), 4);
    equal(await lender.lend(lease, 'read', 1, 200, 3), 'done');
    equal(await borrower.bytes(199, 5), [0, 2, 3, 4, 0]);
    await borrower.fill(300, 9, 8);
    equal(await lender.lend(lease, 'write', 2, 300, 2), 'done');
    equal(await lender.bytes(99, 6), [0, 1, 2, 9, 8, 0]);
    equal(await lender.use('written', lease), 4);
    equal(inspected(context.kernel, borrower.process).capabilities, [], 'the borrow is over');
  },

  'a lease for reading cannot be written, and one for writing cannot be read': async (context) => {
    const { borrower, lender } = await both(context);
    const read = await lender.use('create', 100, 4, CALL | READ);
    const write = await lender.use('create', 100, 4, CALL | WRITE);
    equal(await lender.lend(read, 'write', 0, 300, 1), 'denied');
    equal(await lender.lend(write, 'read', 0, 300, 1), 'denied');
    equal(await lender.lend(read, 'read', 0, 300, 4), 'done');
    equal(await lender.lend(write, 'write', 0, 300, 4), 'done');
    equal(await lender.use('create', 100, 4, CALL | GRANT | DERIVE), 'denied', 'for neither');
    equal(await lender.use('create', 100, 4, 32 | READ), 'denied', 'a right that there is not');
    equal(await lender.use('written', read), 0);
    equal(await lender.use('written', write), 4);
    // Its own slot has no more than was asked for either.
    equal(await lender.use('write', read, 0, 300, 1), 'denied');
    equal(await borrower.bytes(300, 4), [0, 0, 0, 0]);
  },

  'ranges are exact': async (context) => {
    const { lender } = await both(context);
    for (const [address, size, expected] of [
      [0, PAGE, 'number'],
      [PAGE, 0, 'number'],
      [PAGE - 1, 1, 'number'],
      [PAGE - 1, 2, 'bad-pointer'],
      [PAGE + 1, 0, 'bad-pointer'],
      [0xffff_ffff, 1, 'bad-pointer'],
      [1, 0xffff_ffff, 'bad-pointer'],
      [0x8000_0000, 0x8000_0000, 'bad-pointer'],
    ]) {
      const lease = await lender.use('create', address, size, READ);
      equal(typeof lease === 'number' ? 'number' : lease, expected, `${size} bytes at ${address}`);
    }
    const lease = await lender.use('create', 100, 10, CALL | READ | WRITE);
    for (const [offset, address, size, expected] of [
      [0, 200, 10, 'done'],
      [10, 200, 0, 'done'],
      [10, PAGE, 0, 'done'],
      [9, PAGE - 1, 1, 'done'],
      [9, 200, 2, 'out-of-range'],
      [11, 200, 0, 'out-of-range'],
      [0xffff_ffff, 200, 1, 'out-of-range'],
      [1, 200, 0xffff_0000, 'bad-pointer'],
      [0, PAGE - 9, 10, 'bad-pointer'],
      [0, PAGE + 1, 0, 'bad-pointer'],
      [0, 0xffff_ffff, 10, 'bad-pointer'],
    ]) {
      for (const what of ['read', 'write']) {
        equal(await lender.use(what, lease, offset, address, size), expected, `${what} ${size} bytes, lease ${offset}, memory ${address}`);
        equal(await lender.lend(lease, what, offset, address, size), expected, `lent: ${what} ${size} bytes`);
      }
    }
  },

  'a lease of a lease has a part of it and some of its rights, and ends with it': async (context) => {
    const { lender } = await both(context);
    const whole = await lender.use('create', 100, 100, ALL);
    const part = await lender.use('narrow', whole, 10, 20, CALL | DERIVE | WRITE);
    const inner = await lender.use('narrow', part, 5, 15, CALL | WRITE);
    equal([await lender.use('len', whole), await lender.use('len', part), await lender.use('len', inner)], [100, 20, 15]);
    equal(await lender.use('narrow', inner, 0, 1, WRITE), 'denied', 'without the right to derive');
    equal(await lender.use('narrow', part, 0, 1, READ), 'denied', 'a right that it lost');
    equal(await lender.use('narrow', part, 1, 20, WRITE), 'out-of-range');
    equal(await lender.use('narrow', part, 21, 0, WRITE), 'out-of-range');
    equal(await lender.use('narrow', part, 20, 0, CALL), 'denied', 'neither to read nor to write');
    equal(await lender.use('read', inner, 0, 500, 1), 'denied');
    await lender.fill(500, 7, 7);
    equal(await lender.use('write', inner, 13, 500, 2), 'done');
    equal(await lender.bytes(127, 4), [0, 7, 7, 0]);
    const written = async () => [await lender.use('written', whole), await lender.use('written', part), await lender.use('written', inner)];
    equal(await written(), [30, 20, 15]);
    equal(await lender.use('write', whole, 2, 500, 1), 'done');
    equal(await written(), [30, 20, 15], 'less than before');
    equal(await lender.use('write', whole, 99, 500, 1), 'done');
    equal(await written(), [100, 20, 15], 'not through those');
    equal(await lender.use('revoke', part), 'done');
    equal([await lender.use('len', part), await lender.use('len', inner)], ['revoked', 'revoked']);
    equal(await lender.use('len', whole), 100);
    for (const cap of [whole, part, inner]) equal(await lender.use('release', cap), 'done');
    equal(inspected(context.kernel, lender.process).objects, 0);
  },

  'what is derived is the whole lease with fewer rights': async (context) => {
    const { lender } = await both(context);
    const lease = await lender.use('create', 100, 8, ALL);
    const derived = await lender.use('derive', lease, CALL | READ);
    equal([await lender.use('len', derived), await lender.use('rights', derived)], [8, CALL | READ]);
    equal(await lender.use('derive', lease, CALL), 'denied', 'neither to read nor to write');
    equal(await lender.use('write', derived, 0, 0, 1), 'denied');
    equal([await lender.use('same', derived, lease), await lender.use('same', lease, lease)], [1, 1]);
    const other = await lender.use('create', 100, 8, ALL);
    equal([await lender.use('same', other, lease), await lender.use('same', 0, 0), await lender.use('same', lease, 9_999)], [0, 0, 0]);
    equal(await lender.use('revoke', derived), 'done');
    equal([await lender.use('same', derived, derived), await lender.use('len', lease)], [0, 8]);
  },

  'leases are at most 16 deep, and what is written through the last one is told by all': async (context) => {
    const { lender } = await both(context);
    const leases = [await lender.use('create', 1_000, 100, ALL)];
    while (leases.length < 16) leases.push(await lender.use('narrow', leases.at(-1), 1, 100 - leases.length, ALL));
    equal(await lender.use('narrow', leases.at(-1), 0, 1, ALL), 'depth');
    equal(await lender.use('derive', leases.at(-1), ALL), 'depth');
    equal(await lender.use('write', leases.at(-1), 4, 500, 1), 'done');
    for (const [depth, lease] of leases.entries()) equal(await lender.use('written', lease), 5 + 15 - depth);
    equal(await lender.use('release', leases[0]), 'done');
    equal(await lender.use('len', leases.at(-1)), 85, 'what was made of it keeps it alive');
    for (const lease of leases.slice(1)) equal(await lender.use('release', lease), 'done');
    equal(inspected(context.kernel, lender.process).objects, 0);
  },

  'only who made a lease is told how much was written': async (context) => {
    const { borrower, lender } = await both(context);
    const lease = await lender.use('create', 100, 8, ALL);
    equal(await lender.lend(lease, 'written'), 'not-owner');
    const kept = await lender.use('retain', lease).then(() => lender.leaser.give(lease)).then(() => lender.leaser.value());
    equal(await borrower.use('written', kept), 'not-owner');
    equal(await borrower.use('revoke', kept), 'denied');
    const narrowed = await borrower.use('narrow', kept, 2, 4, WRITE);
    equal(await borrower.use('write', narrowed, 0, 0, 3), 'done');
    equal([await borrower.use('written', narrowed), await lender.use('written', lease)], [3, 5]);
    equal(await lender.use('revoke', lease), 'done');
    for (const cap of [kept, narrowed]) equal([await borrower.use('len', cap), await borrower.use('read', cap, 0, 0, 0)], ['revoked', 'revoked']);
  },

  'a borrow of a lease is lent on with its rights, and cannot be kept': async (context) => {
    const third = await spawn(context, nobody(context.kernel));
    const second = await spawn(context, third.process);
    const first = await spawn(context, second.process);
    await first.fill(100, 5, 6);
    const lease = await first.use('create', 100, 2, ALL);
    equal(await first.lend(lease, LEND_ON, 0, 400, 2), 'done');
    equal(await third.bytes(400, 2), [5, 6]);
    const write = await first.use('derive', lease, CALL | WRITE);
    equal(await first.lend(write, LEND_ON, 0, 400, 2), 'denied');
    for (const what of ['retain', 'revoke', 'release']) equal(await first.lend(lease, what), 'borrowed', what);
    equal(await first.lend(lease, 'derive', READ), 'borrowed');
    equal(await first.lend(lease, 'narrow', 0, 1, READ), 'borrowed');
    for (const { process } of [second, third]) equal(inspected(context.kernel, process).capabilities, []);
  },

  'a lease ends with its lender': async (context) => {
    const { borrower, lender } = await both(context);
    const lease = await lender.use('create', 100, 8, ALL);
    await lender.leaser.give(lease);
    const kept = await lender.leaser.value();
    const narrowed = await borrower.use('narrow', kept, 0, 4, READ);
    equal(await borrower.use('read', kept, 0, 0, 8), 'done');
    lender.process.kill();
    for (const cap of [kept, narrowed]) {
      equal(await borrower.use('read', cap, 0, 0, 1), 'revoked');
      equal(await borrower.use('len', cap), 'revoked');
      equal(await borrower.use('release', cap), 'done');
    }
    equal(inspected(context.kernel, borrower.process).capabilities, []);
  },

  'who lends to itself copies ranges that overlap as they were': async (context) => {
    const { lender } = await both(context);
    const lease = await lender.use('create', 100, 10, READ | WRITE);
    await lender.fill(100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    equal(await lender.use('read', lease, 0, 102, 8), 'done');
    equal(await lender.bytes(100, 10), [1, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
    equal(await lender.use('read', lease, 2, 100, 8), 'done');
    equal(await lender.bytes(100, 10), [1, 2, 3, 4, 5, 6, 7, 8, 7, 8]);
    equal(await lender.use('write', lease, 1, 100, 9), 'done');
    equal(await lender.bytes(100, 10), [1, 1, 2, 3, 4, 5, 6, 7, 8, 7]);
  },

  'a memory that grows is the same memory': async (context) => {
    const { borrower, lender } = await both(context);
    const lease = await lender.use('create', 100, 4, ALL);
    equal(await lender.lend(lease, 'read', 0, 200, 4), 'done');
    for (const { leaser } of [borrower, lender]) equal(await leaser.grow(), 1);
    await lender.fill(100, 1, 2, 3, 4);
    equal(await lender.lend(lease, 'read', 0, PAGE, 4), 'done');
    equal(await borrower.bytes(PAGE, 4), [1, 2, 3, 4]);
    equal(typeof (await lender.use('create', PAGE, PAGE, READ)), 'number', 'there is more to lend');
  },

  'the application lends what it has, and is told what was written': async (context) => {
    const { kernel } = context;
    const { lender: plugin } = await both(context);
    const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).subarray(2);
    const lease = kernel.lease(bytes, 'both');
    ok(lease instanceof context.Handle, 'a lease is a handle');
    equal([lease.class, lease.length, lease.written, lease.alive], ['portcullis/kernel@1.lease', 6, 0, true]);
    const peers = plugin.process.interface('test/peer@1');
    equal(await peers.useBorrowed(lease, 2, 1, 100, 3), 0);
    equal(await plugin.bytes(100, 3), [3, 4, 5]);
    equal(await peers.useBorrowed(lease, 3, 4, 100, 2), 0);
    equal([...bytes], [2, 3, 4, 5, 3, 4]);
    equal(lease.written, 6);
    const held = await peers.takeLease(lease.retain());
    equal(await plugin.use('read', held, 0, 200, 6), 'done');
    lease.revoke();
    equal([await plugin.use('read', held, 0, 200, 6), lease.alive], ['revoked', false]);
    await refused(() => lease.length, 'revoked');
    await refused(() => lease.call('length'), 'no-method');
    lease.release();
    for (const [access, what, expected] of [['read', 3, 'denied'], ['write', 2, 'denied'], ['read', 2, 'done'], ['write', 3, 'done']]) {
      const one = kernel.lease(bytes, access);
      const code = await peers.useBorrowed(one, what, 0, 100, 1);
      equal(code === 0 ? 'done' : context.errorCodes.find(({ number }) => number === code).name, expected, `${what} with ${access}`);
      one.release();
    }
    await refused(() => kernel.lease(bytes, 'all'), 'bad-argument');
    await refused(() => kernel.lease([1, 2], 'read'), 'bad-argument');
    equal(await plugin.use('release', held), 'done');
  },

  'the application uses what a plugin lends': async (context) => {
    const { kernel } = context;
    const seen = [];
    const host = peer(kernel, {
      useBorrowed: (lease, what, offset) => {
        const into = new Uint8Array(3);
        lease.read(offset, into);
        seen.push([lease.length, ...into]);
        lease.write(0, new Uint8Array([42]));
        return what;
      },
    });
    const plugin = await spawn(context, host);
    await plugin.fill(100, 1, 2, 3, 4);
    const lease = await plugin.use('create', 100, 4, ALL);
    equal(await plugin.lend(lease, 0, 1), 'done');
    equal(seen, [[4, 2, 3, 4]]);
    equal([await plugin.bytes(100, 2), await plugin.use('written', lease)], [[42, 2], 1]);

    const owned = await plugin.leaser.make(100, 4, ALL);
    const into = new Uint8Array(2);
    owned.read(2, into);
    equal([...into], [3, 4]);
    await refused(() => owned.read(3, into), 'out-of-range');
    await refused(() => owned.read(-1, into), 'bad-argument');
    await refused(() => owned.written, 'not-owner');
    const narrow = owned.narrow(1, 2, ['read']);
    const other = kernel.lease(into, 'read');
    equal([narrow.length, narrow.same(owned), narrow.same(other)], [2, true, false]);
    await refused(() => narrow.write(0, into), 'denied');
    const derived = owned.derive(['write', 'call']);
    equal(derived.length, 4);
    plugin.process.kill();
    await refused(() => owned.read(0, into), 'revoked');
    equal([...into], [3, 4]);
    for (const handle of [owned, narrow, derived, other]) handle.release();
  },

  'an array whose memory the application gave away is no lease any more': async (context) => {
    const { kernel } = context;
    const { lender: plugin } = await both(context);
    const bytes = new Uint8Array(8);
    const lease = kernel.lease(bytes, 'both');
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const peers = plugin.process.interface('test/peer@1');
    for (const what of [2, 3]) equal(await peers.useBorrowed(lease, what, 0, 100, 8), 2, 'revoked');
    equal(await peers.useBorrowed(lease, 2, 0, 100, 0), 0, 'nothing is nothing');
    lease.release();
  },

  'leases count against quotas, and nothing of them is left': async (context) => {
    const { kernel } = context;
    const { lender } = await both(context, { objects: 50, handles: 60 });
    const leases = [];
    for (;;) {
      const lease = await lender.use('create', 0, 10, ALL);
      if (typeof lease !== 'number') {
        equal(lease, 'quota');
        break;
      }
      leases.push(lease);
    }
    equal(leases.length, 50);
    equal(await lender.use('narrow', leases[0], 0, 1, READ), 'quota');
    for (const lease of leases.splice(0, 25)) equal(await lender.use('release', lease), 'done');
    equal(typeof (await lender.use('create', 0, 10, ALL)), 'number');
    const before = kernel.usage().objects;
    lender.process.kill();
    const host = Array.from({ length: 10 }, () => kernel.lease(new Uint8Array(1), 'read'));
    for (const lease of host) lease.release();
    equal(before.used - kernel.usage().objects.used, 26);
  },

  'copies are paid for before they are made': async (context) => {
    const { lender } = await both(context);
    for (let page = 0; page < 2; page++) await lender.leaser.grow();
    const lease = await lender.use('create', 0, PAGE, ALL);
    for (const [what, other] of [[2, 3], [3, 2]]) {
      const repeat = (kind, size, fuel) => lender.process.call('test/leaser@1#repeat', [kind, lease, size, 100], { fuel, deadline: Infinity });
      // A copy of 64 KiB takes 16,384 units, one of nothing some hundred for the system call.
      await repeat(what, 0, 100_000);
      await repeat(other, PAGE, 1_800_000);
      if (what === 3) await refused(() => repeat(what, PAGE, 1_600_000), 'fuel', 'plugin `leaser` used');
    }
    equal(lender.process.alive, false);
  },

  'a lease is nobody’s handle': async (context) => {
    const { lender } = await both(context);
    const lease = await lender.use('create', 0, 10, ALL);
    equal(await lender.use('class', lease), 77);
    equal(await lender.use('badge', lease), 'bad-class');
    equal(await lender.use('mint', 5), 'bad-class');
    for (const cap of [0, 9_999, 0xffff_ffff]) {
      for (const what of ['len', 'written', 'read', 'write', 'narrow']) equal(await lender.use(what, cap, 0, 0, 0), 'bad-handle', `${what} of ${cap}`);
    }
  },

  'nobody else serves the kernel’s own interface': async ({ kernel, plugin }) => {
    const signatures = 'export portcullis/kernel@1 lease: resource(1)';
    await refused(async () => kernel.compile(await plugin('greeter-1'), { signatures }), 'bad-metadata');
    await refused(() => kernel.provide('portcullis/kernel@1', 'f: func()', { f: () => {} }), 'bad-metadata');
  },
};
