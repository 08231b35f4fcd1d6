// What a worker serves by way of Comlink: plugins that do what those of the other contestants do, as they are.

import * as Comlink from 'comlink';

/** Objects that the page holds are proxies of these. */
class Canvas {
  #exports;
  #badge;

  constructor(exports, badge) {
    this.#exports = exports;
    this.#badge = badge;
  }

  setSize(width, height) {
    this.#exports['figures/canvas@1#set-size'](this.#badge, width, height);
  }
}

/** A plugin that serves numbers and handles. */
async function canvas(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, { portcullis: { handle_create: (badge) => badge } });
  const { exports } = instance;
  return Comlink.proxy({
    add: (left, right) => exports['figures/canvas@1#add'](left, right) >>> 0,
    create: () => Comlink.proxy(new Canvas(exports, exports['figures/canvas@1#create']())),
    calls: () => exports.calls() >>> 0,
  });
}

/** A plugin that takes somebody else's handles. */
async function viewer(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const { exports } = instance;
  return Comlink.proxy({
    show(canvas, x, y) {
      exports['figures/viewer@1#show'](1, x, y);
      canvas[Comlink.releaseProxy]();
    },
    /** A message of bytes and objects of somebody else. */
    message(bytes, ...canvases) {
      exports['figures/viewer@1#show'](canvases.length, bytes.length, 0);
      for (const canvas of canvases) canvas[Comlink.releaseProxy]();
    },
    calls: () => exports.calls() >>> 0,
  });
}

/** A plugin that takes text and bytes. */
async function reader(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const { exports } = instance;
  const encoder = new TextEncoder();
  const put = (content) => {
    const address = exports.cabi_realloc(0, 0, 1, content.length) >>> 0;
    new Uint8Array(exports.memory.buffer).set(content, address);
    return address;
  };
  return Comlink.proxy({
    name(text) {
      const content = encoder.encode(text);
      exports['figures/reader@1#name'](put(content), content.length);
    },
    write(content) {
      exports['figures/reader@1#write'](put(content), content.length);
    },
    calls: () => exports.calls() >>> 0,
  });
}

/** Calls a function of the page so often. */
async function callBack(callee, count) {
  let sum = 0;
  for (let done = 0; done < count; done += 1) sum = await callee(sum, done);
  return sum;
}

/** What workers offer. */
export const served = { canvas, viewer, reader, callBack };
