// Plugins that attack with handles: entries 13 to 26 of the catalogue.

import { ALL, CALL, COUNTER, DERIVE, GRANT, OTHER, THING, kinds, openActor } from './actor.mjs';
import { attack, carriedOn, failed, shown, told } from './attack.mjs';
import { equal, ok } from './stage.mjs';
import { thrown } from '../suite/assert.mjs';

const attacks = [];

/** What stands in the second place, where there is one: a right to derive, a class to read the badge of. */
const secondOf = (kind) => (kind === 'handle_badge' ? THING : CALL);

/** An actor that holds four capabilities: a thing of its own, one derived from it, and two counters. */
async function openHolder(stage) {
  const open = await openActor(stage);
  const { plugin, counters } = open;
  const thing = await open.mint(77);
  const derived = await open.derive(thing, ALL);
  const counter = await plugin.take(await counters.create(40));
  const second = await plugin.take(await counters.create(2));
  await plugin.skip(thing, derived, counter, second, counter);
  const held = stage.inspect(open.process).capabilities;
  equal(held.length, 4, 'what it holds');
  return { ...open, held, thing, derived, counter, second };
}

/** What it held before it holds still. */
function untouched(stage, { process, held, seen }) {
  equal(stage.inspect(process).capabilities, held, 'what it holds');
  equal(seen, { lent: 0, taken: 0 }, 'what reached the application');
}

// 13

/** Numbers from a few below to a few above every power of two. */
const edges = Array.from({ length: 33 }, (_, power) => 2 ** power);

for (const [index, kind] of kinds.entries()) {
  attacks.push(
    attack(13, `every number from 0 to 65,535, and those beside powers of two, as ${kind}`, {
      expect: shown([0, 0]),
      async run(stage) {
        const open = await openHolder(stage);
        let [count, first] = await open.plugin.sweep(index, 0, 65_536, secondOf(kind));
        for (const edge of edges) {
          const [more, where] = await open.plugin.sweep(index, (edge - 8) >>> 0, 16, secondOf(kind));
          if (count === 0) first = where;
          count += more;
        }
        untouched(stage, open);
        return [count, first];
      },
    }),
    attack(13, `100,000 random numbers as ${kind}`, {
      expect: shown('none of them'),
      async run(stage) {
        const open = await openHolder(stage);
        const seed = (stage.seed ^ (index * 0x9e37_79b9)) >>> 0 || 1;
        const [count, first] = await open.plugin.search(index, seed, 100_000, secondOf(kind));
        untouched(stage, open);
        return count === 0 ? 'none of them' : `${count} numbers, the first of them ${first}, with the seed ${seed}`;
      },
    }),
    attack(13, `every number from 0 to 65,535 in a call that lends one, as ${kind}`, {
      expect: shown([0, 0]),
      async run(stage) {
        const open = await openHolder(stage);
        await open.plugin.skip(open.thing, open.derived, open.counter, 0, open.counter);
        await open.attempt('cap_release', open.second);
        const { capabilities } = stage.inspect(open.process);
        const lent = await open.counters.create(5);
        const found = await open.plugin.sweepWithin(lent, index, 65_536, secondOf(kind));
        equal(stage.inspect(open.process).capabilities, capabilities, 'what it holds');
        lent.release();
        return found;
      },
    }),
  );
}

attacks.push(
  attack(13, 'every number of another process, used here', {
    expect: told('bad-handle'),
    async run(stage) {
      const { counters, plugin, attempt, process, server } = await openActor(stage);
      for (let value = 0; value < 50; value++) await counters.keep(await counters.create(value));
      const numbers = [];
      for (const { cap } of stage.inspect(server).capabilities) numbers.push(await attempt('a borrow', cap), await attempt('an own', cap), await attempt('cap_release', cap));
      equal(await plugin.ended(), 0);
      equal([await counters.kept(), stage.inspect(process).capabilities.length], [50, 0]);
      return numbers;
    },
  }),
  attack(13, 'a number as the class of what is minted', {
    expect: told('bad-class'),
    async run(stage) {
      const { plugin, process } = await openActor(stage);
      const numbers = [];
      for (const edge of [...edges, 2 ** 32 - 1]) {
        for (const number of [edge - 1, edge, edge + 1].filter((one) => one >= 0 && one < 2 ** 32 && one !== THING && one !== OTHER)) numbers.push(await plugin.create(1, number));
      }
      equal(stage.inspect(process).objects, 0, 'its objects');
      return numbers;
    },
  }),
);

