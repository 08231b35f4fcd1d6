// Modules that are made to be dear to compile, or that use what was not granted: entries 3 and 5 of the catalogue.

import { attack, refused } from './attack.mjs';
import { code, joined, leb128, module, name, nothing, repeated, section, sectionOf } from './modules.mjs';

const attacks = [];

const compile = (bytes) => (stage) => stage.compile(bytes());

// 3

/** So many functions that do nothing. */
const functions = (count) => [nothing.types, sectionOf(3, count, [0]), sectionOf(10, count, [2, 0, 0x0b])];

/** One function of type `func()` with so many locals of i32, and these instructions. */
const one = (locals, ...instructions) => module(nothing.types, nothing.functions, code([1, ...leb128(locals), 0x7f], joined(...instructions)));

/** Exports of function 0 under names of five digits. */
function exportsOf(count) {
  const entries = [];
  for (let index = 0; index < count; index++) entries.push([...name(String(index).padStart(6, '0')), 0, 0]);
  return section(7, [...leb128(count), ...entries.flat()]);
}

/** `block`s so deep, and so many jumps by a table to all of them. */
const tables = (targets, count) => {
  const table = joined([0x41, 0, 0x0e], leb128(targets), repeated(targets, [0]), [0]);
  return repeated(count, [0x02, 0x40, ...table, 0x0b]);
};

const bombs = {
  '200,000 functions': [() => module(...functions(200_000)), /functions|too long to compile/],
  '100,000 exports': [() => module(nothing.types, nothing.functions, exportsOf(100_000), nothing.code), /exports|functions/],
  'a million globals': [() => module(sectionOf(6, 200_000, [0x7f, 0, 0x41, 0, 0x0b])), 'globals'],
  'a million types': [() => module(sectionOf(1, 1_000_000, [0x60, 0, 0])), 'types'],
  'types of a thousand parameters': [() => module(sectionOf(1, 1_000, [0x60, ...leb128(1_000), ...Array(1_000).fill(0x7f), 0])), 'parameters'],
  '50,000 locals and 4,000 conditions': [() => one(50_000, repeated(4_000, [0x41, 0, 0x04, 0x40, 0x0b])), 'too long to compile'],
  '50,000 locals and 4,000 loops': [() => one(50_000, repeated(4_000, [0x03, 0x40, 0x0b])), 'too long to compile'],
  '10,000 locals and 40,000 blocks with jumps': [() => one(10_000, repeated(20_000, [0x02, 0x40, 0x41, 0, 0x0d, 0, 0x0b])), /too long to compile|has \d+ bytes/],
  'a table of jumps to 200,000 targets': [() => one(0, tables(200_000, 1)), /too long to compile|has \d+ bytes/],
  'a thousand tables of jumps among 50,000 locals': [() => one(50_000, tables(100, 1_000)), /too long to compile|has \d+ bytes/],
  'a function of half a megabyte': [() => one(1, repeated(250_000, [0x20, 0, 0x1a].slice(0, 3))), /too long to compile|has \d+ bytes/],
  'blocks nested 50,000 deep': [() => one(0, repeated(50_000, [0x02, 0x40]), repeated(50_000, [0x0b])), /too long to compile|has \d+ bytes|nest/],
  'loops nested 40 deep, which end WebKit when they are metered': [() => one(0, repeated(40, [0x03, 0x40]), repeated(40, [0x0b])), /has 40 loops in one another, and 32 are allowed/],
  'a function with four billion locals': [() => one(0xffff_ffff, []), /locals|too long to compile/],
  '100,000 data segments': [() => module(section(5, [1, 0, 1]), section(12, leb128(100_000)), sectionOf(11, 100_000, [1, 0])), 'data segments'],
  '100,000 element segments': [() => module(section(4, [1, 0x70, 0, 1]), sectionOf(9, 100_000, [1, 0, 0])), 'element segments'],
  '5,000 tags': [() => module(nothing.types, sectionOf(13, 5_000, [0, 0])), 'tags'],
  '10,000 custom sections': [() => module(repeated(10_000, [0, 2, 1, 0x61])), 'custom sections'],
};

for (const [what, [bytes, says]] of Object.entries(bombs)) {
  attacks.push(attack(3, what, { expect: refused('refused-module', says), run: compile(bytes) }));
}

// 5

/** A function `func()` of these bytes, behind more sections. */
const body = (instructions, ...sections) => module(nothing.types, nothing.functions, ...sections, code([0], instructions));

const features = {
  'a 64-bit memory': [() => module(section(5, [1, 4, 1])), '64-bit'],
  'a shared memory': [() => module(section(5, [1, 3, 1, 2])), 'shared'],
  'a memory with pages of one byte': [() => module(section(5, [1, 8, 1, 0])), /pages|page size/],
  'a second memory': [() => module(section(5, [2, 0, 1, 0, 1])), 'more than one memory'],
  'a 64-bit table': [() => module(section(4, [1, 0x70, 4, 1])), /64-bit/],
  'a table of typed references': [() => module(nothing.types, section(4, [1, 0x63, 0, 0, 1])), /references|not allowed/],
  'a structure': [() => module(section(1, [1, 0x5f, 0])), 'type'],
  'an array': [() => module(section(1, [1, 0x5e, 0x7f, 1])), 'type'],
  'a group of types': [() => module(section(1, [1, 0x4e, 2, 0x60, 0, 0, 0x60, 0, 0])), 'type'],
  'a type with a parent': [() => module(section(1, [1, 0x50, 0, 0x60, 0, 0])), 'type'],
  'a parameter that is any reference': [() => module(section(1, [1, 0x60, 1, 0x6e, 0])), 'type'],
  'a local that is any reference': [() => module(nothing.types, nothing.functions, code([1, 1, 0x6e], [])), /garbage collection|not allowed|granted/],
  'a new structure': [() => body([0xfb, 0, 0, 0x1a]), /garbage collection|not allowed|granted/],
  'an atomic fence': [() => body([0xfe, 3, 0]), /threads/],
  'an atomic wait': [() => body([0x41, 0, 0x41, 0, 0x42, 0, 0xfe, 1, 2, 0, 0x1a], section(5, [1, 0, 1])), /threads/],
  'an atomic load': [() => body([0x41, 0, 0xfe, 0x10, 2, 0, 0x1a], section(5, [1, 0, 1])), /threads/],
  'a call of a reference': [() => body([0xd0, 0x70, 0x14, 0]), /references/],
  'relaxed vectors': [() => body([0xfd, 0x80, 2]), /relaxed vectors/],
  'wide arithmetic': [() => body([0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 19, 0x1a, 0x1a]), /wide arithmetic/],
  'stack switching': [() => body([0xe0, 0]), /stack switching/],
  'an instruction that does not exist': [() => body([0xff]), /unknown|not allowed|granted/],
};

for (const [what, [bytes, says]] of Object.entries(features)) {
  attacks.push(attack(5, what, { expect: refused('refused-module', says), run: compile(bytes) }));
}

export default attacks;
