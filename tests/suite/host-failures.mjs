// What a plugin sees, and what the application is told, when a function of the application goes wrong.

import { provideAll, spawnServedClient } from './application.mjs';
import { equal, includes, ok, refused, returnsError } from './assert.mjs';
import { echoOf, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** The process of caller.wat, whose import is the given function. */
async function spawnCaller({ kernel, plugin }, act, options = {}) {
  const host = kernel.provide('test/host@1', 'act: func()', { act });
  return kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host }, ...options });
}

/**
 * Calls a function of the client that asks one of the application's, which goes wrong. Gives what the application was
 * told; the client was stopped, for it takes such errors for its own end.
 */
async function failureOf(context, methods, call) {
  const client = await spawnServedClient(context, { echo: methods });
  await refused(() => call(echoOf(client)), 'trapped', 'plugin `parity-client` trapped', 'its last words', 'host');
  ok(!client.alive, 'the client cannot go on without an answer');
  const failures = context.failures();
  equal(failures.length, 1, 'what the application was told');
  return failures[0];
}

export default {
  'a plugin whose call makes the application throw gets a number, and the application its own error': async (context) => {
    const mine = new RangeError('the disk is full');
    const caller = await spawnCaller(context, () => {
      throw mine;
    });
    equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
    const [{ label, error }, ...more] = context.failures();
    equal([label, more], ['test/host@1#act', []]);
    ok(error === mine, 'the very error');
    ok(caller.alive, 'the plugin goes on');
    equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'), 'again');
    context.failures();
  },

  'whatever is thrown is contained': async (context) => {
    const thrown = [undefined, null, 0, 'text', Symbol('s'), { then() {} }, new Proxy({}, { get: () => undefined.x }), Object.create(null)];
    const left = [...thrown];
    const caller = await spawnCaller(context, () => {
      throw left.shift();
    });
    for (const value of thrown) {
      equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
      const [failure] = context.failures();
      ok(failure.error === value, 'the very value');
    }
  },

  'a listener that throws harms nobody': async (context) => {
    context.kernel.close();
    const kernel = await context.Kernel.start({
      onHostFailure() {
        throw new Error('the listener is broken too');
      },
    });
    const reported = [];
    const { error } = console;
    console.error = (...values) => reported.push(values);
    try {
      const caller = await spawnCaller({ ...context, kernel }, () => {
        throw new Error('broken');
      });
      equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
      ok(caller.alive, 'the plugin goes on');
      includes(reported.flat().map(String).join('\n'), 'test/host@1#act', 'the listener is broken too');
    } finally {
      console.error = error;
      kernel.close();
    }
  },

  'without a listener failures go to the console': async (context) => {
    context.kernel.close();
    const kernel = await context.Kernel.start();
    const reported = [];
    const { error } = console;
    console.error = (...values) => reported.push(values);
    try {
      const mine = new Error('broken');
      const caller = await spawnCaller({ ...context, kernel }, () => {
        throw mine;
      });
      equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
      equal(reported.length, 1);
      includes(reported[0][0], 'test/host@1#act failed');
      ok(reported[0][1] === mine, 'the very error');
    } finally {
      console.error = error;
      kernel.close();
    }
  },

  'a PluginError is the error side of a result': async (context) => {
    const client = await spawnServedClient(context);
    const relay = client.interface('test/fail-relay@1');
    await returnsError(() => relay.refuse(300), 300);
    await returnsError(() => relay.complain('no ✗'), 'no ✗');
    equal(await relay.refuse(0), undefined);
  },

  'where a signature has no error side, a PluginError is a failure like others': async (context) => {
    const mine = new context.PluginError('no');
    const caller = await spawnCaller(context, () => {
      throw mine;
    });
    equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
    const [{ error }] = context.failures();
    ok(error === mine, 'the very error');
  },

  'a PluginError with a value that the signature does not allow is a failure that says so': async (context) => {
    const client = await spawnServedClient(context, {
      fail: {
        complain() {
          throw new context.PluginError(42);
        },
      },
    });
    await returnsError(() => client.interface('test/fail-relay@1').complain('x'), "the host's function failed");
    const [{ label, error }] = context.failures();
    equal(label, 'test/fail@1#complain');
    includes(error.message, 'the result of test/fail@1#complain: expected string, got 42');
  },

  'a promise is refused with advice, and may reject without anybody’s notice': async (context) => {
    const caller = await spawnCaller(context, async () => {
      throw new Error('nobody waits for this');
    });
    equal(await caller.call('test/caller@1#call'), numberOf(context, 'host'));
    const [{ error }] = context.failures();
    includes(error.message, 'it returned a promise, and is not declared as `async func`: return the value itself');
  },

  'a result of another type is a failure that names the function and the types': async (context) => {
    const { label, error } = await failureOf(context, { echoU8: () => 256 }, (echo) => echo.echoU8(1));
    equal(label, 'test/echo@1#echo-u8');
    includes(error.message, 'the result of test/echo@1#echo-u8: expected u8, a whole number from 0 to 255, got 256');
  },

  'no result where one is due is a failure': async (context) => {
    const { error } = await failureOf(context, { echoString() {} }, (echo) => echo.echoString('x'));
    includes(error.message, 'the result of test/echo@1#echo-string: expected string');
  },

  'a list of another type is a failure': async (context) => {
    const { error } = await failureOf(context, { listU16: () => new Uint8Array(2) }, (echo) => echo.listU16([1]));
    includes(error.message, 'expected list<u16>, Uint16Array');
  },

  'a tuple of another length is a failure': async (context) => {
    const { error } = await failureOf(context, { tuple: () => [1, 'two'] }, (echo) => echo.tuple(1, '', 0n, []));
    includes(error.message, 'it must return an array of 4 values');
  },

  'what is no tuple is a failure': async (context) => {
    const { error } = await failureOf(context, { tuple: () => 'four' }, (echo) => echo.tuple(1, '', 0n, []));
    includes(error.message, 'it must return an array of 4 values');
  },

  'a wrong value in a tuple is a failure': async (context) => {
    const { error } = await failureOf(context, { tuple: () => [1, 'two', 3, []] }, (echo) => echo.tuple(1, '', 0n, []));
    includes(error.message, 'the result of test/echo@1#tuple', 's64, a bigint, got 3');
  },

  'a handle that a failed result took along is back': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const counter = await server.call('test/counter@1#create', [3]);
    const host = kernel.provide('test/host@1', 'act: func() -> tuple<own<test/counter@1.counter>, u8>', { act: () => [counter, 'no number'] });
    const imports = { 'test/host@1': host };
    const process = await kernel.spawn(await plugin('pair-taker'), { name: 'pair-taker', imports });
    equal(await process.call('test/caller@1#call'), numberOf(context, 'host'));
    includes(context.failures()[0].error.message, 'expected u8');
    ok(counter.alive, 'the handle');
    equal(await server.call('test/counter@1#read', [counter]), 3);
    counter.release();
    equal(kernel.inspect().transfers, 0);
  },

  'a handle that was moved to a function that throws is the application’s': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    let taken;
    const host = kernel.provide('test/viewer@1', 'look: func(counter: borrow<test/counter@1.counter>) -> u32\ntake: func(counter: own<test/counter@1.counter>)', {
      look: () => 0,
      take(handle) {
        taken = handle;
        throw new Error('too late');
      },
    });
    const shower = await kernel.spawn(await plugin('shower'), { name: 'shower', imports: { 'test/viewer@1': host } });
    const counter = await server.call('test/counter@1#create', [3]);
    equal(await shower.call('test/shower@1#give', [counter]), numberOf(context, 'host'));
    context.failures();
    ok(taken.alive && !counter.alive, 'the handle moved');
    taken.release();
    equal(kernel.inspect().objects, 0);
  },

  'a method that is missing is told when the interface is provided': async (context) => {
    const { kernel } = context;
    const error = await refused(
      () => kernel.provide('test/host@1', 'set-size: func(width: u32)\nact: func()', { act() {} }),
      'bad-argument',
      'test/host@1#set-size is declared, but the object that serves test/host@1 has no method setSize',
    );
    equal(error.function, 'test/host@1#set-size');
    await refused(() => kernel.provide('test/host@1', 'act: func()', { act: 5 }), 'bad-argument', 'has no method act');
  },

  'what every object has is no method that serves': async (context) => {
    const { kernel } = context;
    for (const name of ['constructor', 'to-string', 'value-of', 'has-own-property']) {
      await refused(() => kernel.provide('test/host@1', `${name}: func()`, {}), 'bad-argument', `test/host@1#${name} is declared`, 'has no method');
    }
    kernel.provide('test/host@1', 'to-string: func()', { toString() {} });
  },

  'wrong signatures are told with their line and column': async (context) => {
    const { kernel } = context;
    const methods = new Proxy({}, { get: () => () => undefined });
    const provide = (text) => () => kernel.provide('test/host@1', text, methods);
    await refused(provide('act: func('), 'bad-metadata', 'line 1, column 11');
    await refused(provide('\n\n  act: func()\n// a remark\n  move: func(x: u7)\n'), 'bad-metadata', 'line 5, column 17', 'unknown type, found `u7)`');
    await refused(provide('act func()'), 'bad-metadata', 'line 1, column 5', 'expected `:`');
    await refused(provide('Act: func()'), 'bad-metadata', 'line 1, column 1', 'kebab-case');
    await refused(provide('act: func() -> borrow<thing>'), 'bad-metadata', 'a borrow lasts for the call');
    await refused(provide('act: func()\nact: func(x: u8)'), 'bad-metadata', 'line 2', 'declared before, differently');
    await refused(provide('act: func()\r\n\tmove: func(\u0007)'), 'bad-metadata', 'line 2, column 13', 'control character 0x07');
    await refused(provide(''), 'bad-metadata', 'no function is declared for `test/host@1`');
    await refused(provide('thing: resource(1)'), 'bad-metadata', 'no function is declared');
  },

  'a wrong interface name is refused': async (context) => {
    const { kernel } = context;
    for (const name of ['host.a', 'test/host', 'test/host@01', 'Test/host@1', 'test/host@1 ', '', '-', '__proto__', 'test/host@65536', 'a/b@1\nexport c/d@1']) {
      await refused(() => kernel.provide(name, 'act: func()', { act() {} }), 'bad-metadata', 'is no interface name');
    }
  },

  'what is no provider cannot be granted': async (context) => {
    const { kernel, plugin } = context;
    const bytes = await plugin('caller');
    for (const provider of [undefined, null, 1, 'subject', {}, () => 1, kernel]) {
      await refused(
        () => kernel.spawn(bytes, { imports: { 'test/host@1': provider } }),
        'bad-argument',
        "the grant of test/host@1 is neither an interface, nor a process, nor 'object'",
      );
    }
    equal(kernel.inspect().processes.length, 1);
  },

  'a provider that has the function with another signature is refused with both': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'act: func(x: u8) -> bool', { act: () => true });
    const error = await refused(
      async () => kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host } }),
      'signature-mismatch',
      '`test/host@1#act` is imported as `func()`, but its provider has `func(u8) -> bool`',
    );
    equal([error.process, error.function], ['caller', 'test/host@1#act']);
  },

  'a provider that lacks the function is refused by its name': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'rest: func()', { rest() {} });
    const error = await refused(
      async () => kernel.spawn(await plugin('caller'), { name: 'caller', imports: { 'test/host@1': host } }),
      'unknown-import',
      '`test/host@1#act` is imported, but its provider has no function of that name',
    );
    equal(error.function, 'test/host@1#act');
  },

  'an interface of a kernel that was closed is out of service, and of no harm to the next one': async (context) => {
    const { Kernel, kernel, plugin } = context;
    const grants = provideAll(context);
    kernel.close();
    const next = await Kernel.start();
    try {
      const bytes = await plugin('parity-client');
      await refused(() => next.spawn(bytes, { imports: grants }), 'closed', 'the interface granted as test/');
      const client = await next.spawn(bytes, { imports: provideAll({ ...context, kernel: next }) });
      equal(await echoOf(client).echoU8(3), 3);
    } finally {
      next.close();
    }
  },
};