// 14

/** How a capability is lost, and what every use of it says afterwards. */
const losses = {
  'that was released': ['bad-handle', async ({ attempt }, cap) => attempt('cap_release', cap)],
  'that was moved': ['bad-handle', async ({ attempt }, cap) => attempt('an own for the application', cap)],
};

for (const [what, [code, lose]] of Object.entries(losses)) {
  for (const kind of kinds.filter((name) => !['a borrow', 'a second borrow', 'an own', 'an option of an own'].includes(name))) {
    attacks.push(
      attack(14, `${kind} of a thing ${what}`, {
        expect: told(code),
        async run(stage) {
          const open = await openActor(stage);
          const cap = await open.mint(3);
          equal(await lose(open, cap), 0);
          equal(await open.plugin.ended(), 1, 'how often it ended');
          const number = await open.attempt(kind, cap, secondOf(kind));
          equal(await open.plugin.ended(), 1, 'and no more often');
          return number;
        },
      }),
    );
  }
}

for (const kind of ['a borrow', 'an own', 'an option of an own', 'cap_release', 'cap_retain', 'cap_derive']) {
  attacks.push(
    attack(14, `${kind} of a counter that was moved`, {
      expect: told('bad-handle'),
      async run(stage) {
        const { plugin, counters, attempt } = await openActor(stage);
        const cap = await plugin.take(await counters.create(5));
        equal([await attempt('an own', cap), await plugin.value(), await counters.alive()], [0, 5, 0]);
        return attempt(kind, cap, CALL);
      },
    }),
  );
}

attacks.push(
  attack(14, 'a handle of the web app, released twice', {
    expect: carriedOn([1, 0]),
    async run(stage) {
      const { counters } = await openActor(stage);
      const counter = await counters.create(1);
      const again = counter.retain();
      counter.release();
      counter.release();
      const alive = await counters.alive();
      again.release();
      again.release();
      return [alive, await counters.alive()];
    },
  }),
  attack(14, 'more releases than references', {
    expect: told(['no error', 'no error', 'no error', 'bad-handle', 'bad-handle']),
    async run(stage) {
      const { attempt, mint } = await openActor(stage);
      const cap = await mint();
      for (let count = 0; count < 2; count++) await attempt('cap_retain', cap);
      const numbers = [];
      for (let count = 0; count < 5; count++) numbers.push(await attempt('cap_release', cap));
      return numbers;
    },
  }),
);

// 15

for (const times of [10, 1_000, 1_000_000]) {
  attacks.push(
    attack(15, `a number that was used ${times.toLocaleString('en')} times`, {
      expect: carriedOn([0, true, 0]),
      async run(stage) {
        const { plugin, mint, attempt } = await openActor(stage);
        const old = await mint(1234);
        equal(await attempt('cap_release', old), 0);
        const wrong = await plugin.churn(times);
        const next = await mint(99, OTHER);
        // The number is used again, by an object of another class: it is never the old one.
        const code = await attempt('handle_badge', old, THING);
        return [wrong, next === old, stage.named(code) === 'wrong-class' ? 0 : code];
      },
    }),
    attack(15, `a capability whose object ended before its place was used ${times.toLocaleString('en')} times`, {
      expect: told(['revoked', 'revoked', 'no error']),
      async run(stage) {
        const { plugin, mint, attempt, derive } = await openActor(stage);
        const old = await mint(1234);
        const derived = await derive(old, ALL);
        equal(await attempt('cap_revoke', old), 0);
        equal(await plugin.churn(times), 0, 'wrong badges');
        return [await attempt('handle_badge', old, THING), await attempt('a borrow by the application', derived), await attempt('cap_release', derived)];
      },
    }),
  );
}

// 16

