// Signature metadata that is wrong in one way or another.

import { equal, ok, refused } from './assert.mjs';
import { joined, section, withRecords, withSection } from './bytes.mjs';

const good = 'export test/greeter@1 version: func() -> u32';

/** Records beside a module of `version: func() -> u32` and `greet: func(times: u32) -> u32`, and parts of what is said. */
const wrong = {
  'a word that is no direction': ['exports test/greeter@1 version: func()', 'line 1, column 1', 'expected `import` or `export`, found `exports test/greeter'],
  'a record that ends too early': ['export test/greeter@1 version: func(', 'line 1, column 37', 'the line ends'],
  'half a type': ['export test/greeter@1 version: func() -> u3', 'line 1, column 42', 'unknown type, found `u3`'],
  'a type that does not exist': ['export test/greeter@1 version: func() -> u128', 'unknown type, found `u128`'],
  'a list of lists': ['export test/greeter@1 version: func(x: list<list<u8>>)', 'a list holds bool, u8 … s64, f32, f64 or char, found `list<u8>>)`'],
  'a list of strings': ['export test/greeter@1 version: func(x: list<string>)', 'a list holds'],
  'an option of a number': ['export test/greeter@1 version: func(x: option<u8>)', 'expected `own`, found `u8>)`'],
  'a result as a parameter': ['export test/greeter@1 version: func(x: result<u8>)', '`result` stands only where a function'],
  'a borrow as a result': ['export test/greeter@1 version: func() -> borrow<x>', 'a borrow lasts for the call: it can be a parameter, not a result'],
  'two parameters of one name': ['export test/greeter@1 version: func(x: u8, x: u8)', 'two parameters are named `x`'],
  'too many parameters': [`export test/greeter@1 version: func(${Array.from({ length: 33 }, (_, index) => `p${index}: u8`).join(', ')})`, 'a function has at most 32 parameters'],
  'too long a tuple': [`export test/greeter@1 version: func() -> tuple<${Array(17).fill('u8').join(', ')}>`, 'a tuple has at most 16 members'],
  'something after the record': [`${good} or so`, 'the record is complete, but more follows: found `or so`'],
  'a name that is not in kebab-case': ['export test/greeter@1 Version: func()', 'expected a function or class name in kebab-case of at most 64 bytes'],
  'a name that is too long': [`export test/greeter@1 ${'x'.repeat(65)}: func()`, 'at most 64 bytes'],
  'an interface without a version': ['export test/greeter version: func()', 'expected `@` and a version number'],
  'a version with a zero before it': ['export test/greeter@01 version: func()', 'a version number from 0 to 65535 without leading zeros'],
  'a version that is too large': ['export test/greeter@65536 version: func()', 'a version number from 0 to 65535'],
  'class number 0': ['export test/greeter@1 thing: resource(0)', 'expected a class number from 1 to 4294967295'],
  'a class number that is too large': ['export test/greeter@1 thing: resource(4294967296)', 'expected a class number'],
  'a carriage return': [`${good}\r\n`, 'line 1, column 45: control character 0x0d'],
  'a tab': ['export\ttest/greeter@1 version: func()', 'line 1, column 7: control character 0x09'],
  'an escape sequence': [`${good}\n// \u001b[2J`, 'line 2, column 4: control character 0x1b'],
  'a byte order mark': [`\ufeff${good}`, 'line 1, column 1', 'expected `import` or `export`'],
  'a text in another direction': ['export test/greeter@1 \u202enoisrev: func()', 'expected a function or class name', 'found `·noisrev'],
  'two records that contradict each other': [`${good}\n\n// again\nexport test/greeter@1 version: func() -> s32`, 'line 4', '`test/greeter@1` `version` was declared before, differently'],
  'two classes of one number': ['export test/greeter@1 a: resource(7)\nexport test/greeter@1 b: resource(7)', 'line 2', 'class number 7 is that of `test/greeter@1.a`'],
  'two numbers of one class': ['export test/greeter@1 a: resource(7)\nimport test/greeter@1 a: resource(7)', 'line 2', 'class `test/greeter@1.a` was declared before, differently'],
  'a record of a megabyte': [`// ${'x'.repeat(1 << 20)}`, `${(1 << 20) + 3} bytes of metadata are more than the 65536 allowed`],
  'records without end': [Array.from({ length: 1_001 }, (_, index) => `import a/b@1 f${index}: func()`).join('\n'), 'line 1001', 'more than 1000 records'],
};

const cases = {};

for (const [name, [records, ...parts]] of Object.entries(wrong)) {
  cases[`${name} is refused, with line and column`] = async ({ kernel, plugin }) => {
    const bytes = withRecords(await plugin('greeter-bare'), records);
    const error = await refused(() => kernel.spawn(bytes), 'bad-metadata', 'the signature metadata is wrong at line ', ...parts);
    ok(error.message.length < 1_000, `${error.message.length} characters`);
    await refused(() => kernel.describe(bytes), 'bad-metadata', ...parts);
    equal(kernel.inspect().processes.length, 1);
  };
}

Object.assign(cases, {
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
});

export default cases;
