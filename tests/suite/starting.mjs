// Where the kernel's own module may come from, and what comes of two copies of the package.

import { equal, includes, ok, refused } from './assert.mjs';

/** That a kernel of this copy of the package works. */
async function works({ Kernel }, bytes, options) {
  const kernel = await Kernel.start(options);
  try {
    const process = await kernel.spawn(bytes);
    equal(await process.call('test/greeter@1#version'), 1);
  } finally {
    kernel.close();
  }
}

const sources = {
  'a URL': ({ kernelUrl }) => kernelUrl,
  'the text of a URL': ({ kernelUrl }) => String(kernelUrl),
  'an array of bytes': ({ kernelBytes }) => kernelBytes,
  'a buffer': ({ kernelBytes }) => kernelBytes.slice().buffer,
  'a response': ({ kernelBytes }) => new Response(kernelBytes, { headers: { 'content-type': 'application/wasm' } }),
  'a promise of a response': async ({ kernelBytes }) => new Response(kernelBytes, { headers: { 'content-type': 'application/wasm' } }),
  'a compiled module': ({ kernelBytes }) => WebAssembly.compile(kernelBytes),
};

const cases = {};

for (const [name, source] of Object.entries(sources)) {
  cases[`the kernel starts from ${name}`] = async (context) => {
    const { freshCopy, plugin } = context;
    const given = source(context);
    const wasm = name === 'a compiled module' ? await given : given;
    await works(await freshCopy(), await plugin('greeter-1'), { wasm });
  };
}

Object.assign(cases, {
  'a kernel that cannot be had is an error that says what to do, and it can be tried again': async (context) => {
    const { freshCopy, plugin, kernelBytes } = context;
    const copy = await freshCopy();
    const page = { headers: { 'content-type': 'text/html' } };
    const gifts = [
      () => new Response('<!doctype html>', { ...page, status: 404 }),
      () => new Response('<!doctype html>', page),
      () => new Response('<!doctype html>', { headers: { 'content-type': 'application/wasm' } }),
      () => Promise.reject(new TypeError('no route to host')),
      () => kernelBytes.slice(0, 1_000),
    ];
    const { warn } = console;
    // A type that is not that of a module is worth a warning too.
    console.warn = () => {};
    try {
      for (const give of gifts) {
        const error = await refused(() => copy.Kernel.start({ wasm: give() }), 'fetch-failed', 'the kernel itself could not be loaded from', '`wasm`');
        ok(error.cause !== undefined, 'the cause is told');
      }
    } finally {
      console.warn = warn;
    }
    await works(copy, await plugin('greeter-1'), { wasm: kernelBytes });
  },

  'started while it starts, it is one': async ({ freshCopy }) => {
    const { Kernel } = await freshCopy();
    const [first, second] = await Promise.all([Kernel.start(), Kernel.start()]);
    ok(first === second, 'the same');
    first.close();
  },

  'what another copy of the package made is refused': async (context) => {
    const { freshCopy, kernel, plugin } = context;
    const other = await (await freshCopy()).Kernel.start();
    try {
      const greeter = await other.spawn(await plugin('greeter-1'), { name: 'theirs' });
      const compiled = await other.compile(await plugin('greeter-1'));
      const host = other.provide('test/host@1', 'act: func()', { act() {} });
      await refused(async () => kernel.spawn(await plugin('visitor'), { imports: { 'test/greeter@1': greeter } }), 'bad-argument', 'the grant of test/greeter@1 is neither');
      await refused(async () => kernel.spawn(await plugin('caller'), { imports: { 'test/host@1': host } }), 'bad-argument', 'the grant of test/host@1 is neither');
      await refused(() => kernel.spawn(compiled), 'bad-argument', 'a plugin comes from bytes');
      const server = await other.spawn(await plugin('parity-server'));
      const counter = await server.call('test/counter@1#create', [1]);
      const mine = await kernel.spawn(await plugin('parity-server'));
      await refused(() => mine.call('test/counter@1#read', [counter]), 'bad-argument', 'a handle of class test/counter@1.counter');
      equal(await server.call('test/counter@1#read', [counter]), 1);
      includes(other.inspect().processes.map(({ name }) => name).join(), 'theirs');
      equal(kernel.processes.length, 1, 'the processes of this copy');
      counter.release();
    } finally {
      other.close();
    }
  },
});

export default cases;