for (const [kind, code] of Object.entries({
  'a borrow': 'wrong-class',
  'a second borrow': 'wrong-class',
  'an own': 'wrong-class',
  'an option of an own': 'wrong-class',
})) {
  attacks.push(
    attack(16, `a thing as ${kind} of a counter`, {
      expect: told(code),
      async run(stage) {
        const open = await openHolder(stage);
        const number = await open.attempt(kind, open.thing);
        untouched(stage, open);
        return number;
      },
    }),
  );
}

for (const kind of ['a borrow by the application', 'an own for the application']) {
  attacks.push(
    attack(16, `a counter, and another of the plugin’s own classes, as ${kind}`, {
      expect: told('wrong-class'),
      async run(stage) {
        const open = await openHolder(stage);
        const other = await open.mint(1, OTHER);
        const numbers = [await open.attempt(kind, open.counter), await open.attempt(kind, other)];
        equal(open.seen, { lent: 0, taken: 0 });
        equal(await open.attempt('cap_release', other), 0);
        return numbers;
      },
    }),
  );
}

attacks.push(
  attack(16, 'a counter where the plugin’s own class is due, passed by the web app', {
    expect: failed('wrong-class', { process: undefined, function: 'test/actor@1#seen' }, 'expected a handle of class test/actor@1.thing, got one of test/counter@1.counter'),
    async run(stage) {
      const { process, counters } = await openActor(stage);
      const counter = stage.hold(await counters.create(1));
      return process.call('test/actor@1#seen', [counter]);
    },
  }),
);

// 17

/** What the plugin does, in a call back, with the thing that it lends at that moment, and what it is told. */
const whileLent = {
  cap_release: 'lent',
  'an own for the application': 'lent',
  cap_retain: 'no error',
  cap_derive: 'no error',
  'a borrow by the application': 'no error',
  cap_revoke: 'no error',
};

for (const [kind, code] of Object.entries(whileLent)) {
  attacks.push(
    attack(17, `${kind} while the application has it`, {
      expect: code === 'lent' ? told(code) : carriedOn(kind === 'cap_revoke' ? ['no error', 'revoked'] : ['no error', 'no error']),
      async run(stage) {
        let inner;
        let depth = 0;
        const open = await openActor(stage, {
          methods: {
            lend() {
              depth += 1;
              if (depth === 1) inner = open.attempt(kind, cap, CALL);
            },
          },
        });
        const cap = await open.mint(8);
        const outer = await open.attempt('a borrow by the application', cap);
        const number = await inner;
        if (code === 'lent') {
          // It is still there, and can be released now.
          equal([outer, await open.attempt('cap_rights', cap)], [0, 0], 'the call, and its number');
          equal([await open.attempt('cap_release', cap), await open.plugin.ended()], [0, 1]);
          return number;
        }
        equal(outer, 0, 'the error of the call');
        const after = await open.attempt('a borrow by the application', cap);
        return [stage.named(number), stage.named(after)];
      },
    }),
  );
}

attacks.push(
  attack(17, 'a counter that its server revokes while it is lent to the server', {
    expect: told(['no error', 'revoked']),
    async run(stage) {
      const open = await openActor(stage);
      const thing = await open.mint(4);
      const derived = await open.derive(thing, ALL);
      equal(await open.attempt('cap_revoke', thing), 0);
      return [await open.attempt('cap_release', thing), await open.attempt('a borrow by the application', derived)];
    },
  }),
);

// 18

for (const kind of ['cap_retain', 'cap_release', 'cap_revoke', 'cap_derive', 'an own', 'an option of an own']) {
  attacks.push(
    attack(18, `${kind} of what is borrowed`, {
      expect: told('borrowed'),
      async run(stage) {
        const { plugin, counters, process } = await openActor(stage);
        const counter = stage.hold(await counters.create(40));
        const number = await plugin.within(counter, kinds.indexOf(kind), CALL);
        equal(await counters.read(counter), 40);
        equal(stage.inspect(process).capabilities, []);
        return number;
      },
    }),
  );
}

