// Modules as they are written: an assembler that changes nothing, for code which other assemblers would put in another order
// or do not know. It knows no more than the suites need.

import { emptyModule, joined, leb128, section } from './bytes.mjs';

/** The types of values, and `void` for a block that gives none. */
const types = { void: 0x40, i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70, externref: 0x6f, exnref: 0x69 };

/** Clauses of `try_table`, and how many indices each has. */
const clauses = { catch: [0, 2], catch_ref: [1, 2], catch_all: [2, 1], catch_all_ref: [3, 1] };

/** A signed number of 32 bits in LEB128. */
function signed(number) {
  const bytes = [];
  for (;;) {
    const low = number & 0x7f;
    number >>= 7;
    if (number === (low & 0x40 ? -1 : 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const index = ([word]) => leb128(Number(word));
const blockType = ([word]) => (word in types ? [types[word]] : signed(Number(word)));
const none = () => [];

function clausesOf(words) {
  const encoded = [];
  while (words.length > 0) {
    const [code, indices] = clauses[words.shift()];
    encoded.push([code, ...words.splice(0, indices).flatMap((word) => leb128(Number(word)))]);
  }
  return [...leb128(encoded.length), ...encoded.flat()];
}

/** The bytes of each instruction, and what writes its operands. */
const instructions = {
  nop: [[0x01], none],
  block: [[0x02], blockType],
  loop: [[0x03], blockType],
  if: [[0x04], blockType],
  else: [[0x05], none],
  try: [[0x06], blockType],
  catch: [[0x07], index],
  throw: [[0x08], index],
  rethrow: [[0x09], index],
  throw_ref: [[0x0a], none],
  end: [[0x0b], none],
  br: [[0x0c], index],
  br_if: [[0x0d], index],
  br_table: [[0x0e], (words) => [...leb128(words.length - 1), ...words.flatMap((word) => leb128(Number(word)))]],
  return: [[0x0f], none],
  call: [[0x10], index],
  call_indirect: [[0x11], ([type]) => [...leb128(Number(type)), 0]],
  return_call: [[0x12], index],
  delegate: [[0x18], index],
  catch_all: [[0x19], none],
  drop: [[0x1a], none],
  try_table: [[0x1f], ([type, ...rest]) => [...blockType([type]), ...clausesOf(rest)]],
  'local.get': [[0x20], index],
  'local.set': [[0x21], index],
  'local.tee': [[0x22], index],
  'global.get': [[0x23], index],
  'global.set': [[0x24], index],
  'i32.const': [[0x41], ([word]) => signed(Number(word))],
  'i32.eqz': [[0x45], none],
  'i32.eq': [[0x46], none],
  'i32.ge_u': [[0x4f], none],
  'i32.add': [[0x6a], none],
  'i32.sub': [[0x6b], none],
  'i32.mul': [[0x6c], none],
  'i32.and': [[0x71], none],
  'i32.wrap_i64': [[0xa7], none],
  'i32.trunc_f32_s': [[0xa8], none],
  'i32.trunc_f64_s': [[0xaa], none],
  'i64.extend_i32_u': [[0xad], none],
  'f32.convert_i32_u': [[0xb3], none],
  'f64.convert_i32_u': [[0xb8], none],
  'ref.null': [[0xd0], ([type]) => [types[type]]],
  'ref.is_null': [[0xd1], none],
  'memory.fill': [[0xfc, 0x0b], () => [0]],
  'i32x4.splat': [[0xfd, 0x11], none],
  'i32x4.extract_lane': [[0xfd, 0x1b], index],
};

const vector = (entries) => [...leb128(entries.length), ...entries.flat()];
const named = (text) => vector([...new TextEncoder().encode(text)].map((byte) => [byte]));

/**
 * The bytes of a module with one page of memory, one mutable global of type i32, and a table of its first function.
 *
 * @param {object} module
 * @param {[string[], string[]][]} module.types parameters and results
 * @param {number[]} [module.tags] the type of each
 * @param {[string, string, number][]} [module.imports] interface, name and type of each imported function
 * @param {[string, string, number][]} [module.importedTags] the same of each imported tag
 * @param {{ name: string, type: number, locals?: string[], code: string, hidden?: boolean }[]} module.functions each is exported
 *   unless it is hidden; instructions are separated by `;`, and `$name` is the index of a function
 */
export function flat({ types: shapes, tags = [], imports = [], importedTags = [], functions }) {
  const indices = new Map([...imports.map(([, name]) => name), ...functions.map(({ name }) => name)].map((name, place) => [name, place]));
  const encode = (line) => {
    const [name, ...words] = line.trim().split(/\s+/);
    const known = instructions[name];
    if (known === undefined) throw new Error(`the assembler of the suite does not know ${name}`);
    const [code, operands] = known;
    return [...code, ...operands(words.map((word) => (word.startsWith('$') ? indices.get(word.slice(1)) : word)))];
  };
  const body = ({ locals = [], code }) => {
    const lines = code.split(';').filter((line) => line.trim() !== '');
    const bytes = [...vector(locals.map((type) => [1, types[type]])), ...lines.flatMap(encode), 0x0b];
    return [...leb128(bytes.length), ...bytes];
  };
  const valueTypes = (list) => vector(list.map((type) => [types[type]]));
  const imported = [
    ...imports.map(([module, name, type]) => [...named(module), ...named(name), 0, ...leb128(type)]),
    ...importedTags.map(([module, name, type]) => [...named(module), ...named(name), 4, 0, ...leb128(type)]),
  ];
  const exported = functions.filter(({ hidden }) => !hidden).map(({ name }) => [...named(name), 0, ...leb128(indices.get(name))]);
  return joined(
    emptyModule,
    section(1, vector(shapes.map(([parameters, results]) => [0x60, ...valueTypes(parameters), ...valueTypes(results)]))),
    section(2, vector(imported)),
    section(3, vector(functions.map(({ type }) => leb128(type)))),
    section(4, vector([[types.funcref, 1, 1, 1]])),
    section(5, vector([[0, 1]])),
    section(13, vector(tags.map((type) => [0, ...leb128(type)]))),
    section(6, vector([[types.i32, 1, 0x41, 0, 0x0b]])),
    section(7, vector(exported)),
    section(9, vector([[0, 0x41, 0, 0x0b, ...vector([leb128(imports.length)])]])),
    section(10, vector(functions.map(body))),
  );
}
