// Calls to plugins in workers by way of Comlink. A plugin cannot wait for another thread, so what calls is the page, on behalf of a plugin.

import * as Comlink from 'comlink';
import { countedAdd, expect } from '../../roads/pairs.mjs';

/** How many workers there are: threads are dear. */
const workers = 4;

/** A worker each, with a plugin in it. */
async function each({ worker, plugin }, kind, name, use) {
  const made = [];
  for (let number = 0; number < workers; number += 1) {
    const { port } = await worker('comlink');
    const remote = Comlink.wrap(port);
    const served = await remote[kind](await plugin(`calls/${name}-${number}`));
    made.push(await use(served, remote, number));
  }
  return made;
}

/** Calls one after the other. */
const repeat = (call) => async (count) => {
  for (let done = 0; done < count; done += 1) await call(done);
};

export const numbers = (environment) =>
  each(environment, 'canvas', 'canvas', (canvas, _, number) => ({
    call: repeat((done) => canvas.add(done, 7)),
    arrived: () => canvas.calls(),
    check: async () => expect(await canvas.add(2, 3), 5 ^ number),
  }));

export const handle = (environment) =>
  each(environment, 'canvas', 'canvas', async (canvas) => {
    const object = await canvas.create();
    return { call: repeat((done) => object.setSize(done, 7)), arrived: async () => (await canvas.calls()) - 1 };
  });

export const lent = (environment) =>
  each(environment, 'viewer', 'viewer', async (viewer, remote) => {
    const canvas = await remote.canvas(await environment.plugin('calls/canvas-0'));
    const object = await canvas.create();
    return { call: repeat((done) => viewer.show(Comlink.proxy(object), done, 7)), arrived: () => viewer.calls() };
  });

/** A message of 16 bytes and four objects of the page. */
export const message = (environment) =>
  each(environment, 'viewer', 'viewer', (viewer) => {
    const objects = Array.from({ length: 4 }, (_, index) => ({ setSize: () => index }));
    const bytes = new Uint8Array(16).fill(1);
    return { call: repeat(() => viewer.message(bytes, ...objects.map((object) => Comlink.proxy(object)))), arrived: () => viewer.calls() };
  });

export const minted = (environment) =>
  each(environment, 'canvas', 'canvas', (canvas) => ({
    call: repeat(async () => (await canvas.create())[Comlink.releaseProxy]()),
    arrived: () => canvas.calls(),
  }));

export const text = (environment) =>
  each(environment, 'reader', 'reader', (reader) => ({ call: repeat(() => reader.name('sixteen letters!')), arrived: () => reader.calls() }));

const bytes = (size, name) => (environment) =>
  each(environment, 'reader', name, (reader) => {
    const content = new Uint8Array(size).fill(1);
    return { call: repeat(() => reader.write(content)), arrived: () => reader.calls() };
  });

export const kibibyte = bytes(1 << 10, 'reader');
export const mebibyte = bytes(1 << 20, 'large-reader');

export async function host(environment) {
  const { add, counting } = countedAdd();
  const callee = Comlink.proxy(add);
  return counting(await each(environment, 'canvas', 'canvas', (_, remote) => ({ call: (count) => remote.callBack(callee, count) })));
}