for (const kind of ['a borrow', 'an own', 'an option of an own', 'cap_retain', 'cap_release', 'cap_revoke', 'cap_derive', 'cap_class', 'cap_rights']) {
  attacks.push(
    attack(18, `${kind} of a borrow after its call`, {
      expect: told('bad-handle'),
      async run(stage) {
        const { plugin, counters, process, attempt } = await openActor(stage);
        const counter = stage.hold(await counters.create(40));
        const cap = await plugin.keep(counter);
        ok(cap !== 0, 'it had a number');
        equal(stage.inspect(process).capabilities, []);
        return attempt(kind, cap, CALL);
      },
    }),
  );
}

attacks.push(
  attack(18, 'a borrow that is lent on is right, and is kept by nobody', {
    expect: carriedOn([0, 40]),
    async run(stage) {
      const { plugin, counters } = await openActor(stage);
      const counter = stage.hold(await counters.create(40));
      return [await plugin.within(counter, kinds.indexOf('a borrow'), 0), await plugin.value()];
    },
  }),
  attack(18, 'a borrow that is returned as owned', {
    expect: failed('bad-result', { process: 'attacker', function: 'test/actor@1#return' }, 'plugin attacker returned something from test/actor@1#return', 'own<'),
    async run(stage) {
      const { process, counters } = await openActor(stage);
      const counter = stage.hold(await counters.create(40));
      try {
        return await process.call('test/actor@1#return', [counter]);
      } finally {
        equal(await counters.read(counter), 40);
      }
    },
  }),
);

// 19

attacks.push(
  attack(19, 'one reference as two owned arguments', {
    expect: told('bad-handle'),
    async run(stage) {
      const { plugin, mint, seen, process } = await openActor(stage);
      const cap = await mint();
      const number = await plugin.group(1, cap, cap, 0, 0, 0);
      equal([seen.taken, stage.inspect(process).capabilities.length], [0, 1]);
      return number;
    },
  }),
  attack(19, 'two references of one capability as two owned arguments', {
    expect: carriedOn([0, 2, 0, 1]),
    async run(stage) {
      const { plugin, mint, attempt, seen, process } = await openActor(stage);
      const cap = await mint();
      await attempt('cap_retain', cap);
      return [await plugin.group(1, cap, cap, 0, 0, 0), seen.taken, stage.inspect(process).capabilities.length, await plugin.ended()];
    },
  }),
  attack(19, 'one reference lent twice in one call', {
    expect: carriedOn([0, 2, 1, 0]),
    async run(stage) {
      const { plugin, mint, seen, process } = await openActor(stage);
      const cap = await mint();
      return [await plugin.group(4, cap, cap, 0, 0, 0), seen.lent, stage.inspect(process).capabilities.length, await plugin.ended()];
    },
  }),
  ...[
    [2, 'moved and lent', 'bad-handle'],
    [3, 'lent and moved', 'lent'],
  ].map(([group, what, code]) =>
    attack(19, `one reference ${what} in one call`, {
      expect: told(code),
      async run(stage) {
        const { plugin, mint, seen, process } = await openActor(stage);
        const cap = await mint();
        const number = await plugin.group(group, cap, cap, 0, 0, 0);
        equal([seen, stage.inspect(process).capabilities.length], [{ lent: 0, taken: 0 }, 1]);
        return number;
      },
    }),
  ),
  attack(19, 'one reference as five owned arguments, with three references', {
    expect: told('bad-handle'),
    async run(stage) {
      const { plugin, mint, attempt, seen, process } = await openActor(stage);
      const cap = await mint();
      for (let count = 0; count < 2; count++) await attempt('cap_retain', cap);
      const number = await plugin.group(0, cap, cap, cap, cap, cap);
      equal([seen.taken, stage.inspect(process).capabilities.map(({ count }) => count)], [0, [3]]);
      return number;
    },
  }),
);

// 20

