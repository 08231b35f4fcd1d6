// Messages written by hand in JavaScript: the system calls that plugins send and receive them with, as the kernel has them, and the
// call that carries one.

import { ALL, Capability, codes, Ended, failed, lent, Minted, start } from './hand-written.mjs';
import { makePairs } from './pairs.mjs';

const MESSAGE = -1;

/** Bytes that stay where they are, and capabilities that have left the namespace of whoever sent them. */
class Message extends Minted {
  constructor(sender, address, size, capabilities) {
    super(sender, MESSAGE, 0);
    this.address = address;
    this.size = size;
    this.capabilities = capabilities;
  }
}

const inMemory = (plugin, address, size) => (address >>> 0) + (size >>> 0) <= plugin.bytes.length;

/** Takes one reference out of a namespace; the capability goes with the last one. */
function detach(plugin, number) {
  const capability = plugin.capabilities[number];
  if (capability.references > 1) {
    capability.references -= 1;
    return new Capability(capability.object, capability.rights);
  }
  plugin.drop(number);
  return capability;
}

/** Puts a reference into a namespace: into the capability for the object, if there is one already. */
function attach(plugin, capability) {
  const number = plugin.capabilities.findIndex((known) => known?.object === capability.object && known.rights === capability.rights);
  if (number < 1) return plugin.take(capability);
  plugin.capabilities[number].references += 1;
  capability.object.holders -= 1;
  return number;
}

/** The system calls of a plugin that have to do with messages. */
const messageCalls = (plugin) => ({
  cap_retain(number) {
    const capability = plugin.capabilities[number];
    if (capability === undefined) return codes.badHandle;
    if (!capability.object.alive) return codes.revoked;
    capability.references += 1;
    return 0;
  },

  msg_create(data, size, list, count) {
    if (!inMemory(plugin, data, size) || !inMemory(plugin, list, 4 * count)) return plugin.fail(codes.badPointer);
    const numbers = new Uint32Array(plugin.bytes.buffer, list, count);
    // All of them move, or none does.
    for (const number of numbers) {
      const capability = plugin.capabilities[number];
      if (capability === undefined) return plugin.fail(codes.badHandle);
      if (!capability.object.alive || capability.object.generation !== capability.generation) return plugin.fail(codes.revoked);
      if (capability.lends > 0) return plugin.fail(codes.lent);
    }
    const moved = [];
    for (const number of numbers) moved.push(detach(plugin, number));
    const message = new Message(plugin, data, size, moved);
    plugin.minted.add(message);
    return plugin.take(new Capability(message, ALL));
  },

  msg_recv(number, data, size, list, count) {
    const capability = plugin.capabilities[number];
    if (capability === undefined || !(capability.object instanceof Message)) return plugin.fail(codes.badHandle);
    const message = capability.object;
    if (!message.alive) return plugin.fail(codes.revoked);
    const length = Math.min(size, message.size);
    if (!inMemory(plugin, data, length) || !inMemory(plugin, list, 4 * count)) return plugin.fail(codes.badPointer);
    if (count > 0 && count < message.capabilities.length) return plugin.fail(codes.noMemory);
    const from = message.owner.bytes;
    plugin.bytes.set(from.subarray(message.address, message.address + length), data);
    if (count > 0) {
      const numbers = new Uint32Array(plugin.bytes.buffer, list, count);
      message.capabilities.forEach((moved, place) => (numbers[place] = plugin.take(moved)));
      message.capabilities = [];
    }
    return message.size;
  },

  msg_free(number) {
    const capability = plugin.capabilities[number];
    if (capability === undefined || !(capability.object instanceof Message)) return codes.badHandle;
    for (const unreceived of capability.object.capabilities) attach(plugin, unreceived);
    return plugin.release(number);
  },
});

/** `func(message: borrow<message>, kind: u32) -> s32` */
const messageCall = (caller, callee, target) => (number, kind) => {
  if (!callee.alive) return caller.fail(codes.dead);
  const capability = lent(caller, number, MESSAGE);
  if (capability === undefined) return 0;
  capability.lends += 1;
  const there = callee.take(new Capability(capability.object, 1));
  let result;
  try {
    result = target(there, kind);
  } catch (error) {
    return failed(caller, callee, error);
  } finally {
    capability.lends -= 1;
    if (callee.alive) callee.giveBack(there);
  }
  if (!caller.alive) throw new Ended();
  return result;
};

/** Plugins that send messages to others by a method. */
export const mailers = ({ plugin }, count, method) =>
  makePairs(count, async (number) => {
    const mailbox = await start(await plugin(`messages/mailbox-${number}`), () => ({}), messageCalls);
    const take = (name) => (caller) => messageCall(caller, mailbox, mailbox.exports[`figures/mailbox@1#${name}`]);
    const mailer = await start(
      await plugin(`messages/mailer-${number}`),
      (caller) => ({ 'figures/mailbox@1': { take: take('take')(caller), 'take-own': take('take-own')(caller), 'take-four': take('take-four')(caller) } }),
      messageCalls,
    );
    mailer.exports.begin();
    return {
      call(calls) {
        mailer.exports[method](calls);
        if (mailer.error !== 0 || mailer.exports.failed() !== 0) throw new Error(`${method} failed with ${mailer.error}`);
      },
      arrived: () => mailbox.exports.calls(),
    };
  });
