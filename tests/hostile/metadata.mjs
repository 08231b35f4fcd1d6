// Signature metadata that is wrong in one way or another.

const good = 'export test/greeter@1 version: func() -> u32';

/** Records beside a module of `version: func() -> u32` and `greet: func(times: u32) -> u32`, and parts of what is said. */
export const wrong = {
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
