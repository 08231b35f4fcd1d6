// Calls by way of Cap'n Web over a MessageChannel, both ends of which are in the page. A plugin cannot wait for a message, so what calls is
// the page, on behalf of a plugin.

import { newMessagePortRpcSession, RpcTarget } from 'capnweb';
import { countedAdd, expect } from '../../roads/pairs.mjs';

/** How many pairs there are. */
const pairs = 8;

/** An object that the other end holds. */
class Canvas extends RpcTarget {
  #exports;
  #badge;

  constructor(exports, badge) {
    super();
    this.#exports = exports;
    this.#badge = badge;
  }

  setSize(width, height) {
    this.#exports['figures/canvas@1#set-size'](this.#badge, width, height);
  }
}

/** A plugin that serves numbers and handles. */
class CanvasService extends RpcTarget {
  #exports;

  constructor(exports) {
    super();
    this.#exports = exports;
  }

  add(left, right) {
    return this.#exports['figures/canvas@1#add'](left, right) >>> 0;
  }

  create() {
    return new Canvas(this.#exports, this.#exports['figures/canvas@1#create']());
  }

  async callBack(callee, count) {
    let sum = 0;
    for (let done = 0; done < count; done += 1) sum = await callee(sum, done);
    return sum;
  }
}

/** A plugin that takes somebody else's handles. */
class ViewerService extends RpcTarget {
  #exports;

  constructor(exports) {
    super();
    this.#exports = exports;
  }

  show(canvas, x, y) {
    this.#exports['figures/viewer@1#show'](1, x, y);
    canvas[Symbol.dispose]();
  }

  /** A message of bytes and objects of somebody else. */
  message(bytes, canvases) {
    this.#exports['figures/viewer@1#show'](canvases.length, bytes.length, 0);
    for (const canvas of canvases) canvas[Symbol.dispose]();
  }
}

/** An object of the page. */
class Thing extends RpcTarget {
  setSize() {}
}

const encoder = new TextEncoder();

/** A plugin that takes text and bytes. */
class ReaderService extends RpcTarget {
  #exports;

  constructor(exports) {
    super();
    this.#exports = exports;
  }

  #put(content) {
    const address = this.#exports.cabi_realloc(0, 0, 1, content.length) >>> 0;
    new Uint8Array(this.#exports.memory.buffer).set(content, address);
    return address;
  }

  name(text) {
    const content = encoder.encode(text);
    this.#exports['figures/reader@1#name'](this.#put(content), content.length);
  }

  write(content) {
    this.#exports['figures/reader@1#write'](this.#put(content), content.length);
  }
}

async function each({ plugin }, Service, name, use) {
  const made = [];
  for (let number = 0; number < pairs; number += 1) {
    const { instance } = await WebAssembly.instantiate(await plugin(`calls/${name}-${number % 4}`), { portcullis: { handle_create: (badge) => badge } });
    const { port1, port2 } = new MessageChannel();
    newMessagePortRpcSession(port1, new Service(instance.exports));
    made.push(await use(newMessagePortRpcSession(port2), () => instance.exports.calls() >>> 0, number % 4));
  }
  return made;
}

/** Calls one after the other. What comes back is given up, as its documentation asks for. */
const repeat = (call) => async (count) => {
  for (let done = 0; done < count; done += 1) (await call(done))?.[Symbol.dispose]?.();
};

export const numbers = (environment) =>
  each(environment, CanvasService, 'canvas', (canvas, arrived, number) => ({
    call: repeat((done) => canvas.add(done, 7)),
    arrived,
    check: async () => expect(await canvas.add(2, 3), 5 ^ number),
  }));

export const handle = (environment) =>
  each(environment, CanvasService, 'canvas', async (canvas, arrived) => {
    const object = await canvas.create();
    return { call: repeat((done) => object.setSize(done, 7)), arrived: () => arrived() - 1 };
  });

export const lent = async (environment) => {
  const objects = await each(environment, CanvasService, 'canvas', (canvas) => canvas.create());
  return each(environment, ViewerService, 'viewer', (viewer, arrived) => {
    const object = objects.pop();
    return { call: repeat((done) => viewer.show(object, done, 7)), arrived };
  });
};

/** A message of 16 bytes and four objects of the page. */
export const message = (environment) =>
  each(environment, ViewerService, 'viewer', (viewer, arrived) => {
    const objects = Array.from({ length: 4 }, () => new Thing());
    const bytes = new Uint8Array(16).fill(1);
    return { call: repeat(() => viewer.message(bytes, objects)), arrived };
  });

export const minted = (environment) =>
  each(environment, CanvasService, 'canvas', (canvas, arrived) => ({ call: repeat(() => canvas.create()), arrived }));

export const text = (environment) =>
  each(environment, ReaderService, 'reader', (reader, arrived) => ({ call: repeat(() => reader.name('sixteen letters!')), arrived }));

const bytes = (size, name) => (environment) =>
  each(environment, ReaderService, name, (reader, arrived) => {
    const content = new Uint8Array(size).fill(1);
    return { call: repeat(() => reader.write(content)), arrived };
  });

export const kibibyte = bytes(1 << 10, 'reader');
export const mebibyte = bytes(1 << 20, 'large-reader');

export async function host(environment) {
  const { add, counting } = countedAdd();
  return counting(await each(environment, CanvasService, 'canvas', (canvas) => ({ call: (count) => canvas.callBack(add, count) })));
}
