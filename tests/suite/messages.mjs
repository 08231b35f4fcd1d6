// Messages: bytes and capabilities for a function that takes them, and an answer.

import { equal, ok, refused } from './assert.mjs';
import { inspected } from './processes.mjs';

const signature = 'take: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32';

async function spawn({ kernel, plugin }, provider, name, options = {}) {
  const process = await kernel.spawn(await plugin('messenger'), { name, imports: { 'test/peer@1': provider }, ...options });
  const messenger = process.interface('test/messenger@1');
  const things = process.interface('test/thing@1');
  return {
    process,
    things,
    ...messenger,
    async words(address, ...words) {
      for (const [index, word] of words.entries()) await messenger.poke(address + 4 * index, word);
    },
    read: async (address, count) => {
      const words = [];
      for (let index = 0; index < count; index++) words.push(await messenger.peek(address + 4 * index));
      return words;
    },
  };
}

const nobody = (kernel) => kernel.provide('test/peer@1', signature, { take: () => 0 });

/** A receiver that nobody else serves, and a sender that it serves. */
async function both(context, options) {
  const receiver = await spawn(context, nobody(context.kernel), 'receiver');
  return { receiver, sender: await spawn(context, receiver.process, 'sender', options) };
}

const codes = (context) => Object.fromEntries(context.errorCodes.map(({ name, number }) => [name, number]));

