// Calls through translators written by hand in JavaScript, with the checks and the containment that the kernel has: what one would write
// for a page that has a few interfaces and all the time in the world. One function for each signature, closed over caller and callee;
// no rest arguments, no loop over types, capabilities in an array for each plugin. It has no deadlines and proves no stack.

import { countedAdd, expect, makePairs, sumAfterTwo } from './pairs.mjs';

/** What calls come to that come to nothing. */
export const codes = { badHandle: 1, wrongClass: 2, revoked: 3, denied: 4, notOwner: 5, lent: 6, dead: 7, trapped: 8, badPointer: 9, badText: 10, noMemory: 11 };

const CALL = 1;
const GRANT = 2;
export const ALL = 7;

/** Longer texts are left to the engine's decoder. */
const shortText = 64;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Something that a plugin minted. */
export class Minted {
  alive = true;
  generation = 0;
  /** How many capabilities there are for it, wherever. */
  holders = 0;

  constructor(owner, className, badge) {
    this.owner = owner;
    this.className = className;
    this.badge = badge;
  }
}

/** What a plugin holds of it. */
export class Capability {
  references = 1;
  lends = 0;

  constructor(object, rights) {
    this.object = object;
    object.holders += 1;
    this.generation = object.generation;
    this.rights = rights;
  }
}

/** A plugin that runs. */
class Plugin {
  alive = true;
  /** What its last call came to, if it came to nothing. */
  error = 0;
  /** Its capabilities by number; 0 is none. */
  capabilities = [undefined];
  free = [];
  minted = new Set();
  /** Its functions by method, for calls that are dispatched on an object. */
  methods = new Map();
  exports;
  #bytes;

