// Names that mean something in JavaScript, or are made to be misread.

import { equal, includes, ok, refused, thrown } from './assert.mjs';

/** A name that is read as what it is not: an escape sequence, a line end, a change of direction, a zero. */
const disguised = 'a\nb\u001b[31m\u202ec\0';

/** Whether a value would be taken for a promise. */
const isThenable = (value) => typeof value?.then === 'function';

export default {
  'what every object has is not there to be imported': async ({ kernel, plugin }) => {
    const bytes = await plugin('proto-constructor');
    for (const imports of [undefined, {}, { __proto__: null }, Object.create(Array.prototype)]) {
      await refused(() => kernel.spawn(bytes, { name: 'curious', imports }), 'missing-grant', 'plugin `curious` asks for `constructor`, `__proto__`, `hasOwnProperty`, `toString`, which nobody granted');
    }
    equal(kernel.inspect().processes.length, 1);
  },

  'nor is what every object has a function of an interface': async ({ kernel, plugin }) => {
    const host = kernel.provide('test/host@1', 'act: func()', { act() {} });
    await refused(
      async () => kernel.spawn(await plugin('proto-names'), { imports: { 'test/host@1': host } }),
      'unknown-import',
      '`test/host@1#__proto__` is imported, but its provider has no function of that name',
    );
  },

  'a grant is a grant, whatever its name': async ({ kernel, plugin }) => {
    const acts = [];
    const [first, second] = ['first', 'second'].map((name) => kernel.provide('test/host@1', 'act: func()', { act: () => void acts.push(name) }));
    const process = await kernel.spawn(await plugin('odd-modules'), { imports: { constructor: first, ['__proto__']: second } });
    equal(await process.call('run'), 1);
    equal(acts, ['first', 'second']);
  },

  'exports with names of JavaScript’s own are called like others': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('odd-exports'), { name: 'odd' });
    equal(await process.call('then', [41]), 42);
    const plain = { __proto__: null, ['__proto__']: 2, toJSON: 3, constructor: 4, toString: 5, valueOf: 6, hasOwnProperty: 7, '': 8, prototype: 9, [disguised]: 10, '🦀': 12 };
    for (const name of Object.keys(plain)) equal(await process.call(name), plain[name], name);
    equal(await process.call('test/odd@1#then', [1]), 101);
    equal([await process.call('test/odd@1#constructor'), await process.call('test/odd@1#to-string')], [101, 102]);
    // What is neither plain nor of an interface is nobody's.
    await refused(() => process.call('half#open'), 'unknown-export');
    ok(!isThenable(process), 'the process');
  },

  'the functions of an interface are never taken for a promise': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('odd-exports'));
    for (const name of ['test/odd@1', '-']) {
      const methods = process.interface(name);
      ok(!isThenable(methods), `${name} has no method then`);
      // To wait for it comes to an end.
      ok((await methods) === methods, 'it is what it was');
      ok(Object.getPrototypeOf(methods) === null && Object.isFrozen(methods), 'it has nothing that was not declared, and stays so');
    }
    const methods = process.interface('test/odd@1');
    equal(Object.keys(methods).sort(), ['constructor', 'toString']);
    equal([await methods.constructor(), await methods.toString()], [101, 102]);
    equal(await process.interface('-').__proto__(), 2);
  },

  'a plugin that has names of JavaScript’s own is described without harm': async ({ kernel, plugin }) => {
    const description = await kernel.describe(await plugin('odd-exports'));
    const names = description.exports.map(({ interface: of, name }) => `${of} ${name}`);
    for (const name of ['- then', '- __proto__', '- constructor', 'test/odd@1 then', `- ${disguised}`]) ok(names.includes(name), name);
    ok(!isThenable(description), 'the description');
    const wanted = await kernel.describe(await plugin('proto-constructor'));
    equal(wanted.imports.map(({ interface: of, name }) => [of, name]), [
      ['constructor', 'constructor'],
      ['__proto__', 'toString'],
      ['hasOwnProperty', 'call'],
      ['toString', '__proto__'],
    ]);
  },

  'control characters in the names of exports are shown as dots': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('odd-exports'), { name: 'odd' });
    await refused(() => process.call(disguised, [1]), 'bad-argument', 'a·b·[31m·c· takes 0 arguments');
    await refused(() => process.call('nothing'), 'unknown-export', 'it has ');
    process.kill();
    await refused(() => process.call(disguised), 'dead', 'a·b·[31m·c· cannot be called');
  },

  'a name that reads like a message of the kernel is quoted': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('odd-exports'), { name: 'odd' });
    await refused(() => process.call('plugin `host` trapped'), 'trapped', 'plugin `odd` trapped in `plugin `host` trapped`');
  },

  'control characters in the names of imports are shown as dots': async ({ kernel, plugin }) => {
    const bytes = await plugin('odd-import');
    const error = await refused(() => kernel.spawn(bytes, { name: 'odd' }), 'missing-grant', 'plugin `odd` asks for `test/host@1·[2J·ERROR: the kernel failed`, which nobody granted');
    ok(!/[\u0000-\u001f]/.test(error.function ?? ''), 'the function’s name');
  },

  'control characters in the name of a process are shown as dots': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('trapper'), { name: 'bad\u001b]0;title\u0007\nname' });
    await refused(() => process.call('unreachable'), 'trapped', 'plugin `bad·]0;title··name` trapped');
    await refused(() => process.call('nothing'), 'dead', 'plugin `bad·]0;title··name`');
    const other = await kernel.spawn(await plugin('trapper'), { name: 'bad\u001bname' });
    await refused(() => other.call('nothing'), 'unknown-export', 'plugin bad·name exports no function');
    await refused(async () => kernel.spawn(await plugin('odd-import'), { name: 'bad\u001bname' }), 'missing-grant', 'plugin `bad·name` asks for');
  },

  'names without end are cut in messages': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('trapper'), { name: 'long' });
    const error = await thrown(() => process.call('x'.repeat(100_000)));
    equal(error.code, 'unknown-export');
    ok(error.message.length < 3_000, `${error.message.length} characters`);
    includes(error.message, '…');
  },
};
