// Imports and exports against what was declared of them, and against who is to provide them.

import { counters, counterSignatures } from './application.mjs';
import { equal, ok, refused } from './assert.mjs';
import { withRecords } from './bytes.mjs';
import { parityInterfaces, spawnServer } from './processes.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** Refuses a test plugin with these records beside its own; gives the error. */
async function refusedWith({ kernel, plugin }, name, records, code, ...parts) {
  const bytes = await plugin(name);
  const error = await refused(() => kernel.compile(withRecords(bytes, records)), code, ...parts);
  // To give the records from outside comes to the same.
  await refused(() => kernel.compile(bytes, { signatures: records }), code, ...parts.filter((part) => !String(part).includes('the signature metadata')));
  equal(kernel.inspect().processes.length, 1);
  return error;
}

export default {
  'an export that is declared as something else is refused with both types': async (context) => {
    const error = await refusedWith(
      context,
      'greeter-bare',
      'export test/greeter@1 greet: func(times: u64) -> u32',
      'signature-mismatch',
      'export `test/greeter@1#greet` is declared as `func(times: u64) -> u32`, which is the core type',
      'i64',
      'but the module has',
      'make both agree',
    );
    equal(error.function, 'test/greeter@1#greet');
    await refusedWith(context, 'greeter-bare', 'export test/greeter@1 version: func()', 'signature-mismatch', '`func()`');
    await refusedWith(context, 'greeter-bare', 'export test/greeter@1 version: func() -> string', 'signature-mismatch');
    await refusedWith(context, 'adder', 'export - splat: func(x: u32) -> u32', 'signature-mismatch', 'one with vectors or references');
  },

  'an import that is declared as something else is refused with both types': async (context) => {
    const error = await refusedWith(
      context,
      'bare-caller',
      'import test/host@1 mix: func(a: u32, b: f64, c: f64) -> u32',
      'signature-mismatch',
      'import `test/host@1#mix` is declared as `func(a: u32, b: f64, c: f64) -> u32`',
      'but the module has',
    );
    equal(error.function, 'test/host@1#mix');
  },

  'an export that is declared and not there is refused by its name': async (context) => {
    await refusedWith(context, 'greeter-bare', 'export test/greeter@1 wave: func()', 'bad-metadata', '`test/greeter@1#wave` is declared as an export, but the module exports no such function');
    await refusedWith(context, 'adder', 'export - subtract: func()', 'bad-metadata', '`subtract` is declared as an export');
  },

  'a record of an import that the module has not is skipped': async ({ kernel, plugin }) => {
    const bytes = withRecords(await plugin('greeter-bare'), 'import test/unused@1 nothing: func()\nimport test/unused@1 thing: resource(4)');
    equal((await kernel.describe(bytes)).imports, []);
    await kernel.spawn(bytes);
  },

  'what a plugin imports and nobody granted is refused, with every interface named': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const bytes = await plugin('parity-client');
    const error = await refused(() => kernel.spawn(bytes, { name: 'client' }), 'missing-grant', 'plugin `client` asks for', ...parityInterfaces.map((name) => `\`${name}\``), 'which nobody granted; grant it in `imports`');
    equal([error.process, error.code], ['client', 'missing-grant']);
    const partly = await refused(() => kernel.spawn(bytes, { imports: { 'test/echo@1': server } }), 'missing-grant', '`test/counter@1`', '`test/fail@1`');
    ok(!partly.message.includes('test/echo@1'), partly.message);
    await refused(() => kernel.spawn(bytes, { imports: {} }), 'missing-grant');
    equal(kernel.inspect().processes.length, 2);
  },

  'grants that are inherited are no grants': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'act: func()', { act() {} });
    const inherited = Object.create({ 'test/host@1': host });
    await refused(async () => kernel.spawn(await plugin('caller'), { imports: inherited }), 'missing-grant', '`test/host@1`');
  },

  'a grant that nobody needs is of no effect': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const process = await kernel.spawn(await plugin('greeter-1'), { imports: { 'test/echo@1': server, 'test/other@1': 'object' } });
    equal(await process.call('test/greeter@1#version'), 1);
  },

  'a process that does not export the interface cannot provide it': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    await refused(
      async () => kernel.spawn(await plugin('visitor'), { imports: { 'test/greeter@1': server } }),
      'missing-grant',
      'plugin `parity-server` was granted as provider of `test/greeter@1`, but does not export it',
    );
  },

  'a process that has ended cannot provide anything': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    server.kill();
    const imports = Object.fromEntries(parityInterfaces.map((name) => [name, server]));
    await refused(async () => kernel.spawn(await plugin('parity-client'), { imports }), 'dead', /the process granted as provider of `test\/\w+@1` is dead/);
  },

  'a plugin whose provider has ended is told with every call': async (context) => {
    const { kernel, plugin } = context;
    const link = await kernel.spawn(await plugin('link'), { imports: { 'test/link@1': kernel.provide('test/link@1', 'call: func(depth: u32) -> u32', { call: () => 1 }) } });
    const outer = await kernel.spawn(await plugin('link'), { imports: { 'test/link@1': link } });
    link.kill();
    for (let call = 0; call < 3; call++) equal(await outer.call('test/link@1#call', [5]), 100 + numberOf(context, 'dead'));
  },

  'a class of another interface is another class': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    await refused(
      async () => kernel.spawn(await plugin('other-class'), { imports: { 'test/counter@1': server } }),
      'signature-mismatch',
      '`test/counter@1#read` is imported as `func(borrow<test/other@1.counter>) -> u32`, but its provider has `func(borrow<test/counter@1.counter>) -> u32`',
    );
  },

  'names of parameters do not matter, types do': async (context) => {
    const { kernel, plugin } = context;
    const make = (signature) => kernel.provide('test/link@1', `call: ${signature}`, { call: () => 1 });
    const spawn = async (signature) => kernel.spawn(await plugin('link'), { imports: { 'test/link@1': make(signature) } });
    await spawn('func(anything: u32) -> u32');
    for (const signature of ['func(depth: s32) -> u32', 'func(depth: u32) -> s32', 'func(depth: char) -> u32', 'func(depth: u32)', 'func() -> u32', 'func(depth: error) -> u32', 'func(depth: u32) -> result<u32>']) {
      await refused(() => spawn(signature), 'signature-mismatch', 'is imported as `func(u32) -> u32`, but its provider has `func');
    }
  },

  'a system call that there is not is refused by its name': async ({ kernel, plugin }) => {
    const error = await refused(async () => kernel.compile(await plugin('unknown-call')), 'unknown-import', 'the kernel has no system call `cap_fly`');
    equal(error.function, 'portcullis#cap_fly');
  },

  'a system call of another type is refused with both': async ({ kernel, plugin }) => {
    await refused(async () => kernel.compile(await plugin('wrong-call')), 'signature-mismatch', 'the system call `cap_release` is', 'but the module imports it as');
  },

  'imports that are no functions are refused as what they are': async ({ kernel, plugin }) => {
    await refused(async () => kernel.compile(await plugin('table-import')), 'unknown-import', 'imports a table `table` from `test/host@1`');
  },

  'a memory that is imported is the kernel’s, under the limit': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('memory-import'));
    const [first, second] = [await kernel.spawn(compiled, { memory: { maximum: 3 * 65_536 } }), await kernel.spawn(compiled)];
    equal([await first.call('put', [5]), await second.call('put', [6])], [5, 6]);
    equal([await first.call('grow', [2]), await first.call('grow', [1])], [1, -1]);
    equal([await second.call('grow', [49]), await second.call('grow', [1])], [1, -1]);
  },

  'a module without a word of metadata can be called with numbers': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(await plugin('adder'), { name: 'adder' });
    equal(await process.call('add', [40, 2]), 42);
    equal(await process.call('add', [2 ** 31 - 1, 1]), -(2 ** 31), 'numbers have a sign');
    await refused(() => process.call('add', [2 ** 31, 0]), 'bad-argument', 'argument p0 of add: expected s32');
    equal(await process.call('long', [2n ** 62n]), 2n ** 62n + 1n);
    equal(await process.call('half', [0.5]), 0.25);
    equal(await process.call('both', [7, -8n]), [-8n, 7, 0.5], 'several results');
    equal(await process.call('not_kebab.at-all!'), 5);
    equal(process.functions.map(({ name, signature }) => `${name}: ${signature}`).sort(), [
      'add: func(p0: s32, p1: s32) -> s32',
      'both: func(p0: s32, p1: s64) -> (s64, s32, f64)',
      'half: func(p0: f32) -> f64',
      'long: func(p0: s64) -> s64',
      'not_kebab.at-all!: func() -> s32',
    ]);
    await refused(() => process.call('splat', [1]), 'unknown-export', 'plugin adder exports no function splat');
  },

  'signatures from outside say what the numbers mean': async ({ kernel, plugin }) => {
    const signatures = `
      // What it does is known.
      export - add: func(left: u32, right: u32) -> u32
      export - long: func(value: u64) -> u64`;
    const bytes = await plugin('adder');
    const error = await refused(() => kernel.spawn(bytes, { signatures }), 'bad-metadata', 'line 2, column 1', 'expected `import` or `export`');
    ok(error, 'records begin at the start of their line');
    const process = await kernel.spawn(bytes, { signatures: signatures.replaceAll(/^ +/gm, '') });
    equal(await process.call('add', [2 ** 32 - 1, 2]), 1);
    equal(await process.call('long', [2n ** 64n - 1n]), 0n);
    equal(await process.call('half', [1]), 0.5, 'what was not declared');
    await refused(() => process.call('add', [-1, 0]), 'bad-argument', 'argument left of add: expected u32');
  },

  'signatures from outside make strings of addresses': async ({ kernel, plugin }) => {
    const signatures = 'export - echo: func(text: string) -> string\nexport - length: func(list: list<u16>) -> u32';
    const process = await kernel.spawn(await plugin('texts'), { signatures });
    equal(await process.call('echo', ['Grüße 🦀']), 'Grüße 🦀');
    equal(await process.call('echo', ['']), '');
    equal(await process.call('length', [Uint16Array.of(1, 2, 3)]), 3);
  },

  'signatures that contradict the module’s own are refused, the same again are not': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    await kernel.compile(bytes, { signatures: 'export test/greeter@1 version: func() -> u32' });
    await refused(
      () => kernel.compile(bytes, { signatures: 'export test/greeter@1 version: func() -> s32' }),
      'bad-metadata',
      'the signature given for `test/greeter@1#version` differs from the one in the module',
    );
    await refused(async () => kernel.compile(await plugin('minter'), { signatures: 'export test/minter@1 thing: resource(6)' }), 'bad-metadata', 'class `test/minter@1.thing` was declared before, differently');
  },

  'wrong signatures from outside are refused with their line and column': async ({ kernel, plugin }) => {
    const bytes = await plugin('adder');
    for (const [signatures, ...parts] of [
      ['export - add: func(a: u32, b: u32) -> u32\nexport - long: func(a: u46) -> u64', 'line 2, column 24', 'unknown type, found `u46'],
      ['add: func()', 'line 1, column 1', 'expected `import` or `export`'],
      ['export - : func()', 'line 1', "expected an export's name"],
    ]) {
      await refused(() => kernel.compile(bytes, { signatures }), 'bad-metadata', 'the signatures that were given are wrong at', ...parts);
    }
  },

  'an import without a record takes numbers': async ({ kernel, plugin }) => {
    const seen = [];
    const host = kernel.provide('test/host@1', 'mix: func(a: s32, b: s64, c: f64) -> s32', {
      mix(...values) {
        seen.push(...values);
        return 3;
      },
    });
    const process = await kernel.spawn(await plugin('bare-caller'), { imports: { 'test/host@1': host } });
    equal(await process.call('run'), 3);
    equal(seen, [-1, -2n, 0.5]);
    await refused(
      async () => kernel.spawn(await plugin('vector-import'), { imports: { 'test/host@1': host } }),
      'signature-mismatch',
      '`test/host@1#mix` has no signature record, and its type is one with vectors or references; declare a signature in the `portcullis` section or give one',
    );
  },

  'strings need an allocator and a memory, and are refused without': async (context) => {
    await refusedWith(context, 'adder', 'export - add: func(text: string) -> s32', 'signature-mismatch', '`cabi_realloc` must be a function', 'because `add` receives strings or lists', 'but the module does not export it');
    await refusedWith(context, 'greeter-bare', 'export test/greeter@1 version: func() -> list<u8>', 'signature-mismatch', 'a signature passes values by memory, and the module has no memory');
  },

  'a status word outside of the memory is refused at the start': async ({ kernel, plugin }) => {
    await refused(async () => kernel.spawn(await plugin('status-outside'), { name: 'outside' }), 'bad-limit', 'plugin `outside` says that its status word lies at 0xfffd', 'no aligned word of its memory');
    await refused(async () => kernel.spawn(await plugin('status-long'), { name: 'long' }), 'bad-limit', 'plugin `long` says that its status word lies at');
    await refused(async () => kernel.spawn(await plugin('status-traps'), { name: 'trap' }), 'start-trapped', 'plugin `trap` trapped in `start`');
    equal(kernel.inspect().processes.length, 1);
  },

  'a function may give the address of the status word, and is asked once': async (context) => {
    const { kernel, plugin } = context;
    const process = await kernel.spawn(await plugin('status-function'));
    for (let call = 0; call < 3; call++) equal(await process.call('test/caller@1#call', [9]), numberOf(context, 'bad-handle') | (1 << 16));
  },

  'a plugin can have what it imports from several providers': async (context) => {
    const { kernel, plugin } = context;
    const server = await spawnServer(context);
    const mine = kernel.provide('test/counter@1', counterSignatures, counters(context));
    const client = await kernel.spawn(await plugin('parity-client'), { imports: { 'test/echo@1': server, 'test/fail@1': server, 'test/counter@1': mine } });
    equal(await client.call('test/check@1#scalars'), undefined);
    equal(await client.call('test/check@1#handles'), undefined);
  },
};