attacks.push(
  attack(20, 'every set of rights derived from every other', {
    expect: shown([]),
    async run(stage) {
      const { mint, derive, attempt, plugin } = await openActor(stage);
      const wrong = [];
      const root = await mint();
      for (let held = 0; held <= ALL; held++) {
        const cap = held === ALL ? root : await derive(root, held);
        for (const asked of [...Array(32).keys(), 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]) {
          const code = await attempt('cap_derive', cap, asked);
          const allowed = (held & DERIVE) !== 0 && (asked & ~held) === 0;
          if ((code === 0) !== allowed || (code !== 0 && stage.named(code) !== 'denied')) wrong.push([held, asked, stage.named(code)]);
          if (code === 0) await attempt('cap_release', await plugin.value());
        }
      }
      return wrong;
    },
  }),
  ...[
    ['a borrow by the application', ALL & ~CALL],
    ['an own for the application', ALL & ~GRANT],
    ['cap_derive', ALL & ~DERIVE],
  ].map(([kind, rights]) =>
    attack(20, `${kind} without the right`, {
      expect: told('denied'),
      async run(stage) {
        const { mint, derive, attempt, seen } = await openActor(stage);
        const weak = await derive(await mint(), rights);
        const number = await attempt(kind, weak, CALL);
        equal(seen, { lent: 0, taken: 0 });
        return number;
      },
    }),
  ),
  attack(20, 'retained, it has no more rights', {
    expect: told(['no error', 'denied', 'denied']),
    async run(stage) {
      const { mint, derive, attempt } = await openActor(stage);
      const weak = await derive(await mint(), CALL);
      return [await attempt('cap_retain', weak), await attempt('an own for the application', weak), await attempt('cap_derive', weak, CALL)];
    },
  }),
  attack(20, 'revoke of what somebody else minted', {
    expect: told('denied'),
    async run(stage) {
      const { plugin, counters, attempt } = await openActor(stage);
      const cap = await plugin.take(await counters.create(1));
      return attempt('cap_revoke', cap);
    },
  }),
);

// 21

const large = 100_000;
const room = { handles: large + 10, objects: large + 10, deadline: 60_000 };

attacks.push(
  ...[
    ['deep', 'chain'],
    ['wide', 'fan'],
  ].map(([what, how]) =>
    attack(21, `a tree 100,000 ${what} is revoked`, {
      expect: carriedOn([0, large + 1, 0, large + 1, 0, 0]),
      async run(stage) {
        const { plugin, mint, attempt, process } = await openActor(stage, { options: room });
        const root = await mint();
        await plugin[how](root, large);
        equal([await plugin.value(), stage.inspect(process).objects], [0, large + 1], 'what it has');
        const code = await attempt('cap_revoke', root);
        const { capabilities, objects } = stage.inspect(process);
        const alive = capabilities.filter((one) => one.alive).length;
        return [code, capabilities.length, alive, await plugin.drop(0, large + 10), stage.inspect(process).capabilities.length, objects];
      },
    }),
  ),
  attack(21, 'a tree 100,000 deep ends with its process', {
    expect: carriedOn([large + 3, 2]),
    async run(stage) {
      const { plugin, mint, process } = await openActor(stage, { options: room });
      await plugin.chain(await mint(), large);
      const { objects } = stage.kernel.inspect();
      stage.expectKill(process);
      stage.processes.splice(stage.processes.indexOf(process), 1);
      return [objects, stage.kernel.inspect().objects];
    },
  }),
  attack(21, 'revoked in the middle of the call that it is lent to', {
    expect: carriedOn(['no error', 'no error', 'revoked', 1]),
    async run(stage) {
      let inner;
      const open = await openActor(stage, { methods: { lend: () => (inner = open.attempt('cap_revoke', cap)) && undefined } });
      const cap = await open.mint(8);
      const outer = await open.attempt('a borrow by the application', cap);
      const after = await open.attempt('a borrow by the application', cap);
      return [stage.named(outer), stage.named(await inner), stage.named(after), await open.plugin.ended()];
    },
  }),
);

// 22

