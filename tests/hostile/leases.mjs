// Plugins that attack with leases: entries 31 and 32 of the catalogue, and floods of them.

import { attack, carriedOn, killed, outcomeOf, shown, told } from './attack.mjs';
import { equal } from './stage.mjs';

const attacks = [];

/** What leaser.wat does, in its order. */
const functions = ['create', 'narrow', 'read', 'write', 'len', 'written', 'same', 'derive', 'revoke', 'release', 'retain', 'rights', 'class', 'badge', 'mint'];
const [CALL, GRANT, DERIVE, READ, WRITE] = [1, 2, 4, 8, 16];
const ALL = 31;
const PAGE = 65_536;
const TOP = 2 ** 32;

const peerSignatures = `use-borrowed: func(lease: borrow<portcullis/kernel@1.lease>, what: u32, offset: u32, address: u32, size: u32) -> u32
take-lease: func(lease: own<portcullis/kernel@1.lease>) -> u32`;

/** A process of leaser.wat, bound to somebody who takes leases. */
async function open(stage, name, peer, options = {}) {
  const provider = peer ?? stage.provide('test/peer@1', peerSignatures, { useBorrowed: () => 0, takeLease: () => 0 });
  const process = await stage.spawn('leaser', { name, imports: { 'test/peer@1': provider }, ...options });
  const leaser = process.interface('test/leaser@1');
  const use = (what, cap = 0, a = 0, b = 0, c = 0) => leaser.use(functions.indexOf(what), cap, a, b, c);
  return {
    process,
    leaser,
    use,
    /** What a function gives that must not fail. */
    async made(what, ...values) {
      equal(await use(what, ...values), 0, what);
      return leaser.value();
    },
    lend: (cap, what, offset = 0, address = 0, size = 0) => leaser.lend(cap, functions.indexOf(what), offset, address, size),
    bytes: (address, size) => Promise.all(Array.from({ length: size }, (_, place) => leaser.peek(address + place))),
    async fill(address, ...bytes) {
      for (const [place, byte] of bytes.entries()) await leaser.poke(address + place, byte);
    },
  };
}

/** A borrower, and a lender whose bytes 100 to 107 are 1 to 8 and lent with those rights. */
async function both(stage, rights = ALL) {
  const borrower = await open(stage, 'borrower');
  const lender = await open(stage, 'lender', borrower.process);
  await lender.fill(100, 1, 2, 3, 4, 5, 6, 7, 8);
  return { borrower, lender, lease: await lender.made('create', 100, 8, rights) };
}

/** Nothing was copied. */
async function untouched({ borrower, lender }) {
  equal(await lender.bytes(99, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 0], 'what is lent');
  equal(await borrower.bytes(200, 10), Array(10).fill(0), 'what the borrower has');
}

// 31

const forbidden = {
  'reading what is for writing': [CALL | WRITE, 'read'],
  'writing what is for reading': [CALL | READ, 'write'],
};

for (const [name, [rights, what]] of Object.entries(forbidden)) {
  attacks.push(
    attack(31, name, {
      expect: told('denied'),
      async run(stage) {
        const opened = await both(stage, rights | DERIVE | GRANT);
        const { borrower, lender, lease } = opened;
        await lender.leaser.give(await lender.made('derive', lease, rights | GRANT | DERIVE));
        const kept = await lender.leaser.value();
        const more = what === 'read' ? READ : WRITE;
        const numbers = [
          await lender.lend(lease, what, 0, 200, 8),
          await borrower.use(what, kept, 0, 200, 8),
          await borrower.use('derive', kept, rights | more),
          await borrower.use('narrow', kept, 0, 1, more),
          await borrower.use('derive', kept, CALL),
        ];
        await untouched(opened);
        return numbers;
      },
    }),
  );
}

const places = {
  'past its end': ['out-of-range', [[0, 200, 9], [8, 200, 1], [9, 200, 0], [7, 200, 2], [TOP - 1, 200, 1], [TOP - 8, 200, 8], [2 ** 31, 200, 0]]],
  'to an address that is none': ['bad-pointer', [[0, PAGE, 1], [0, PAGE - 7, 8], [0, PAGE + 1, 0], [0, TOP - 8, 8], [0, TOP - 1, 1], [0, TOP - 1, 0]]],
  'of a length that is none': ['bad-pointer', [[0, 0, TOP - 1], [0, 1, TOP - 1], [8, 16, TOP - 16], [TOP - 1, TOP - 1, TOP - 1]]],
};

for (const [name, [code, ranges]] of Object.entries(places)) {
  for (const what of ['read', 'write']) {
    attacks.push(
      attack(31, `${what === 'read' ? 'reading' : 'writing'} ${name}`, {
        expect: told(code),
        async run(stage) {
          const opened = await both(stage);
          const { borrower, lender, lease } = opened;
          await lender.leaser.give(await lender.made('derive', lease, ALL));
          const kept = await lender.leaser.value();
          const numbers = [];
          for (const range of ranges) {
            numbers.push(await lender.lend(lease, what, ...range), await borrower.use(what, kept, ...range), await lender.use(what, lease, ...range));
          }
          equal(await lender.leaser.value().then(() => lender.made('written', lease)), 0, 'what was written');
          await untouched(opened);
          return numbers;
        },
      }),
    );
  }
}