export default {
  'bytes and capabilities arrive, and an answer comes back': async (context) => {
    const { receiver, sender } = await both(context);
    const caps = [await sender.things.mint(41), await sender.things.mint(42)];
    await sender.words(100, 1, 2, 3);
    await sender.words(200, ...caps);
    const message = await sender.create(100, 12, 200, 2, 300, 8, 400, 2);
    equal([await sender.info(message, 0), await sender.info(message, 1), await sender.info(message, 2), await sender.info(message, 3)], [12, 2, 8, 2]);
    await receiver.plan(1_000, 12, 2_000, 2, 8, 2);
    equal(await sender.send(message, 0), 12);
    equal(await receiver.read(1_000, 3), [1, 2, 3]);
    equal(await sender.read(300, 2), [1, 2], 'the answer');
    equal([await sender.info(message, 4), await sender.info(message, 5), await sender.info(message, 6)], [8, 2, 1]);
    const back = await sender.read(400, 2);
    equal([await sender.things.badge(back[0]), await sender.things.badge(back[1])], [41, 42]);
    equal(await sender.free(message), 0);
    equal(inspected(context.kernel, receiver.process).capabilities, []);
    for (const cap of back) equal(await sender.release(cap), 0);
  },

  'who asks for less or more is told how much was sent': async (context) => {
    const { receiver, sender } = await both(context);
    await sender.words(100, 1, 2, 3);
    const message = await sender.create(100, 12, 0, 0, 0, 0, 0, 0);
    await receiver.words(1_000, 9, 9, 9, 9);
    for (const [size, expected] of [[0, [9, 9, 9, 9]], [4, [1, 9, 9, 9]], [12, [1, 2, 3, 9]], [16, [1, 2, 3, 9]]]) {
      await receiver.plan(1_000, size, 0, 0, 0, 0);
      const fresh = await sender.create(100, 12, 0, 0, 0, 0, 0, 0);
      equal(await sender.send(fresh, 0), 12, `for ${size}`);
      equal(await receiver.read(1_000, 4), expected, `for ${size}`);
      equal(await sender.free(fresh), 0);
    }
    equal(await sender.free(message), 0);
  },

  'too few places for capabilities, and nothing has moved': async (context) => {
    const { receiver, sender } = await both(context);
    const code = codes(context);
    await sender.words(200, await sender.things.mint(1), await sender.things.mint(2), await sender.things.mint(3));
    const message = await sender.create(100, 4, 200, 3, 0, 0, 0, 0);
    await receiver.plan(1_000, 4, 2_000, 2, 0, 0);
    equal(await sender.send(message, 0), -code['too-long']);
    equal(await sender.info(message, 1), 3);
    await receiver.plan(1_000, 4, 2_000, 0, 0, 0);
    equal(await sender.send(message, 0), 4, 'none are taken');
    equal(await sender.info(message, 1), 3);
    equal(await sender.free(message), 0);
    for (const cap of await sender.read(200, 3)) equal(await sender.release(cap), 0, 'it is back under its number');
  },

  'of five capabilities of which the third is bad none moves': async (context) => {
    const { sender } = await both(context);
    const caps = [];
    for (let badge = 1; badge <= 4; badge++) caps.push(await sender.things.mint(badge));
    for (const bad of [0, 0xffff_ffff, caps[0], 999]) {
      await sender.words(200, caps[0], caps[1], bad, caps[2], caps[3]);
      equal(await sender.create(100, 4, 200, 5, 0, 0, 0, 0), 0);
      equal(await sender.error(), codes(context)['bad-handle']);
      for (const [index, cap] of caps.entries()) equal(await sender.things.badge(cap), index + 1);
    }
    for (const cap of caps) equal(await sender.release(cap), 0);
  },

  'ranges that do not lie in memory are refused': async (context) => {
    const { sender } = await both(context);
    const bad = codes(context)['bad-pointer'];
    for (const wrong of [[65_533, 4, 0, 0, 0, 0, 0, 0], [0, 0, 65_533, 1, 0, 0, 0, 0], [0, 0, 0, 0, 65_536, 1, 0, 0], [0, 0, 0, 0, 0, 0, 65_530, 2], [0xffff_ffff, 1, 0, 0, 0, 0, 0, 0], [4, 0xffff_ffff, 0, 0, 0, 0, 0, 0]]) {
      equal([await sender.create(...wrong), await sender.error()], [0, bad], wrong.join(' '));
    }
    const most = await sender.create(65_536, 0, 65_532, 0, 65_535, 1, 65_536, 0);
    ok(most !== 0, 'at the very end');
    equal([await sender.receive(most, 65_536, 1, 0, 0), await sender.error()], [0, bad]);
    equal([await sender.receive(most, 0, 0, 65_536, 1), await sender.error()], [0, bad]);
    equal(await sender.reply(most, 65_536, 1, 0, 0), bad);
    const long = codes(context)['too-long'];
    for (const wrong of [[0, 0, 0, 65, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 65], [0, 0, 0, 0xffff_ffff, 0, 0, 0, 0]]) {
      equal([await sender.create(...wrong), await sender.error()], [0, long], wrong.join(' '));
    }
    equal(await sender.free(most), 0);
  },

  'an answer that does not fit is none, and there is one': async (context) => {
    const { receiver, sender } = await both(context);
    const code = codes(context);
    const message = await sender.create(0, 0, 0, 0, 300, 4, 400, 0);
    await sender.words(300, 7, 7);
    await receiver.plan(1_000, 0, 2_000, 0, 5, 0);
    equal(await sender.send(message, 0), -code['too-long']);
    equal([await sender.info(message, 6), await sender.peek(300)], [0, 7]);
    await receiver.plan(1_000, 0, 2_000, 0, 4, 0);
    equal(await sender.send(message, 0), 0);
    equal(await sender.info(message, 6), 1);
    equal(await sender.send(message, 0), -code.denied);
    equal(await sender.read(300, 2), [0, 7]);
    equal(await sender.free(message), 0);
  },

  'a message is over when the call is': async (context) => {
    const { receiver, sender } = await both(context);
    const code = codes(context);
    const message = await sender.create(0, 0, 0, 0, 0, 0, 0, 0);
    const kept = await sender.send(message, 3);
    for (const what of ['free', 'release']) equal(await receiver[what](kept), code['bad-handle'], what);
    equal([await receiver.info(kept, 0), await receiver.error()], [0, code['bad-handle']]);
    equal(await sender.send(message, 4), code.borrowed, 'who has borrowed it frees it');
    equal(await sender.free(message), 0);
    equal(await sender.free(message), code['bad-handle']);
    equal([await sender.send(message, 0), await sender.error()], [0, code['bad-handle']]);
  },

  'a message can be lent on': async (context) => {
    const last = await spawn(context, nobody(context.kernel), 'last');
    const middle = await spawn(context, last.process, 'middle');
    const sender = await spawn(context, middle.process, 'sender');
    await sender.words(100, 5);
    await sender.words(200, await sender.things.mint(77));
    const message = await sender.create(100, 4, 200, 1, 300, 4, 400, 1);
    await last.plan(1_000, 4, 2_000, 1, 4, 1);
    equal(await sender.send(message, 2), 4);
    equal([await sender.peek(300), await sender.things.badge(await sender.peek(400))], [5, 77]);
    for (const { process } of [middle, last]) equal(inspected(context.kernel, process).capabilities, []);
    equal(await sender.release(await sender.peek(400)), 0);
    equal(await sender.free(message), 0);
  },

  'a receiver that traps takes with it what it had received, and no more': async (context) => {
    const { receiver, sender } = await both(context);
    const code = codes(context);
    await sender.words(200, await sender.things.mint(1));
    const first = await sender.create(0, 0, 200, 1, 0, 0, 0, 0);
    await receiver.plan(1_000, 4, 2_000, 1, 0, 0);
    equal([await sender.send(first, 5), await sender.error()], [0, code.trapped]);
    equal(await sender.info(first, 1), 0, 'what is left in it');
    equal(await sender.free(first), 0);
    equal(inspected(context.kernel, sender.process).capabilities, []);
    const other = await both(context);
    await other.sender.words(200, await other.sender.things.mint(1));
    const second = await other.sender.create(0, 0, 200, 1, 0, 0, 0, 0);
    equal([await other.sender.send(second, 1), await other.sender.error()], [0, code.trapped]);
    equal(await other.sender.free(second), 0);
    equal(await other.sender.things.badge(await other.sender.peek(200)), 1, 'nobody had received it');
  },

  'a message that ends with its sender leaves nothing': async (context) => {
    const { kernel } = context;
    const { sender } = await both(context);
    for (let count = 0; count < 10; count++) {
      await sender.words(200, await sender.things.mint(count));
      ok((await sender.create(0, 4, 200, 1, 0, 0, 0, 0)) !== 0, 'a message');
    }
    sender.process.kill();
    equal(kernel.inspect().objects, 0);
  },

  'a flood of messages ends at the quota': async (context) => {
    const { sender } = await both(context, { objects: 30, handles: 40 });
    let made = 0;
    while ((await sender.create(0, 1, 0, 0, 0, 0, 0, 0)) !== 0) made += 1;
    equal([made, await sender.error()], [30, codes(context).quota]);
  },

  'the application sends and answers': async (context) => {
    const { kernel } = context;
    const seen = [];
    const host = kernel.provide('test/peer@1', signature, {
      take(message, a) {
        seen.push([Array.from(message.data), message.capabilities.length, message.room, message.places, message.answered]);
        message.reply(Uint8Array.of(9, 8), message.capabilities);
        return a;
      },
    });
    const plugin = await spawn(context, host, 'plugin');
    await plugin.words(100, 0x04030201);
    await plugin.words(200, await plugin.things.mint(5));
    const message = await plugin.create(100, 4, 200, 1, 300, 2, 400, 1);
    equal(await plugin.send(message, 11), 11);
    equal(seen, [[[1, 2, 3, 4], 1, 2, 1, false]]);
    equal([(await plugin.peek(300)) & 0xffff, await plugin.things.badge(await plugin.peek(400))], [0x0809, 5]);
    equal(await plugin.release(await plugin.peek(400)), 0);
    equal(await plugin.free(message), 0);
    await plugin.plan(1_000, 8, 2_000, 4, 3, 0);
    const sent = { data: Uint8Array.of(1, 2, 3), reply: 3 };
    const peers = plugin.process.interface('test/peer@1');
    equal(await peers.take(sent, 0), 3);
    equal(sent.answer, { data: Uint8Array.of(1, 2, 3), capabilities: [] });
    const unanswered = { data: Uint8Array.of(1) };
    equal(await peers.take(unanswered, 3) > 0, true);
    equal(unanswered.answer, undefined);
  },

  'what the application gets wrong is said, and handles stay': async (context) => {
    const { kernel } = context;
    const plugin = await spawn(context, nobody(kernel), 'plugin');
    const peers = plugin.process.interface('test/peer@1');
    for (const wrong of [1, null, { data: [1] }, { reply: -1 }, { reply: 1.5 }, { capabilities: [{}] }, { replyCapabilities: 65 }]) {
      await refused(() => peers.take(wrong, 0), 'bad-argument', 'message');
    }
    const server = await spawn(context, nobody(kernel), 'server');
    await refused(() => kernel.handle('test/nothing@1.thing', {}), 'bad-argument', 'test/nothing@1.thing');
    const lease = kernel.lease(new Uint8Array(4), 'read');
    await refused(() => peers.take({ capabilities: [lease] }, 1), 'trapped');
    equal(lease.alive, true, 'a handle that nobody received');
    lease.release();
    ok(server.process.alive, 'others go on');
  },
};
