// Signature metadata that is wrong in one way or another.

import { equal, ok, refused } from './assert.mjs';
import { joined, section, withRecords, withSection } from './bytes.mjs';

const good = 'export test/greeter@1 version: func() -> u32';

export default {
  'metadata that is no UTF-8 is refused, with the byte': async ({ kernel, plugin }) => {
    const bytes = joined(new TextEncoder().encode(`${good}\n// `), Uint8Array.of(0xc3, 0x28));
    await refused(async () => kernel.spawn(withSection(await plugin('greeter-bare'), 'portcullis', bytes)), 'bad-metadata', 'byte 48 is not part of a UTF-8 text');
    const encodings = [[0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]];
    for (const encoding of encodings) {
      await refused(async () => kernel.spawn(withSection(await plugin('greeter-bare'), 'portcullis', Uint8Array.from(encoding))), 'bad-metadata', 'byte 0 is not part of a UTF-8 text');
    }
  },

  'metadata that is cut with its section is refused as a damaged module': async ({ kernel, plugin }) => {
    const bytes = withRecords(await plugin('greeter-bare'), good);
    await refused(() => kernel.spawn(bytes.subarray(0, bytes.length - 5)), 'invalid-module', 'the module is cut short at byte ');
  },

  'a section whose name is longer than itself is refused': async ({ kernel, plugin }) => {
    const bytes = joined(await plugin('greeter-bare'), section(0, [200, 1, 0x70]));
    await refused(() => kernel.spawn(bytes), 'invalid-module', 'at byte ');
  },

  'the same record twice is one, in one section or in several': async ({ kernel, plugin }) => {
    const once = withRecords(await plugin('greeter-bare'), `${good}\n${good}\n`);
    const twice = withRecords(once, good);
    const process = await kernel.spawn(twice);
    equal(process.functions.find(({ name }) => name === 'test/greeter@1#version').signature, 'func() -> u32');
  },

  'records of several sections are put together, wherever the sections stand': async ({ kernel, plugin }) => {
    const bare = await plugin('greeter-bare');
    const first = section(0, [10, ...new TextEncoder().encode(`portcullis${good}`)]);
    const bytes = withRecords(joined(bare.subarray(0, 8), first, bare.subarray(8)), '\n// more\n\nexport test/greeter@1 greet: func(times: u8) -> u32');
    const { exports } = await kernel.describe(bytes);
    equal(exports.map(({ name, signature, declared }) => [name, signature, declared]).sort(), [
      ['greet', 'func(times: u8) -> u32', true],
      ['version', 'func() -> u32', true],
    ]);
    await refused(() => kernel.spawn(withRecords(bytes, 'export test/greeter@1 greet: func(times: u16) -> u32')), 'bad-metadata', 'was declared before, differently');
  },

  'sections that together are too long are refused': async ({ kernel, plugin }) => {
    let bytes = await plugin('greeter-bare');
    for (let count = 0; count < 70; count++) bytes = withRecords(bytes, `// ${'x'.repeat(1_000)}`);
    await refused(() => kernel.spawn(bytes), 'bad-metadata', 'more than the 65536 allowed');
  },

  'metadata of just the length and number that is allowed is read': async ({ kernel, plugin }) => {
    const bare = await plugin('greeter-bare');
    await kernel.spawn(withRecords(bare, `// ${'x'.repeat(65_536 - 3)}`));
    await kernel.spawn(withRecords(bare, Array.from({ length: 1_000 }, (_, index) => `import a/b@1 f${index}: func()`).join('\n')));
  },

  'blanks stand where the grammar has them': async ({ kernel, plugin }) => {
    const bytes = withRecords(await plugin('greeter-bare'), '\n   \nexport   test/greeter@1   greet :  func( times : u8 )->u32  \n');
    const { exports } = await kernel.describe(bytes);
    equal(exports.find(({ name }) => name === 'greet').signature, 'func(times: u8) -> u32');
  },

  'sections of other names are nobody’s business': async ({ kernel, plugin }) => {
    let bytes = await plugin('greeter-bare');
    for (const name of ['portcullis2', 'Portcullis', ' portcullis', 'name', 'producers', '']) bytes = withSection(bytes, name, 'no record at all');
    const process = await kernel.spawn(bytes);
    equal(await process.call('test/greeter@1#version'), 7);
  },
};