attacks.push(
  ...[
    ['handles', { handles: 100 }, 100],
    ['objects', { objects: 100 }, 100],
  ].map(([what, options, most]) =>
    attack(22, `a flood of ${what}`, {
      expect: told('quota'),
      async run(stage) {
        const { plugin, process } = await openActor(stage, { options });
        equal(await plugin.mint(1_000_000), most);
        equal(stage.inspect(process).capabilities.length, most);
        const number = await plugin.value();
        equal(await plugin.drop(0, 1_000), most);
        // With room again it goes on.
        equal(await plugin.mint(10), 10);
        return number;
      },
    }),
  ),
  attack(22, 'a flood of derived capabilities', {
    expect: told('quota'),
    async run(stage) {
      const { plugin, mint, process } = await openActor(stage, { options: { objects: 50 } });
      equal(await plugin.fan(await mint(), 1_000_000), 49);
      equal(stage.inspect(process).objects, 50);
      return plugin.value();
    },
  }),
  attack(22, 'a million handles without a limit of one’s own end at the default', {
    expect: told('quota'),
    async run(stage) {
      const { plugin } = await openActor(stage);
      equal(await plugin.mint(1_000_000), 4_096);
      return plugin.value();
    },
  }),
);

// 25

const five = ['first', 'second', 'third', 'fourth', 'fifth'];

/** What may be wrong with one of five things. */
const spoiled = {
  'a number that stands for nothing': ['bad-handle', () => 999],
  'number 0': ['bad-handle', () => 0],
  'one that was revoked': ['revoked', async ({ mint, attempt }) => {
    const cap = await mint();
    await attempt('cap_revoke', cap);
    return cap;
  }],
  'one of another class': ['wrong-class', ({ mint }) => mint(1, OTHER)],
  'one without the right': ['denied', async ({ mint, derive }) => derive(await mint(), CALL)],
};

for (const [place, ordinal] of five.entries()) {
  for (const [what, [code, spoil]] of Object.entries(spoiled)) {
    attacks.push(
      attack(25, `the ${ordinal} of five is ${what}`, {
        expect: told(code),
        async run(stage) {
          const open = await openActor(stage);
          const caps = [];
          for (let index = 0; index < 5; index++) caps.push(index === place ? await spoil(open) : await open.mint(index));
          const before = stage.inspect(open.process).capabilities;
          const number = await open.plugin.group(0, ...caps);
          equal(stage.inspect(open.process).capabilities, before, 'what it holds');
          equal(open.seen.taken, 0, 'what arrived');
          return number;
        },
      }),
    );
  }
}

// 26

attacks.push(
  attack(26, 'the badge of what somebody else minted', {
    expect: told(['not-owner', 'bad-class', 'wrong-class']),
    async run(stage) {
      const { plugin, counters, attempt } = await openActor(stage);
      const cap = await plugin.take(await counters.create(1));
      return [await attempt('handle_badge', cap, COUNTER), await attempt('handle_badge', cap, 1), await attempt('handle_badge', cap, THING)];
    },
  }),
  attack(26, 'the badge of one’s own thing by the number of another class', {
    expect: told(['wrong-class', 'wrong-class', 'bad-class', 'no error']),
    async run(stage) {
      const { mint, attempt } = await openActor(stage);
      const cap = await mint(4_000_000_000);
      return [await attempt('handle_badge', cap, OTHER), await attempt('handle_badge', cap, COUNTER), await attempt('handle_badge', cap, 0), await attempt('handle_badge', cap, THING)];
    },
  }),
  attack(26, 'the badge of one’s own thing, passed back as a borrow, is told; that of another process is refused', {
    expect: failed('not-owner', { process: 'attacker', function: 'test/actor@1#seen' }, 'could not be called'),
    async run(stage) {
      const first = await openActor(stage, { options: { name: 'first' } });
      const second = await openActor(stage);
      const mine = stage.hold(await second.process.call('test/actor@1#give', [await second.mint(55)]));
      equal(await second.plugin.seen(mine), 55);
      const theirs = stage.hold(await first.process.call('test/actor@1#give', [await first.mint(66)]));
      return second.process.call('test/actor@1#seen', [theirs]);
    },
  }),
  attack(26, 'the badge of a dead object', {
    expect: told('revoked'),
    async run(stage) {
      const { mint, attempt } = await openActor(stage);
      const cap = await mint(5);
      await attempt('cap_revoke', cap);
      return attempt('handle_badge', cap, THING);
    },
  }),
);

export default attacks;