attacks.push(
  attack(31, 'a lease on memory that is not there', {
    expect: told('bad-pointer'),
    async run(stage) {
      const { use } = await open(stage, 'lender');
      const ranges = [[0, PAGE + 1], [PAGE, 1], [PAGE + 1, 0], [TOP - 1, 1], [TOP - 1, 2], [1, TOP - 1], [2 ** 31, 2 ** 31], [0, TOP - 1]];
      const numbers = [];
      for (const [address, size] of ranges) numbers.push(await use('create', address, size, ALL));
      return numbers;
    },
  }),
  attack(31, 'a lease with rights that there are not', {
    expect: told('denied'),
    async run(stage) {
      const { use } = await open(stage, 'lender');
      const numbers = [];
      for (const rights of [0, CALL, GRANT, DERIVE, 7, 32, 32 | READ, 2 ** 31 + READ, TOP - 1]) numbers.push(await use('create', 0, 8, rights));
      return numbers;
    },
  }),
  attack(31, 'every number as a lease', {
    expect: told('bad-handle'),
    async run(stage) {
      const { use } = await open(stage, 'lender');
      const numbers = [];
      for (const cap of [0, 1, 2, 999, PAGE, 2 ** 31, 2 ** 31 + 1, TOP - 1]) {
        for (const what of ['read', 'write', 'len', 'written', 'narrow']) numbers.push(await use(what, cap));
      }
      return numbers;
    },
  }),
  attack(31, 'a lease that was released', {
    expect: told('bad-handle'),
    async run(stage) {
      const { lender, lease } = await both(stage);
      equal(await lender.use('release', lease), 0);
      return Promise.all(['read', 'write', 'len', 'written', 'narrow', 'release', 'revoke'].map((what) => lender.use(what, lease)));
    },
  }),
  attack(31, 'a lease that was revoked, by whoever has it still', {
    expect: told('revoked'),
    async run(stage) {
      const opened = await both(stage);
      const { borrower, lender, lease } = opened;
      const part = await lender.made('narrow', lease, 1, 4, ALL);
      await lender.leaser.give(await lender.made('derive', part, ALL));
      const kept = await lender.leaser.value();
      const own = await borrower.made('narrow', kept, 0, 2, READ);
      equal(await lender.use('revoke', lease), 0);
      const numbers = [];
      for (const [who, cap] of [[lender, lease], [lender, part], [borrower, kept], [borrower, own]]) {
        for (const what of ['read', 'write', 'len', 'written', 'narrow']) numbers.push(await who.use(what, cap, 0, 200, 1));
      }
      await untouched(opened);
      return numbers;
    },
  }),
  attack(31, 'a borrow after its call', {
    expect: told('bad-handle'),
    async run(stage) {
      const opened = await both(stage);
      const { borrower, lender, lease } = opened;
      // 15: leaves its number behind.
      equal(await lender.leaser.lend(lease, 15, 0, 0, 0), 0);
      const cap = await borrower.leaser.value();
      const numbers = [];
      for (const what of ['read', 'write', 'len', 'narrow', 'release', 'retain']) numbers.push(await borrower.use(what, cap, 0, 200, 1));
      await untouched(opened);
      return numbers;
    },
  }),
  attack(31, 'a borrow that is to be kept, narrowed or ended', {
    expect: told('borrowed'),
    async run(stage) {
      const { lender, lease } = await both(stage);
      return [
        await lender.lend(lease, 'retain'),
        await lender.lend(lease, 'release'),
        await lender.lend(lease, 'revoke'),
        await lender.lend(lease, 'derive', READ),
        await lender.lend(lease, 'narrow', 0, 1, READ),
      ];
    },
  }),
  attack(31, 'somebody else’s lease: how much was written, and its end', {
    expect: shown(['not-owner', 'denied', 'bad-class']),
    async run(stage) {
      const { borrower, lender, lease } = await both(stage);
      await lender.leaser.give(await lender.made('derive', lease, ALL));
      const kept = await lender.leaser.value();
      const numbers = [await borrower.use('written', kept), await borrower.use('revoke', kept), await borrower.use('badge', kept)];
      return numbers.map((number) => stage.named(number));
    },
  }),
  attack(31, 'a lease whose lender traps', {
    expect: killed({ process: 'lender', code: 'trapped', function: 'test/leaser@1#poke', says: ['trapped'] }, { told: 'revoked' }),
    async run(stage) {
      const { borrower, lender, lease } = await both(stage);
      await lender.leaser.give(await lender.made('derive', lease, ALL));
      const kept = await lender.leaser.value();
      const part = await borrower.made('narrow', kept, 1, 4, READ);
      await lender.leaser.poke(TOP - 1, 1).catch(() => {});
      const numbers = [];
      for (const cap of [kept, part]) {
        for (const what of ['read', 'write', 'len', 'written']) numbers.push(await borrower.use(what, cap, 0, 200, 1));
        equal(await borrower.use('release', cap), 0);
      }
      return numbers;
    },
  }),
  attack(31, 'a lease whose lender ends while it is lent', {
    expect: killed({ process: 'lender', code: 'killed', function: undefined, says: ['was stopped'] }, { gives: ['revoked', 'revoked', 'revoked'] }),
    async run(stage) {
      const seen = [];
      let lender;
      const host = stage.provide('test/peer@1', peerSignatures, {
        useBorrowed(lease) {
          lender.process.kill();
          seen.push(outcomeOf(() => lease.read(0, new Uint8Array(1))));
          seen.push(outcomeOf(() => lease.write(0, new Uint8Array(1))));
          seen.push(outcomeOf(() => lease.length));
          return 0;
        },
        takeLease: () => 0,
      });
      lender = await open(stage, 'lender', host);
      const lease = await lender.made('create', 100, 8, ALL);
      await lender.lend(lease, 'read', 0, 200, 1).catch(() => {});
      return seen;
    },
  }),
);

