// Objects with methods that others call: between plugins, and between a plugin and the application, in both directions.

import { equal, includes, ok, refused } from './assert.mjs';

const callbackSignatures = 'fire: func(self: borrow<callback>, value: u32) -> u32';
const sourceSignatures = `
  subscribe: func(callback: own<test/callback@1.callback>)
  borrow: func(callback: borrow<test/callback@1.callback>, value: u32) -> u32
`;

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** A source that is a plugin, and listeners that were given it. */
async function plugins({ kernel, plugin }, listeners = 1) {
  const source = await kernel.spawn(await plugin('source'), { name: 'source', imports: { 'test/callback@1': 'object' } });
  const compiled = await kernel.compile(await plugin('listener'));
  const all = [];
  for (let index = 0; index < listeners; index++) {
    all.push(await kernel.spawn(compiled, { name: `listener-${index}`, imports: { 'test/source@1': source }, deadline: 200 }));
  }
  return { source: source.interface('test/source@1'), process: source, listeners: all };
}

/** A source that is the application, and a listener that was given it. */
async function application({ kernel, plugin }, methods = {}) {
  const kept = [];
  const source = kernel.provide('test/source@1', sourceSignatures, {
    subscribe: (callback) => void kept.push(callback),
    borrow: (_, value) => value,
    ...methods,
  });
  const listener = await kernel.spawn(await plugin('listener'), { name: 'listener', imports: { 'test/source@1': source }, deadline: 200 });
  return { kept, listener, methods: listener.interface('test/listener@1') };
}

