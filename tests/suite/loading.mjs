// What is given for a plugin and is none, or not the one that was meant.

import { equal, includes, ok, refused } from './assert.mjs';
import { emptyModule, joined, leb128, section } from './bytes.mjs';

const text = (string) => new TextEncoder().encode(string);

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 1, 0, 0x48);

/** Whatever the bytes are: they load, or they are refused in a sentence. Gives which. */
async function outcomeOf(kernel, bytes, imports) {
  try {
    const process = await kernel.spawn(bytes, { name: 'damaged', imports });
    process.kill();
    return 'loaded';
  } catch (error) {
    ok(error?.name === 'PortcullisError', `${error?.stack ?? error}`);
    ok(error.message.length > 20 && !/[\u0000-\u001f]/.test(error.message), error.message);
    return error.code;
  }
}

export default {
  'a module that is cut anywhere is refused, with the place where it ends': async (context) => {
    const { kernel, plugin } = context;
    const whole = await plugin('parity-server');
    for (const length of [9, 20, 100, 1_000, 5_000, Math.floor(whole.length / 2), whole.length - 1_000, whole.length - 100]) {
      const error = await refused(() => kernel.spawn(whole.subarray(0, length)), 'invalid-module', 'the module is cut short at byte ');
      const [, place] = /at byte (\d+)/.exec(error.message);
      ok(Number(place) <= length, error.message);
    }
    const small = await plugin('minter');
    for (let length = 8; length < small.length; length++) {
      const outcome = await outcomeOf(kernel, small.subarray(0, length));
      // Where a section ends the rest may be missing: a module without code, or without metadata.
      ok(['invalid-module', 'signature-mismatch', 'loaded', 'bad-metadata'].includes(outcome), `${outcome} at ${length}`);
    }
    equal(kernel.inspect().processes.length, 1);
  },

  'a module with a flipped bit is refused, or loaded as what it is then': async (context) => {
    const { kernel, plugin } = context;
    const host = kernel.provide('test/host@1', 'act: func()', { act() {} });
    for (const name of ['minter', 'caller', 'start-calls']) {
      const whole = await plugin(name);
      for (let byte = 0; byte < whole.length; byte++) {
        const flipped = whole.slice();
        flipped[byte] ^= 1 << byte % 8;
        await outcomeOf(kernel, flipped, { 'test/host@1': host });
      }
    }
    equal(kernel.inspect().processes.length, 1);
    const process = await kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': host } });
    equal(await process.call('test/caller@1#call'), 0, 'the undamaged one');
  },

  'code that does not validate is refused with the words of the engine': async ({ kernel }) => {
    const types = section(1, [1, 0x60, 0, 0]);
    const functions = section(3, [1, 0]);
    // (func (drop (i32.add (i64.const 0) (i32.const 0))))
    const code = section(10, [1, 8, 0, 0x42, 0, 0x41, 0, 0x6a, 0x1a, 0x0b]);
    await refused(() => kernel.compile(joined(emptyModule, types, functions, code)), 'invalid-module', 'the engine refuses the module: ');
  },

  'a module without anything is one': async ({ kernel }) => {
    const process = await kernel.spawn(emptyModule, { name: 'empty' });
    equal(process.functions, []);
    equal(process.memoryBytes, 0);
    await refused(() => process.call('main'), 'unknown-export', 'plugin empty exports no function main; it has none');
  },

  'features that are not for plugins are refused by their name': async ({ kernel }) => {
    const module = (...sections) => joined(emptyModule, ...sections);
    const memory = (...entry) => section(5, [1, ...entry]);
    await refused(() => kernel.compile(module(section(5, [2, 0, 1, 0, 1]))), 'refused-module', 'the module has more than one memory; a plugin has one');
    await refused(() => kernel.compile(module(memory(4, 1))), 'refused-module', 'the module has a 64-bit memory; build it for wasm32');
    await refused(() => kernel.compile(module(memory(3, 1, 2))), 'refused-module', 'the module has a shared memory; build it without threads');
    await refused(() => kernel.compile(module(section(1, [1, 0x5f, 0]))), 'refused-module', 'is not a plain function type');
    const table = (minimum) => section(4, [1, 0x70, 0, ...leb128(minimum)]);
    await refused(() => kernel.compile(module(table(1_000_001))), 'refused-module', '1000000 entries');
    await kernel.compile(module(table(10_000)));
    const tables = section(4, [17, ...Array(17).fill([0x70, 0, 1]).flat()]);
    await refused(() => kernel.compile(module(tables)), 'refused-module', 'more than 16 tables');
  },

  'a module of more imports or exports than is sensible is refused': async ({ kernel }) => {
    const types = section(1, [1, 0x60, 0, 0]);
    const named = (index) => [5, ...text(String(index).padStart(5, '0'))];
    const many = (count, entry) => [...leb128(count), ...Array.from({ length: count }, (_, index) => entry(index)).flat()];
    const imports = section(2, many(1_001, (index) => [1, 0x61, ...named(index), 0, 0]));
    await refused(() => kernel.compile(joined(emptyModule, types, imports)), 'refused-module', 'imports more than 1000 functions');
    const functions = section(3, [1, 0]);
    const code = section(10, [1, 2, 0, 0x0b]);
    const exporting = (count) => joined(emptyModule, types, functions, section(7, many(count, (index) => [...named(index), 0, 0])), code);
    await refused(() => kernel.compile(exporting(10_001)), 'refused-module', 'more than 10000 exports');
    await refused(() => kernel.compile(exporting(2_001)), 'refused-module', 'more than 2000 functions that could be called');
    const process = await kernel.spawn(exporting(2_000));
    equal(await process.call('01999'), undefined);
  },

  'a name of the kernel’s own is refused as an export, and an import under its name': async ({ kernel, plugin }) => {
    await refused(async () => kernel.compile(await plugin('start-imposter')), 'refused-module', 'the module exports `portcullis:start`', 'a name that is the kernel');
    await refused(async () => kernel.compile(await plugin('memory-imposter')), 'unknown-import', '`memory` from `portcullis`');
  },

  'bytes may come from whatever holds bytes': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    const padded = joined(Uint8Array.of(1, 2, 3), bytes, Uint8Array.of(4));
    const type = { headers: { 'content-type': 'application/wasm' } };
    const sources = {
      'an array': bytes,
      'a part of an array': padded.subarray(3, 3 + bytes.length),
      'a buffer': bytes.slice().buffer,
      'a blob': new Blob([bytes]),
      'a response': new Response(bytes, type),
      'a promise of a response': Promise.resolve(new Response(bytes, type)),
      'a response without a type': new Response(bytes),
      'a data URL': `data:application/wasm;base64,${btoa(String.fromCharCode(...bytes))}`,
    };
    for (const [name, source] of Object.entries(sources)) {
      // The policy of the page may be against data URLs.
      if (name === 'a data URL' && typeof document !== 'undefined') continue;
      const process = await kernel.spawn(source);
      equal(await process.call('test/greeter@1#version'), 1, name);
    }
    equal(bytes, await plugin('greeter-1'), 'the bytes are what they were');
  },

  'what holds no bytes is refused': async ({ kernel }) => {
    for (const source of [undefined, null, 1, {}, [], true, new Int32Array(2), Promise.resolve(5), () => 1]) {
      await refused(() => kernel.spawn(source), 'bad-argument', 'a plugin comes from bytes, a Blob, a Response, a URL, or what `compile` gave');
    }
  },

  'a URL is fetched, and names the process': async ({ kernel, url }) => {
    for (const source of [url('parity-server'), String(url('parity-server'))]) {
      const process = await kernel.spawn(source);
      equal(process.name, 'parity-server');
      equal(await process.call('test/echo@1#echo-u8', [7]), 7);
    }
    const { sha256: hash } = await kernel.describe(url('parity-server'));
    await kernel.spawn(url('parity-server'), { sha256: hash });
  },

  'an error of the server is refused with its status, whatever came with it': async ({ kernel, plugin }) => {
    const html = { status: 404, statusText: 'Not Found', headers: { 'content-type': 'text/html' } };
    await refused(() => kernel.spawn(new Response('<!doctype html>', html)), 'fetch-failed', 'the response could not be fetched: the server answered 404 Not Found');
    const bytes = await plugin('greeter-1');
    await refused(() => kernel.spawn(new Response(bytes, { status: 500 })), 'fetch-failed', /the server answered 500$/);
    await refused(() => kernel.spawn(Promise.resolve(new Response('', { status: 403 }))), 'fetch-failed', '403');
  },

  'a page that a server sends instead of an error is refused as a page': async ({ kernel }) => {
    const page = `<!doctype html><html><head><title>App</title></head><body>${'<p>text</p>'.repeat(500)}</body></html>`;
    const response = new Response(page, { status: 200, headers: { 'content-type': 'text/html' } });
    await refused(() => kernel.spawn(response), 'not-wasm', 'this is an HTML or XML text, perhaps the error page of a server');
    await refused(() => kernel.spawn(new Response('<p>')), 'not-wasm', 'HTML');
    await refused(() => kernel.spawn(new Response(null)), 'not-wasm', 'the file is empty');
  },

  'what does not begin like a module is not read to its end': async ({ kernel }) => {
    let cancelled = false;
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(text('no module '.repeat(10)));
      },
      cancel() {
        cancelled = true;
      },
    });
    await refused(() => kernel.spawn(new Response(endless)), 'not-wasm', 'this is a text');
    ok(cancelled && sent < 10, `${sent} pieces were sent`);
  },

  'a response that breaks off is refused': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(bytes.slice(0, 50)),
      pull: (controller) => controller.error(new Error('the cable')),
    });
    await refused(() => kernel.spawn(new Response(broken)), 'fetch-failed', 'the response could not be read to its end');
    const used = new Response(bytes);
    await used.arrayBuffer();
    await refused(() => kernel.spawn(used), 'fetch-failed', 'could not be read to its end');
  },

  'a fetch that fails is refused with the reason': async ({ kernel }) => {
    const reason = new TypeError('no route to host');
    const error = await refused(() => kernel.spawn(Promise.reject(reason)), 'fetch-failed', 'the plugin could not be fetched: no route to host');
    ok(error.cause === reason, 'the reason is its cause');
    await refused(() => kernel.spawn('https://[nowhere]/plugin.wasm'), 'fetch-failed', 'https://[nowhere]/plugin.wasm could not be fetched');
  },

  'a module is compiled when its hash is the expected one, and not looked at when it is not': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    const hash = await sha256(bytes);
    for (const expected of [hash, hash.toUpperCase(), ` ${hash}\n`]) {
      const process = await kernel.spawn(bytes, { sha256: expected });
      equal(await process.call('test/greeter@1#version'), 1);
    }
    await kernel.compile(new Response(bytes), { sha256: hash });
    for (const expected of [hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')), hash.slice(1), '', 'sha256', await sha256(emptyModule)]) {
      const error = await refused(() => kernel.spawn(bytes, { sha256: expected }), 'hash-mismatch', `the plugin's SHA-256 is ${hash}, expected was`, 'it was not loaded');
      includes(error.message, expected);
    }
    await refused(() => kernel.spawn(jpeg, { sha256: hash }), 'hash-mismatch');
  },

  'what was checked by its hash is what is loaded, also when the bytes change meanwhile': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-bare');
    const hash = await sha256(bytes);
    // (i32.const 7)
    const constant = bytes.findLastIndex((byte, index) => byte === 7 && bytes[index - 1] === 0x41);
    ok(constant > 0, 'the constant is there');
    for (let ticks = 0; ticks < 30; ticks++) {
      const changing = bytes.slice();
      const spawning = kernel.spawn(changing, { sha256: hash });
      spawning.catch(() => {});
      for (let tick = 0; tick < ticks; tick++) await undefined;
      changing[constant] = 8;
      let version = 'refused';
      try {
        const process = await spawning;
        version = await process.call('test/greeter@1#version');
        process.kill();
      } catch (error) {
        equal(error.code, 'hash-mismatch', String(error));
      }
      ok(version === 7 || version === 'refused', `after ${ticks} ticks: ${version}`);
    }
  },

  'a hash or signatures for what was compiled before are refused, not ignored': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('greeter-1'));
    const hash = '0'.repeat(64);
    await refused(() => kernel.spawn(compiled, { sha256: hash }), 'bad-argument', '`sha256` is for `compile`');
    await refused(() => kernel.spawn(compiled, { signatures: '' }), 'bad-argument', '`signatures` is for `compile`');
  },

  'a process has the name that it was given, or that of its file': async ({ kernel, plugin }) => {
    const bytes = await plugin('greeter-1');
    const nameOf = async (source, options) => (await kernel.spawn(source, options)).name;
    equal(await nameOf(bytes, { name: 'given' }), 'given');
    equal(await nameOf(new File([bytes], 'my filter.wasm')), 'my filter');
    equal(await nameOf(new File([bytes], 'noextension')), 'noextension');
    equal(await nameOf(bytes), 'plugin 4');
    equal(await nameOf(new File([bytes], '.wasm')), 'plugin 5');
    const compiled = await kernel.compile(new File([bytes], 'compiled.wasm'));
    equal([compiled.name, await nameOf(compiled), await nameOf(compiled, { name: 'other' })], ['compiled', 'compiled', 'other']);
  },

  'a file’s name cannot pose as something else in messages': async ({ kernel, plugin }) => {
    const process = await kernel.spawn(new File([await plugin('trapper')], 'safe\u001b[2J\n\u202egnp.wasm'), {});
    await refused(() => process.call('nothing'), 'unknown-export', 'plugin safe·[2J··gnp exports no function');
    await refused(() => process.call('unreachable'), 'trapped', 'plugin `safe·[2J··gnp` trapped');
    const long = await kernel.spawn(new File([await plugin('trapper')], `${'x'.repeat(5_000)}.wasm`));
    const error = await refused(() => long.call('nothing'), 'unknown-export');
    ok(error.message.length < 500, `${error.message.length} characters`);
  },

  'one compiled plugin makes processes that know nothing of each other': async ({ kernel, plugin }) => {
    const compiled = await kernel.compile(await plugin('parity-server'));
    const [first, second] = await Promise.all([kernel.spawn(compiled, { name: 'first' }), kernel.spawn(compiled, { name: 'second' })]);
    const counter = await first.call('test/counter@1#create', [1]);
    equal([await first.call('test/counter@1#alive'), await second.call('test/counter@1#alive')], [1, 0]);
    await refused(() => second.call('test/counter@1#read', [counter]), 'not-owner');
    counter.release();
    first.kill();
    equal(await second.call('test/echo@1#echo-u8', [1]), 1);
  },
};
