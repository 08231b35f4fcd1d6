// How the tests start the plugins of tests/plugins.

import { tested } from './guests.mjs';

/** Plugins with the interfaces that tests/plugins/parity-server documents, that in Rust and those in other languages. */
export const servers = ['parity-server', ...['c'].filter(tested).map((language) => `${language}/parity-server`)];

/** The interfaces that a server has and a client wants. */
export const parityInterfaces = ['test/echo@1', 'test/counter@1', 'test/fail@1'];

/** A process of a server. */
export async function spawnServer({ kernel, plugin }, options = {}, name = servers[0]) {
  return kernel.spawn(await plugin(name), { name, ...options });
}

/** A process of the client, with everything that it imports from one provider. */
export async function spawnClient({ kernel, plugin }, provider, options = {}) {
  const imports = Object.fromEntries(parityInterfaces.map((name) => [name, provider]));
  return kernel.spawn(await plugin('parity-client'), { name: 'parity-client', imports, ...options });
}

/** A server, and a client that imports from it. */
export async function spawnBoth(context, name = servers[0]) {
  const server = await spawnServer(context, {}, name);
  return { server, client: await spawnClient(context, server) };
}

// The functions of the interfaces that the plugins export, in camel case.
export const echoOf = (process) => process.interface('test/echo@1');
export const countersOf = (process) => process.interface('test/counter@1');
export const failOf = (process) => process.interface('test/fail@1');
export const relayOf = (process) => process.interface('test/relay@1');

/** The process as `inspect` tells it. */
export function inspected(kernel, process) {
  return kernel.inspect().processes.find(({ id }) => id === process.id);
}