export default {
  'a plugin passes a callback to another plugin, which calls it without knowing whose it is': async (context) => {
    const { source, listeners } = await plugins(context, 2);
    for (const [index, listener] of listeners.entries()) {
      await listener.call('test/listener@1#listen', [index + 5]);
      equal(await source.publish(7), (index + 5) * 1_000 + 7);
      equal(await source.publish(8), (index + 5) * 1_000 + 8);
      equal(await listener.call('test/listener@1#heard'), 15);
      equal([await source.forget(), await listener.call('test/listener@1#gone')], [0, 1]);
    }
  },

  'a callback that is lent is called in the middle of the call': async (context) => {
    const { listeners: [listener] } = await plugins(context);
    equal(await listener.call('test/listener@1#lend', [3, 4]), 3_004);
    equal([await listener.call('test/listener@1#heard'), await listener.call('test/listener@1#gone')], [4, 1]);
  },

  'a callback whose maker has died, or was replaced, is revoked, and its holder goes on': async (context) => {
    const { plugin } = context;
    const { source, process, listeners: [first, second] } = await plugins(context, 2);
    await first.call('test/listener@1#listen', [1]);
    first.kill();
    equal([await source.publish(7), await source.error()], [0, numberOf(context, 'revoked')]);
    equal(await source.forget(), 0);
    await second.call('test/listener@1#listen', [2]);
    await second.replace(await plugin('listener'));
    equal([await source.publish(7), await source.error()], [0, numberOf(context, 'revoked')]);
    equal(await source.forget(), 0);
    await second.call('test/listener@1#listen', [3]);
    equal([await source.publish(7), await source.error()], [3_007, 0], 'a new one of the newer build');
    ok(process.alive, 'it goes on');
    await source.forget();
  },

  'a plugin passes a callback to the application, which calls it later': async (context) => {
    const { kept, methods } = await application(context);
    await methods.listen(5);
    await methods.listen(6);
    equal(await Promise.all(kept.map((callback) => callback.call('fire', [7]))), [5_007, 6_007]);
    equal(await methods.heard(), 14);
    for (const callback of kept) callback.release();
    equal(await methods.gone(), 2);
    await refused(() => kept[0].call('fire', [7]), 'bad-handle', 'was released');
  },

  'a callback that the application made from any object, or function, is called by a plugin': async (context) => {
    const { kernel } = context;
    kernel.provide('test/callback@1', callbackSignatures, { fire: (self, value) => self(value) });
    const { source, process } = await plugins(context, 0);
    const heard = [];
    const callback = (value) => heard.push(value);
    await source.subscribe(callback);
    equal([await source.publish(7), await source.publish(8), heard], [1, 2, [7, 8]]);
    equal(await source.borrow((value) => value * 2, 21), 42, 'one that is lent');
    equal(kernel.inspect().processes[0].objects, 1);
    equal(await source.forget(), 0);
    equal(kernel.inspect().processes[0].objects, 0, 'the application’s object is let go');
    ok(process.alive, 'it goes on');
  },

  'a callback of the application that fails is an error for the plugin': async (context) => {
    const { kernel } = context;
    kernel.provide('test/callback@1', callbackSignatures, { fire: (self, value) => self(value) });
    const { source } = await plugins(context, 0);
    await source.subscribe(() => {
      throw new Error('no');
    });
    equal([await source.publish(7), await source.error()], [0, numberOf(context, 'host')]);
    equal(context.failures().map(({ error }) => error.message), ['no']);
    await source.forget();
  },

  'a plugin that holds a callback of the application’s gets “dead” or “revoked” when it is withdrawn': async (context) => {
    const { kernel } = context;
    const served = kernel.provide('test/callback@1', callbackSignatures, { fire: () => 1 });
    const { source } = await plugins(context, 0);
    await source.subscribe({});
    served.withdraw();
    equal([await source.publish(7), await source.error()], [0, numberOf(context, 'revoked')]);
    await source.forget();
  },

  'the application calls methods of an object by their name, in either spelling': async (context) => {
    const { methods, listener } = await application(context);
    const callback = await methods.make(9);
    equal(await callback.call('fire', [1]), 9_001);
    equal(callback.class, 'test/callback@1.callback');
    await refused(() => callback.call('turnForever'), 'deadline', 'turn-forever');
    ok(!listener.alive && !callback.alive, 'who ran too long ended');
    callback.release();
  },

  'a deadline of one call is that of the method': async (context) => {
    const { methods } = await application(context);
    const callback = await methods.make(9);
    const error = await refused(() => callback.call('turn-forever', [], { deadline: 30 }), 'deadline', 'its deadline was 30 ms');
    equal([error.process, error.function], ['listener', 'test/callback@1#turn-forever']);
    await refused(() => callback.call('fire', [1]), 'revoked');
    await refused(() => callback.call('fire', [1], { deadline: -1 }), 'revoked');
    callback.release();
  },

  'what is no method of the object is refused by its name, and what is wrong with the arguments too': async (context) => {
    const { methods, listener } = await application(context);
    const callback = await methods.make(9);
    const error = await refused(() => callback.call('listen', [1]), 'no-method', 'plugin listener has no method listen for objects of class test/callback@1.callback; it has fire, explode, turn-forever');
    equal(error.function, 'test/callback@1#listen');
    for (const name of ['', 'count', 'callback', '[dtor]callback', 'then', '__proto__', 'constructor', 'test/callback@1#fire']) {
      await refused(() => callback.call(name, [1]), 'no-method');
    }
    await refused(() => callback.call('fire'), 'bad-argument', 'test/callback@1#fire takes 1 argument besides its object, got 0');
    await refused(() => callback.call('fire', [1, 2]), 'bad-argument', 'takes 1 argument besides its object, got 2');
    await refused(() => callback.call('fire', ['1']), 'bad-argument', 'argument value of test/callback@1#fire');
    await refused(() => callback.call('fire', [1], { deadline: 0 }), 'bad-argument', 'deadline');
    equal(await callback.call('fire', [1]), 9_001);
    ok(listener.alive, 'it goes on');
    callback.release();
  },

  'a method that traps ends the process that serves it, and its callbacks': async (context) => {
    const { kept, methods } = await application(context);
    await methods.listen(1);
    await methods.listen(2);
    await refused(() => kept[0].call('explode'), 'trapped', 'plugin `listener` trapped in `test/callback@1#explode`');
    for (const callback of kept) {
      await refused(() => callback.call('fire', [1]), 'revoked');
      callback.release();
    }
  },

  'the application’s handle of a callback is revoked when its maker is replaced': async (context) => {
    const { plugin } = context;
    const { kept, methods, listener } = await application(context);
    await methods.listen(1);
    await listener.replace(await plugin('listener'));
    await refused(() => kept[0].call('fire', [1]), 'revoked');
    await methods.listen(2);
    equal(await kept[1].call('fire', [1]), 2_001);
    for (const callback of kept) callback.release();
  },

  'a derived handle calls methods until it is revoked, one without the right to call does not': async (context) => {
    const { methods } = await application(context);
    const callback = await methods.make(4);
    const callable = callback.derive(['call']);
    const mute = callback.derive(['grant']);
    equal(await callable.call('fire', [1]), 4_001);
    await refused(() => mute.call('fire', [1]), 'denied');
    callable.revoke();
    await refused(() => callable.call('fire', [1]), 'revoked');
    equal(await callback.call('fire', [1]), 4_001);
    for (const handle of [callable, mute, callback]) handle.release();
  },

  'a callback that is lent to the application is called during the call, and not afterwards': async (context) => {
    const answers = [];
    let lent;
    const { methods } = await application(context, {
      borrow(callback, value) {
        lent = callback;
        answers.push(callback.call('fire', [value]));
        return 1;
      },
    });
    equal(await methods.lend(3, 4), 1);
    equal(await Promise.all(answers), [3_004]);
    equal(await methods.heard(), 4, 'it was called at once');
    await refused(() => lent.call('fire', [1]), 'bad-handle', 'borrowed for a call that is over');
  },

  'a process that may make no calls within calls refuses a callback in the middle of one': async (context) => {
    const { kernel, plugin } = context;
    const answers = [];
    const source = kernel.provide('test/source@1', sourceSignatures, {
      subscribe() {},
      borrow(callback, value) {
        answers.push(callback.call('fire', [value]));
        return 1;
      },
    });
    const listener = await kernel.spawn(await plugin('listener'), { imports: { 'test/source@1': source }, calls: 1 });
    const waiting = listener.call('test/listener@1#lend', [3, 4]);
    const error = await refused(() => answers[0], 'busy');
    includes(error.message, 'test/callback@1#fire');
    equal(await waiting, 1);
  },
};
