// Calls of Extism plugins, and of the page by them. A function of the page cannot call another plugin and wait for it unless the plugin that
// calls runs in a worker, so between plugins one does.

import { createPlugin } from '@extism/extism';
import { Cannot, countedAdd, expect } from '../../roads/pairs.mjs';

/** How many plugins there are. */
const plugins = 8;
/** How many of them run in a worker: threads are dear. */
const workers = 2;

/** Calls after which a plugin gives back what it was handed; it keeps everything until then. */
const tidy = 256;

const create = async ({ plugin }, name, number, options = {}) =>
  createPlugin({ wasm: [{ data: await plugin(`extism/${name}-${number}`) }] }, { useWasi: false, ...options });

const each = async (count, make) => {
  const made = [];
  for (let number = 0; number < count; number += 1) made.push(await make(number));
  return made;
};

/** Calls one after the other, and lets go of memory now and then. */
const repeat = (plugin, call) => {
  let since = 0;
  return async (count) => {
    for (let done = 0; done < count; done += 1) {
      await call(done);
      since += 1;
      if (since < tidy) continue;
      since = 0;
      await plugin.reset();
    }
  };
};

/** How many calls a plugin has had: it says so in four bytes. */
const arrived = (plugin) => async () => (await plugin.call('calls')).getUint32(0, true);

/** Two numbers as eight bytes. */
function pack(left, right) {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, left, true);
  view.setUint32(4, right, true);
  return bytes;
}

/** The page calls a plugin with two numbers. */
export const called = (environment) =>
  each(plugins, async (number) => {
    const plugin = await create(environment, 'server', number);
    return {
      call: repeat(plugin, async (done) => (await plugin.call('add', pack(done, 7))).getUint32(0, true)),
      arrived: arrived(plugin),
      check: async () => expect((await plugin.call('add', pack(2, 3))).getUint32(0, true), 5 ^ number),
    };
  });

/** A plugin calls a function of the page in a loop. */
export async function host(environment) {
  const { add, counting } = countedAdd();
  const functions = { 'extism:host/user': { add: (_, left, right) => add(left, right), hand() {} } };
  return counting(
    await each(plugins, async (number) => {
      const plugin = await create(environment, 'client', number, { functions });
      return { call: (count) => plugin.call('numbers', pack(count, 0)) };
    }),
  );
}

/** A plugin in a worker calls another one by way of the page. */
const between = (method, size, variant) => (environment) =>
  each(workers, async (number) => {
    const server = await create(environment, `${variant}server`, number);
    let since = 0;
    const handed = async (call) => {
      const result = await call();
      since += 1;
      if (since % tidy === 0) await server.reset();
      return result;
    };
    const functions = {
      'extism:host/user': {
        add: (_, left, right) => handed(async () => (await server.call('add', pack(left, right))).getUint32(0, true)),
        hand: (context, address) => handed(() => server.call('write', context.read(address).bytes())),
      },
    };
    const client = await create(environment, `${variant}client`, number, { functions, runInWorker: true }).catch((error) => {
      throw new Cannot(`runs no plugin in a worker here, where it could wait for another one: ${error.message}`);
    });
    return { call: (count) => client.call(method, pack(count, size)), arrived: arrived(server) };
  });

export const numbers = between('numbers', 0, '');
export const text = between('bytes', 16, '');
export const kibibyte = between('bytes', 1 << 10, '');
export const mebibyte = between('bytes', 1 << 20, 'large-');
