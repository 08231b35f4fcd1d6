// Modules byte by byte, for what no assembler would write.

import { emptyModule, joined, leb128, section } from '../suite/bytes.mjs';

export { emptyModule, joined, leb128, section };

/** A name as modules write it. */
export const name = (text) => {
  const bytes = new TextEncoder().encode(text);
  return [...leb128(bytes.length), ...bytes];
};

/** A vector: how many, then each. */
export const vector = (entries) => [...leb128(entries.length), ...entries.flat()];

/** As many copies of some bytes as are wanted, without an array of arrays. */
export function repeated(count, bytes) {
  const all = new Uint8Array(count * bytes.length);
  for (let index = 0; index < all.length; index++) all[index] = bytes[index % bytes.length];
  return all;
}

/** A section of many equal entries. */
export const sectionOf = (id, count, entry) => section(id, joined(leb128(count), repeated(count, entry)));

/** A module of sections. */
export const module = (...sections) => joined(emptyModule, ...sections);

/** The type `func()`, and a function of it without content. */
export const nothing = {
  types: section(1, [1, 0x60, 0, 0]),
  functions: section(3, [1, 0]),
  code: section(10, [1, 2, 0, 0x0b]),
};

/** A section of code with one function: its locals, as bytes, and its instructions without the final `end`. */
export function code(locals, instructions) {
  const body = joined(locals, instructions, [0x0b]);
  return section(10, joined([1], leb128(body.length), body));
}
