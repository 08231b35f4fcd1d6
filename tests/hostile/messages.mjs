// Plugins that attack with messages: entries 19, 22, 23, 25 and 27 of the catalogue.

import { attack, killed, outcomeOf, told } from './attack.mjs';
import { equal } from './stage.mjs';

const attacks = [];

const PAGE = 65_536;
const TOP = 2 ** 32;

const peerSignature = 'take: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32';

/** A process of messenger.wat, bound to somebody who takes messages. */
async function open(stage, name, peer, options = {}) {
  const provider = peer ?? stage.provide('test/peer@1', peerSignature, { take: () => 0 });
  const process = await stage.spawn('messenger', { name, imports: { 'test/peer@1': provider }, ...options });
  const messenger = process.interface('test/messenger@1');
  return {
    process,
    ...messenger,
    things: process.interface('test/thing@1'),
    async words(address, ...words) {
      for (const [index, word] of words.entries()) await messenger.poke(address + 4 * index, word);
    },
    /** The error of a call that gives 0 when it fails. */
    async error(call, ...values) {
      equal(await messenger[call](...values), 0, call);
      return messenger.error();
    },
  };
}

/** A receiver, and a sender whose things have the badges 1 to `count`, their numbers at 200. */
async function both(stage, count, options) {
  const receiver = await open(stage, 'receiver');
  const sender = await open(stage, 'sender', receiver.process, options);
  const caps = [];
  for (let badge = 1; badge <= count; badge++) caps.push(await sender.things.mint(badge));
  await sender.words(200, ...caps);
  return { receiver, sender, caps };
}

/** They are all where they were. */
async function unmoved(sender, caps) {
  for (const [index, cap] of caps.entries()) equal(await sender.things.badge(cap), index + 1, `capability ${index + 1}`);
}

// 19

attacks.push(
  attack(19, 'a message sent through itself, or in another one', {
    expect: told('denied'),
    async run(stage) {
      const { sender } = await both(stage, 0);
      const message = await sender.create(0, 4, 0, 0, 0, 0, 0, 0);
      await sender.words(300, message);
      const into = await sender.error('create', 0, 4, 300, 1, 0, 0, 0, 0);
      return [into, await sender.reply(await sender.create(0, 0, 0, 0, 0, 0, 400, 1), 0, 0, 300, 1)];
    },
  }),
  attack(19, 'the same capability twice in one message', {
    expect: told('bad-handle'),
    async run(stage) {
      const { sender, caps } = await both(stage, 1);
      await sender.words(200, caps[0], caps[0]);
      const number = await sender.error('create', 0, 4, 200, 2, 0, 0, 0, 0);
      await unmoved(sender, caps);
      return number;
    },
  }),
  attack(19, 'an answer to a message of one’s own, with what is in it', {
    expect: told('bad-handle'),
    async run(stage) {
      const { sender, caps } = await both(stage, 1);
      const message = await sender.create(0, 4, 200, 1, 0, 4, 400, 1);
      const number = await sender.reply(message, 0, 0, 200, 1);
      equal(await sender.free(message), 0);
      await unmoved(sender, caps);
      return number;
    },
  }),
);

// 22

for (const [name, create, most] of [
  ['of messages', [0, 0, 0, 0, 0, 0, 0, 0], 300],
  ['of messages with as much in them as there may be', [0, PAGE, 0, 0, 0, PAGE, 0, 64], 300],
]) {
  attacks.push(
    attack(22, `a flood ${name}`, {
      expect: told('quota'),
      async run(stage) {
        const sender = await open(stage, 'attacker', undefined, { objects: 300, handles: 400 });
        let made = 0;
        while ((await sender.create(...create)) !== 0) made += 1;
        equal([made, stage.inspect(sender.process).objects], [most, most]);
        const number = await sender.error('create', ...create);
        equal(await sender.free(1), 0);
        equal((await sender.create(...create)) !== 0, true, 'one less is one more');
        return number;
      },
    }),
  );
}

attacks.push(
  attack(22, 'a flood of capabilities in messages', {
    expect: told('quota'),
    async run(stage) {
      const { sender, caps } = await both(stage, 9, { transfers: 8 });
      const number = await sender.error('create', 0, 0, 200, 9, 0, 0, 0, 0);
      await unmoved(sender, caps);
      const first = await sender.create(0, 0, 200, 8, 0, 0, 0, 0);
      const second = await sender.error('create', 0, 0, 232, 1, 0, 0, 0, 0);
      equal(await sender.free(first), 0);
      await unmoved(sender, caps);
      return [number, second];
    },
  }),
  attack(22, 'more capabilities, and more bytes, than a message may have', {
    expect: told('too-long'),
    async run(stage) {
      const { sender } = await both(stage, 0, { content: 1_000 });
      const numbers = [];
      for (const wrong of [[0, 1_001, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1_001, 0, 0], [0, 0, 0, 65, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 65], [0, 0, 0, 2 ** 30, 0, 0, 0, 0], [0, 0, 0, TOP - 1, 0, 0, 0, TOP - 1]]) {
        numbers.push(await sender.error('create', ...wrong));
      }
      return numbers;
    },
  }),
  attack(22, 'more handles than the receiver may have', {
    expect: told('quota'),
    async run(stage) {
      const receiver = await open(stage, 'receiver', undefined, { handles: 3 });
      const sender = await open(stage, 'sender', receiver.process);
      await sender.words(200, await sender.things.mint(1), await sender.things.mint(2), await sender.things.mint(3));
      const message = await sender.create(0, 0, 200, 3, 0, 0, 0, 0);
      await receiver.plan(1_000, 0, 2_000, 3, 0, 0);
      const number = -(await sender.send(message, 0));
      equal(await sender.info(message, 1), 3, 'what is still in it');
      equal(await sender.free(message), 0);
      return number;
    },
  }),
);