  /** Its memory as it is at the moment. */
  get bytes() {
    const { buffer } = this.exports.memory;
    if (this.#bytes?.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }

  /** Puts a capability into the namespace, and gives its number. */
  take(capability) {
    const number = this.free.length > 0 ? this.free.pop() : this.capabilities.length;
    this.capabilities[number] = capability;
    return number;
  }

  /** Takes a capability out of the namespace, whoever gets it. */
  drop(number) {
    this.capabilities[number] = undefined;
    this.free.push(number);
  }

  /** Takes a capability out that was lent for a call. */
  giveBack(number) {
    this.capabilities[number].object.holders -= 1;
    this.drop(number);
  }

  mint(badge, className) {
    const object = new Minted(this, className, badge);
    this.minted.add(object);
    return this.take(new Capability(object, ALL));
  }

  release(number) {
    const capability = this.capabilities[number];
    if (capability === undefined) return codes.badHandle;
    if (capability.lends > 0) return codes.lent;
    capability.references -= 1;
    if (capability.references > 0) return 0;
    this.drop(number);
    const { object } = capability;
    object.holders -= 1;
    if (object.holders > 0) return 0;
    object.alive = false;
    object.generation += 1;
    object.owner.minted.delete(object);
    return 0;
  }

  /** The call that it makes fails. */
  fail(code) {
    this.error = code;
    return 0;
  }

  /** Nothing of it runs again. */
  end() {
    this.alive = false;
    for (const object of this.minted) {
      object.alive = false;
      object.generation += 1;
    }
    this.minted.clear();
    this.exports = undefined;
  }
}

/** What is thrown through a plugin that was ended while it waited for a call. */
export class Ended extends Error {}

/** The callee ended, or the caller did meanwhile. */
export function failed(caller, callee, error) {
  if (callee.alive && !(error instanceof Ended && !caller.alive)) callee.end();
  if (!caller.alive) throw new Ended();
  return caller.fail(codes.trapped);
}

/** The capability that a number names, if it can be the argument of a call; otherwise the caller has been told. */
export function lent(caller, number, className) {
  const capability = caller.capabilities[number];
  if (capability === undefined) return void caller.fail(codes.badHandle);
  const { object } = capability;
  if (!object.alive || object.generation !== capability.generation) return void caller.fail(codes.revoked);
  if (object.className !== className) return void caller.fail(codes.wrongClass);
  if ((capability.rights & CALL) === 0) return void caller.fail(codes.denied);
  return capability;
}

/** `func(left: u32, right: u32) -> u32` */
const numbersCall = (caller, callee, target) => (left, right) => {
  if (!callee.alive) return caller.fail(codes.dead);
  let result;
  try {
    result = target(left, right);
  } catch (error) {
    return failed(caller, callee, error);
  }
  if (!caller.alive) throw new Ended();
  return result;
};

/** `func(this: borrow<class>, x: u32, y: u32)`, of a class that the callee mints */
const methodCall = (caller, callee, target, className) => (number, x, y) => {
  if (!callee.alive) return caller.fail(codes.dead);
  const capability = lent(caller, number, className);
  if (capability === undefined) return 0;
  const { object } = capability;
  if (object.owner !== callee) return caller.fail(codes.notOwner);
  capability.lends += 1;
  try {
    target(object.badge, x, y);
  } catch (error) {
    return failed(caller, callee, error);
  } finally {
    capability.lends -= 1;
  }
  if (!caller.alive) throw new Ended();
};

/** The same, wherever it was minted. */
const dispatchedCall = (caller, method, className) => (number, x, y) => {
  const capability = lent(caller, number, className);
  if (capability === undefined) return 0;
  const { object } = capability;
  const callee = object.owner;
  const target = callee.methods.get(method);
  if (target === undefined) return caller.fail(codes.notOwner);
  capability.lends += 1;
  try {
    target(object.badge, x, y);
  } catch (error) {
    return failed(caller, callee, error);
  } finally {
    capability.lends -= 1;
  }
  if (!caller.alive) throw new Ended();
};

/** `func(other: borrow<class>, x: u32, y: u32)`, of a class that somebody else mints */
const lendingCall = (caller, callee, target, className) => (number, x, y) => {
  if (!callee.alive) return caller.fail(codes.dead);
  const capability = lent(caller, number, className);
  if (capability === undefined) return 0;
  capability.lends += 1;
  const there = callee.take(new Capability(capability.object, CALL));
  try {
    target(there, x, y);
  } catch (error) {
    return failed(caller, callee, error);
  } finally {
    capability.lends -= 1;
    if (callee.alive) callee.giveBack(there);
  }
  if (!caller.alive) throw new Ended();
};

/** `func() -> own<class>` */
const mintingCall = (caller, callee, target, className) => () => {
  if (!callee.alive) return caller.fail(codes.dead);
  let number;
  try {
    number = target();
  } catch (error) {
    return failed(caller, callee, error);
  }
  if (!caller.alive) throw new Ended();
  const capability = callee.capabilities[number];
  if (capability === undefined || capability.object.className !== className || capability.lends > 0 || (capability.rights & GRANT) === 0) {
    callee.end();
    return caller.fail(codes.trapped);
  }
  if (capability.references === 1) {
    callee.drop(number);
    return caller.take(capability);
  }
  capability.references -= 1;
  return caller.take(new Capability(capability.object, capability.rights));
};

/** Whether bytes are UTF-8. */
function isText(bytes) {
  if (bytes.length <= shortText) {
    let all = 0;
    for (let place = 0; place < bytes.length; place += 1) all |= bytes[place];
    if (all < 0x80) return true;
  }
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `func(content: string)` or `func(content: list<u8>)` */
const contentCall = (caller, callee, target, text) => (address, length) => {
  if (!callee.alive) return caller.fail(codes.dead);
  const from = caller.bytes;
  const start = address >>> 0;
  const size = length >>> 0;
  if (start + size > from.length) return caller.fail(codes.badPointer);
  const content = from.subarray(start, start + size);
  if (text && !isText(content)) return caller.fail(codes.badText);
  try {
    const there = callee.exports.cabi_realloc(0, 0, 1, size) >>> 0;
    if (there === 0) return caller.fail(codes.noMemory);
    const into = callee.bytes;
    if (there + size > into.length) throw new RangeError('the allocator gave what is not in memory');
    into.set(content, there);
    target(there, size);
  } catch (error) {
    return failed(caller, callee, error);
  }
  if (!caller.alive) throw new Ended();
};

/** A function of the page, whose failures are told as such. */
const hostCall = (caller, callee) => (left, right) => {
  let result;
  try {
    result = callee(left >>> 0, right >>> 0);
  } catch {
    return caller.fail(codes.trapped);
  }
  if (!caller.alive) throw new Ended();
  return typeof result === 'number' ? result : caller.fail(codes.trapped);
};

/** A function that the page calls. */
const exportCall = (callee, target) => (left, right) => {
  if (!callee.alive) throw new Error('the plugin has ended');
  try {
    return target(left, right) >>> 0;
  } catch (error) {
    callee.end();
    throw error;
  }
};

/** A plugin that runs. `more` are system calls that not everybody needs. */
export async function start(bytes, imports = () => ({}), more = () => ({})) {
  const plugin = new Plugin();
  const system = {
    handle_create: (badge, className) => plugin.mint(badge, className),
    cap_release: (number) => plugin.release(number),
    ...more(plugin),
  };
  const { instance } = await WebAssembly.instantiate(bytes, { portcullis: system, ...imports(plugin) });
  plugin.exports = instance.exports;
  return plugin;
}

const CANVAS = 1;
const served = (plugin, name) => plugin.exports[`figures/${name}`];

async function painting({ plugin }, number, add) {
  const canvas = await start(await plugin(`calls/canvas-${number}`));
  const viewer = await start(await plugin(`calls/viewer-${number}`));
  canvas.methods.set('set-size', served(canvas, 'canvas@1#set-size'));
  const painter = await start(await plugin(`calls/painter-${number}`), (caller) => ({
    'figures/canvas@1': {
      create: mintingCall(caller, canvas, served(canvas, 'canvas@1#create'), CANVAS),
      'set-size': methodCall(caller, canvas, served(canvas, 'canvas@1#set-size'), CANVAS),
      add: numbersCall(caller, canvas, served(canvas, 'canvas@1#add')),
    },
    'figures/viewer@1': { show: lendingCall(caller, viewer, served(viewer, 'viewer@1#show'), CANVAS) },
    'figures/host@1': { add: hostCall(caller, add) },
  }));
  painter.exports.begin();
  return { painter, canvas, viewer, arrived: () => canvas.exports.calls() + viewer.exports.calls() - 1 };
}

/** What calls itself in a plugin, and has to have come to nothing but success. */
const calling = (plugin, method) => (count) => {
  plugin.exports[method](count);
  if (plugin.error !== 0) throw new Error(`${method} failed with ${plugin.error}`);
};

export async function painters(environment, count, method) {
  const { add, counting } = countedAdd();
  const made = await makePairs(count, async (number) => {
    const { painter, arrived } = await painting(environment, number, add);
    return {
      call: calling(painter, method),
      arrived,
      check() {
        const before = painter.exports.sum();
        painter.exports.numbers(2);
        expect(painter.exports.sum(), sumAfterTwo(before, number));
      },
    };
  });
  return method === 'host' ? counting(made) : made;
}

export const visitors = (environment, count) =>
  makePairs(count, async (number) => {
    const { canvas, arrived } = await painting(environment, number, countedAdd().add);
    const visitor = await start(await environment.plugin(`calls/visitor-${number}`), (caller) => ({
      'figures/canvas@1': { 'set-size': dispatchedCall(caller, 'set-size', CANVAS) },
    }));
    visitor.exports['figures/visitor@1#begin'](visitor.take(new Capability(canvas.capabilities[canvas.mint(77, CANVAS)].object, ALL)));
    return { call: calling(visitor, 'dispatched'), arrived };
  });

export const called = (environment, count) =>
  makePairs(count, async (number) => {
    const { canvas, arrived } = await painting(environment, number, countedAdd().add);
    const target = exportCall(canvas, served(canvas, 'canvas@1#add'));
    return {
      call(calls) {
        for (let done = 0; done < calls; done += 1) target(done, 7);
      },
      arrived,
      check: () => expect(target(2, 3), 5 ^ number),
    };
  });

export const writers = ({ plugin }, count, method, size = '') =>
  makePairs(count, async (number) => {
    const reader = await start(await plugin(`calls/${size}reader-${number}`));
    const writer = await start(await plugin(`calls/${size}writer-${number}`), (caller) => ({
      'figures/reader@1': {
        name: contentCall(caller, reader, served(reader, 'reader@1#name'), true),
        write: contentCall(caller, reader, served(reader, 'reader@1#write'), false),
      },
    }));
    writer.exports.begin();
    return {
      call: calling(writer, method),
      arrived: () => reader.exports.calls(),
      check: () => method === 'bytes' && expect(reader.exports.last(), 1 + number),
    };
  });