// 32

attacks.push(
  attack(32, 'copies from a lease into itself, forwards and backwards', {
    expect: carriedOn([
      [1, 2, 1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6, 5, 6],
      [1, 1, 2, 3, 4, 5, 6, 5],
      [1, 1, 2, 3, 4, 5, 6, 5],
    ]),
    async run(stage) {
      const { lender, lease } = await both(stage);
      const seen = [];
      for (const [what, offset, address, size] of [['read', 0, 102, 6], ['read', 2, 100, 6], ['write', 1, 100, 7], ['write', 0, 100, 8]]) {
        equal(await lender.use(what, lease, offset, address, size), 0);
        seen.push(await lender.bytes(100, 8));
      }
      return seen;
    },
  }),
  attack(32, 'leases that overlap, of which one is written and the other one read', {
    expect: carriedOn([[1, 2, 3, 9, 9, 9], [6, 0]]),
    async run(stage) {
      const { lender, lease } = await both(stage);
      const other = await lender.made('create', 97, 9, READ);
      await lender.fill(300, 9, 9, 9);
      equal(await lender.use('write', lease, 3, 300, 3), 0);
      equal(await lender.use('read', other, 3, 400, 6), 0);
      return [await lender.bytes(400, 6), [await lender.made('written', lease), await lender.made('written', other)]];
    },
  }),
  attack(32, 'a lease of a lease of a lease, and so on', {
    expect: shown(['depth', 15, [8, 1]]),
    async run(stage) {
      const { lender, lease } = await both(stage);
      let [last, number, made] = [lease, 0, 0];
      for (;;) {
        number = await lender.use('narrow', last, 0, 8, ALL);
        if (number !== 0) break;
        last = await lender.leaser.value();
        made += 1;
      }
      equal(await lender.use('write', last, 0, 300, 1), 0);
      const seen = [await lender.made('len', last), await lender.made('written', lease)];
      return [stage.named(number), made, seen];
    },
  }),
  attack(32, 'a lease of which a part is more than the whole', {
    expect: told('out-of-range'),
    async run(stage) {
      const { lender, lease } = await both(stage);
      const numbers = [];
      for (const [offset, size] of [[0, 9], [8, 1], [9, 0], [1, TOP - 1], [TOP - 1, 1], [TOP - 1, TOP - 1], [2 ** 31, 2 ** 31]]) {
        numbers.push(await lender.use('narrow', lease, offset, size, READ));
      }
      return numbers;
    },
  }),
);

// 22

for (const what of ['leases', 'parts of a lease']) {
  attacks.push(
    attack(22, `a flood of ${what}`, {
      expect: told('quota'),
      async run(stage) {
        const { process, leaser, use, made } = await open(stage, 'attacker', undefined, { objects: 300, handles: 400 });
        const first = await made('create', 0, 8, ALL);
        let number = 0;
        let count = 1;
        const held = [];
        for (; count < 1_000; count += 1) {
          number = what === 'leases' ? await use('create', 0, 8, ALL) : await use('narrow', first, 0, 8, ALL);
          if (number !== 0) break;
          held.push(await leaser.value());
        }
        equal([count, stage.inspect(process).objects], [300, 300]);
        // One less is one more.
        equal(await use('release', held.pop()), 0);
        await made('create', 0, 8, ALL);
        equal(await use('revoke', first), 0);
        equal(stage.inspect(process).objects, what === 'leases' ? 299 : 1);
        return number;
      },
    }),
  );
}

export default attacks;