// 23

for (const [name, what, left] of [['before it has received', 1, 1], ['when it has received', 5, 0]]) {
  attacks.push(
    attack(23, `the receiver of a message traps ${name}`, {
      expect: killed({ process: 'receiver', code: 'trapped', function: 'test/peer@1#take', says: ['trapped'] }, { told: 'trapped' }),
      async run(stage) {
        const { receiver, sender, caps } = await both(stage, 1);
        const message = await sender.create(0, 4, 200, 1, 0, 0, 0, 0);
        await receiver.plan(1_000, 4, 2_000, 1, 0, 0);
        const number = await sender.error('send', message, what);
        equal(await sender.info(message, 1), left, 'what is in it');
        equal(await sender.free(message), 0);
        if (left === 1) await unmoved(sender, caps);
        equal(stage.inspect(sender.process).objects, left);
        return number;
      },
    }),
  );
}

attacks.push(
  attack(23, 'the sender ends while its message is lent', {
    expect: killed({ process: 'sender', code: 'killed', function: undefined, says: ['was stopped'] }, { gives: ['revoked', 'revoked', 'revoked'] }),
    async run(stage) {
      const seen = [];
      let sender;
      const host = stage.provide('test/peer@1', peerSignature, {
        take(message) {
          sender.process.kill();
          seen.push(outcomeOf(() => message.data));
          seen.push(outcomeOf(() => message.capabilities));
          seen.push(outcomeOf(() => message.reply()));
          return 0;
        },
      });
      sender = await open(stage, 'sender', host);
      await sender.words(200, await sender.things.mint(1));
      const message = await sender.create(0, 4, 200, 1, 0, 4, 0, 0);
      await sender.send(message, 0).catch(() => {});
      return seen;
    },
  }),
  attack(23, 'a message that is freed and revoked by who has borrowed it', {
    expect: told('borrowed'),
    async run(stage) {
      const { sender } = await both(stage, 0);
      const message = await sender.create(0, 4, 0, 0, 0, 0, 0, 0);
      return sender.send(message, 4);
    },
  }),
  attack(23, 'a message after its call, and one that is over', {
    expect: told('bad-handle'),
    async run(stage) {
      const { receiver, sender } = await both(stage, 0);
      const message = await sender.create(0, 4, 0, 0, 0, 4, 0, 0);
      const kept = await sender.send(message, 3);
      const numbers = [await receiver.error('receive', kept, 0, 4, 0, 0), await receiver.reply(kept, 0, 0, 0, 0), await receiver.error('info', kept, 0), await receiver.free(kept)];
      equal(await sender.free(message), 0);
      for (const cap of [message, 0, 999, 2 ** 31, TOP - 1]) {
        numbers.push(await sender.error('receive', cap, 0, 4, 0, 0), await sender.reply(cap, 0, 0, 0, 0), await sender.error('info', cap, 0), await sender.free(cap));
      }
      return numbers;
    },
  }),
);

// 25

for (const [name, bad] of [
  ['none', () => 0],
  ['never given out', () => 0x8000_0001],
  ['the first one again', (caps) => caps[0]],
]) {
  attacks.push(
    attack(25, `the third of five capabilities in a message is bad: ${name}`, {
      expect: told('bad-handle'),
      async run(stage) {
        const { sender, caps } = await both(stage, 4);
        await sender.words(300, caps[0], caps[1], bad(caps), caps[2], caps[3]);
        const number = await sender.error('create', 0, 4, 300, 5, 0, 0, 0, 0);
        await unmoved(sender, caps);
        return number;
      },
    }),
    attack(25, `the third of five capabilities in an answer is bad: ${name}`, {
      expect: told('bad-handle'),
      async run(stage) {
        const { sender, caps } = await both(stage, 4);
        const message = await sender.create(0, 0, 0, 0, 0, 0, 400, 5);
        await sender.words(300, caps[0], caps[1], bad(caps), caps[2], caps[3]);
        const number = await sender.reply(message, 0, 0, 300, 5);
        equal([await sender.info(message, 5), await sender.info(message, 6)], [0, 0]);
        await unmoved(sender, caps);
        return number;
      },
    }),
  );
}

// 27

attacks.push(
  attack(27, 'messages of ranges that are not in memory', {
    expect: told('bad-pointer'),
    async run(stage) {
      const { sender } = await both(stage, 0);
      const numbers = [];
      for (const [address, size] of [[PAGE, 1], [PAGE - 3, 4], [TOP - 1, 1], [TOP - 4, 8], [4, TOP - 1], [2 ** 31, 2 ** 31]]) {
        numbers.push(await sender.error('create', address, size, 0, 0, 0, 0, 0, 0), await sender.error('create', 0, 0, 0, 0, address, size, 0, 0));
      }
      for (const [address, count] of [[PAGE, 1], [PAGE - 3, 1], [PAGE - 4, 2], [TOP - 4, 1], [TOP - 1, 64]]) {
        numbers.push(await sender.error('create', 0, 0, address, count, 0, 0, 0, 0), await sender.error('create', 0, 0, 0, 0, 0, 0, address, count));
      }
      const message = await sender.create(0, 0, PAGE, 0, PAGE, 0, PAGE, 0);
      for (const [address, size] of [[PAGE, 1], [PAGE - 3, 4], [TOP - 1, 1]]) {
        numbers.push(await sender.error('receive', message, address, size, 0, 0), await sender.reply(message, address, size, 0, 0));
        numbers.push(await sender.error('receive', message, 0, 0, address, 1), await sender.reply(message, 0, 0, address, 1));
      }
      return numbers;
    },
  }),
);

export default attacks;
