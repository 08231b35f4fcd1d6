// The kernel itself: its start and end, and what it tells about plugins and processes.

import { equal, includes, ok, refused } from './assert.mjs';
import { emptyModule, withSection } from './bytes.mjs';
import { countersOf, relayOf, spawnBoth, spawnServer } from './processes.mjs';

export default {
  'started twice, the kernel is one': async ({ Kernel, kernel }) => {
    ok((await Kernel.start()) === kernel, 'the same');
    const [first, second] = await Promise.all([Kernel.start(), Kernel.start()]);
    ok(first === kernel && second === kernel, 'the same again');
    ok(kernel instanceof Kernel, 'its class is exported');
  },

  'when the kernel is closed every process ends': async (context) => {
    const { kernel } = context;
    const events = [];
    kernel.on('exit', (process, reason) => events.push([process.name, reason.code, reason.message]));
    const { server, client } = await spawnBoth(context);
    kernel.close();
    kernel.close();
    equal([server.alive, client.alive], [false, false]);
    const reasons = await Promise.all([server.exited, client.exited]);
    for (const reason of reasons) includes(reason.message, 'was stopped: the kernel was closed');
    equal(events.map(([name, code]) => [name, code]), [
      ['parity-server', 'killed'],
      ['parity-client', 'killed'],
    ]);
    equal(kernel.processes, []);
  },

  'what was compiled before is not compiled again, unless it is to be another': async ({ kernel, plugin }) => {
    const { compile, Module } = WebAssembly;
    let compiled = 0;
    WebAssembly.compile = (bytes) => {
      compiled += 1;
      return compile(bytes);
    };
    WebAssembly.Module = new Proxy(Module, {
      construct(module, [bytes]) {
        compiled += 1;
        return new module(bytes);
      },
    });
    /** How many modules the engine compiles for it: the plugin's, and its gate's unless another one has the same; or none. */
    const modulesOf = async (bytes, options) => {
      const before = compiled;
      equal((await kernel.compile(bytes, options)).sha256.length, 64);
      return compiled - before;
    };
    try {
      const bytes = withSection(await plugin('greeter-1'), 'cache', 'first');
      equal(await modulesOf(bytes), 2);
      equal(await modulesOf(bytes.slice()), 0, 'the same bytes');
      const name = new File([bytes], 'renamed.wasm');
      equal((await kernel.compile(name)).name, 'renamed');
      equal(compiled, 2, 'the same bytes of another name');
      equal(await modulesOf(bytes, { metering: false }), 2, 'trusted');
      equal(await modulesOf(bytes, { tableEntries: 100 }), 1, 'with smaller tables');
      await refused(() => kernel.compile(bytes, { signatures: 'export - unused: func()' }), 'bad-metadata');
      equal(await modulesOf(withSection(await plugin('greeter-1'), 'cache', 'other')), 1, 'other bytes');
      equal(await modulesOf(bytes), 0, 'still there');
      const process = await kernel.spawn(bytes);
      equal(compiled, 6);
      kernel.quarantine.add(process.sha256, { name: 'greeter' });
      await refused(() => kernel.compile(bytes), 'quarantined');
      kernel.quarantine.lift(process.sha256);

      for (let number = 0; number < 32; number++) equal(await modulesOf(withSection(emptyModule, 'cache', `${number}`)), number === 0 ? 2 : 1);
      equal(await modulesOf(bytes), 1, 'after 32 others');
      const large = (mebibytes) => withSection(emptyModule, 'large', new Uint8Array(mebibytes << 20));
      equal(await modulesOf(large(17)), 1);
      equal(await modulesOf(large(17)), 1, 'too large to be kept');
      equal(await modulesOf(large(15)), 1);
      equal(await modulesOf(large(15)), 0, 'not too large');
    } finally {
      Object.assign(WebAssembly, { compile, Module });
    }
  },

  'when the kernel is closed everything is refused': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const counter = await countersOf(server).create(1);
    const bytes = await plugin('greeter-1');
    const compiled = await kernel.compile(bytes);
    kernel.close();
    for (const action of [
      () => kernel.spawn(bytes),
      () => kernel.spawn(compiled),
      () => kernel.compile(bytes),
      () => kernel.describe(bytes),
      () => kernel.inspect(),
      () => kernel.provide('test/host@1', 'act: func()', { act() {} }),
    ]) {
      await refused(action, 'closed', 'the kernel was closed');
    }
    await refused(() => server.call('test/echo@1#nothing'), 'dead', 'test/echo@1#nothing cannot be called: plugin `parity-server` was stopped: the kernel was closed');
    ok(!counter.alive, 'handles are dead');
    counter.release();
    server.kill();
  },

  'what was under way when the kernel was closed is refused': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    const compiled = await kernel.compile(bytes);
    const underWay = [kernel.spawn(compiled), kernel.spawn(bytes)];
    for (const promise of underWay) promise.catch(() => {});
    kernel.close();
    for (const promise of underWay) await refused(() => promise, 'closed');
  },

  'closed, it can be started again, and what was compiled before can be used': async ({ Kernel, kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('greeter-1'));
    kernel.close();
    const next = await Kernel.start();
    try {
      ok(next !== kernel, 'another one');
      const process = await next.spawn(compiled);
      equal(await process.call('test/greeter@1#version'), 1);
      equal(next.inspect().processes.map(({ name }) => name), ['host', 'plugin 1']);
    } finally {
      next.close();
    }
  },

  'its disposer closes it': async ({ kernel }) => {
    kernel[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    await refused(() => kernel.inspect(), 'closed');
  },

  'a plugin is described without being run': async (context) => {
    const { kernel, plugin } = context;
    const bytes = await plugin('forger');
    const description = await kernel.describe(bytes);
    equal(description.size, bytes.length);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    equal(description.sha256, Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    equal(description.imports.map(({ interface: of, name, signature, declared }) => `${of} ${name} ${signature} ${declared}`), [
      'test/counter@1 read func(self: borrow<test/counter@1.counter>) -> u32 true',
      'test/counter@1 finish func(counter: own<test/counter@1.counter>) -> result<u32, error> true',
      'test/counter@1 same func(self: borrow<test/counter@1.counter>, other: borrow<test/counter@1.counter>) -> bool true',
    ]);
    equal(description.systemCalls, ['cap_retain', 'cap_release', 'cap_revoke', 'cap_derive', 'cap_class', 'cap_rights', 'handle_create', 'handle_badge']);
    equal(description.exports.map(({ interface: of, name }) => `${of} ${name}`).sort(), ['keep', 'take', 'use', 'value', 'within'].map((name) => `test/forger@1 ${name}`));
    equal([...description.classes].sort((a, b) => (a.name < b.name ? -1 : 1)), [
      { name: 'test/counter@1.counter', minted: false },
      { name: 'test/forger@1.thing', minted: true },
    ]);
    equal(description.memory, { minimum: 65_536, maximum: undefined });
    equal(description.hasStart, false);
    equal(kernel.processes, []);
  },

  'a description tells memory, start and what nobody declared': async ({ kernel, plugin }) => {
    equal((await kernel.describe(await plugin('grower'))).memory, { minimum: 2 * 65_536, maximum: 100 * 65_536 });
    equal((await kernel.describe(emptyModule)).memory, { minimum: 0, maximum: undefined });
    const traps = await kernel.describe(await plugin('start-traps'));
    equal([traps.hasStart, traps.systemCalls], [true, ['fault']]);
    const adder = await kernel.describe(await plugin('adder'));
    equal(adder.exports.map(({ interface: of, name, declared }) => [of, name, declared]).slice(0, 2), [
      ['-', 'add', false],
      ['-', 'long', false],
    ]);
    const given = await kernel.describe(await plugin('adder'), { signatures: 'export - add: func(a: u32, b: u32) -> u32' });
    equal(given.exports.find(({ name }) => name === 'add'), { interface: '-', name: 'add', signature: 'func(a: u32, b: u32) -> u32', declared: true });
  },

  'a description has a copy of every section of the plugin’s own': async ({ kernel, plugin }) => {
    let bytes = await plugin('greeter-1');
    bytes = withSection(bytes, 'icon', Uint8Array.of(1, 2, 3));
    bytes = withSection(bytes, 'icon', Uint8Array.of(4));
    bytes = withSection(bytes, '__proto__', 'odd');
    const description = await kernel.describe(bytes);
    const icon = description.customSection('icon');
    equal(icon, Uint8Array.of(1, 2, 3));
    equal(icon.buffer.byteLength, 3, 'it keeps nothing else alive');
    icon[0] = 9;
    equal(description.customSection('icon'), Uint8Array.of(1, 2, 3), 'another copy');
    equal(new TextDecoder().decode(description.customSection('__proto__')), 'odd');
    equal(description.customSection('constructor'), undefined);
    includes(new TextDecoder().decode(description.customSection('portcullis')), 'export test/greeter@1 version');
  },

  'functions are told with their signatures': async (context) => {
    const server = await spawnServer(context);
    const signatureOf = (label) => server.functions.find(({ name }) => name === label)?.signature;
    equal(signatureOf('test/echo@1#tuple'), 'func(a: u8, b: string, c: s64, d: list<u16>) -> tuple<u8, string, s64, list<u16>>');
    equal(signatureOf('test/counter@1#finish-if-any'), 'func(counter: option<own<test/counter@1.counter>>) -> result<u32, error>');
    equal(signatureOf('test/echo@1#result-empty'), 'func(ok: bool) -> result<_, _>');
    equal(signatureOf('cabi_realloc'), undefined);
  },

  'inspect tells who holds what, and from whom': async (context) => {
    const { kernel } = context;
    const { server, client } = await spawnBoth(context);
    const [counters, relay] = [countersOf(server), relayOf(client)];
    const mine = await counters.create(1);
    const again = mine.retain();
    const weak = mine.derive(['call', 'derive']);
    await relay.hoard(await counters.create(2));
    await counters.keep(await counters.create(3));

    const inspection = kernel.inspect();
    const [host, ...others] = inspection.processes;
    equal([host.id, host.name, others.length], [1, 'host', 2], 'the host comes first');
    others.sort((left, right) => (left.name < right.name ? 1 : -1));
    equal(others.map(({ id, name }) => [id, name]), [
      [server.id, 'parity-server'],
      [client.id, 'parity-client'],
    ]);
    const held = ({ capabilities }) =>
      capabilities
        .map(({ class: name, rights, count, borrowed, alive, minter, from }) => [name, rights, count, borrowed, alive, minter, from])
        .sort((left, right) => right[1] - left[1]);
    const name = 'test/counter@1.counter';
    equal(held(host), [
      [name, 7, 2, false, true, server.id, server.id],
      [name, 5, 1, false, true, server.id, 1],
    ]);
    equal(held(others[1]), [[name, 7, 1, false, true, server.id, 1]]);
    equal(held(others[0]), [[name, 7, 1, false, true, server.id, 1]]);
    equal([inspection.objects, others[0].objects, others[1].objects, host.objects], [4, 3, 0, 1]);
    equal(inspection.transfers, 0);
    equal([...others[0].serves].sort(), ['test/counter@1', 'test/echo@1', 'test/fail@1']);
    ok(others[1].serves.includes('test/relay@1') && !others[1].serves.includes('test/counter@1'), 'what the client serves');
    ok(others.every(({ memoryBytes, active }) => memoryBytes > 0 && memoryBytes % 65_536 === 0 && active === 0), 'memory');
    ok(inspection.kernelMemoryBytes > 0 && inspection.slots > 0, 'the kernel');
    for (const handle of [mine, again, weak]) handle.release();
  },

  'inspect tells calls that are running, and what is lent to them': async (context) => {
    const { kernel, plugin } = context;
    let during;
    const host = kernel.provide('test/host@1', 'ping: func()', {
      ping() {
        during = kernel.inspect();
      },
    });
    const server = await spawnServer(context);
    const taker = await kernel.spawn(await plugin('handle-taker'), { name: 'taker', imports: { 'test/host@1': host } });
    const counter = await countersOf(server).create(1);
    await taker.call('test/taker@1#call-host', [counter]);
    const inside = during.processes.find(({ id }) => id === taker.id);
    equal([inside.active, inside.capabilities.map(({ borrowed, rights, from, minter }) => [borrowed, rights, from, minter])], [1, [[true, 1, 1, server.id]]]);
    const after = kernel.inspect().processes.find(({ id }) => id === taker.id);
    equal([after.active, after.capabilities], [0, []]);
    counter.release();
  },

  'the numbers of errors are those of their names': async ({ errorCodes, PortcullisError, PluginError }) => {
    const names = errorCodes.map(({ name }) => name);
    const numbers = errorCodes.map(({ number }) => number);
    equal([new Set(names).size, new Set(numbers).size], [names.length, numbers.length]);
    equal(names[0], 'bad-handle');
    ok(errorCodes.every(({ text }) => text.length > 10), 'each has a text');
    const error = new PortcullisError('dead', 'it is', { process: 'p', function: 'f', cause: 5 });
    ok(error instanceof Error && error.name === 'PortcullisError', 'it is an error');
    equal([error.code, error.message, error.process, error.function, error.cause], ['dead', 'it is', 'p', 'f', 5]);
    const plugin = new PluginError('no');
    ok(plugin instanceof Error && plugin.name === 'PluginError', 'it is an error');
    equal([plugin.value, new PluginError().value], ['no', undefined]);
  },
};
