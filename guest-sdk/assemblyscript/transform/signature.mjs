// Signatures, in the syntax of docs/abi.md §2, and how their values lie in memory and in core parameters.

/** Size and alignment in bytes, core type, and AssemblyScript's type of every scalar. */
const scalars = new Map(
  Object.entries({
    bool: [1, 'i32', 'bool'],
    u8: [1, 'i32', 'u8'],
    s8: [1, 'i32', 'i8'],
    u16: [2, 'i32', 'u16'],
    s16: [2, 'i32', 'i16'],
    u32: [4, 'i32', 'u32'],
    s32: [4, 'i32', 'i32'],
    u64: [8, 'i64', 'u64'],
    s64: [8, 'i64', 'i64'],
    f32: [4, 'f32', 'f32'],
    f64: [8, 'f64', 'f64'],
    char: [4, 'i32', 'u32'],
    error: [4, 'i32', 'u32'],
  }),
);

/**
 * A type.
 *
 * @typedef {object} Type
 * @property {'scalar' | 'string' | 'list' | 'own' | 'borrow' | 'option' | 'none'} kind
 * @property {string} [scalar] the scalar, or that of a list's elements
 * @property {string} [className]
 */

/**
 * A signature.
 *
 * @typedef {object} Signature
 * @property {{ name: string, type: Type }[]} parameters
 * @property {Type[]} ok what comes back, or what does of a `result` that went well
 * @property {boolean} tuple whether that is a tuple
 * @property {Type | undefined} error of a `result`
 */

class Reader {
  constructor(text) {
    this.text = text;
    this.rest = text;
  }

  fail(wanted) {
    throw new Error(`${JSON.stringify(this.text)} is no signature: ${wanted} is due where ${JSON.stringify(this.rest)} stands`);
  }

  skip() {
    this.rest = this.rest.replace(/^ +/, '');
  }

  has(token) {
    this.skip();
    if (!this.rest.startsWith(token)) return false;
    this.rest = this.rest.slice(token.length);
    return true;
  }

  need(token) {
    if (!this.has(token)) this.fail(JSON.stringify(token));
  }

  word(pattern, what) {
    this.skip();
    const found = pattern.exec(this.rest)?.[0];
    if (!found) this.fail(what);
    this.rest = this.rest.slice(found.length);
    return found;
  }

  /** @returns {Type} */
  type() {
    const name = this.word(/^[a-z][a-z0-9]*/, 'a type');
    if (scalars.has(name)) return { kind: 'scalar', scalar: name };
    if (name === 'string') return { kind: 'string' };
    if (!['list', 'own', 'borrow', 'option'].includes(name)) this.fail(`a type, which ${name} is not,`);
    this.need('<');
    let type;
    if (name === 'list') {
      const element = this.type();
      if (element.kind !== 'scalar' || element.scalar === 'error') this.fail('a scalar');
      type = { kind: 'list', scalar: element.scalar };
    } else if (name === 'option') {
      const inner = this.type();
      if (inner.kind !== 'own') this.fail('own<…>');
      type = { kind: 'option', className: inner.className };
    } else {
      type = { kind: name, className: this.word(/^[a-z0-9/@.-]+/, 'a class') };
    }
    this.need('>');
    return type;
  }

  tupleOrType() {
    if (!this.has('tuple<')) return { types: [this.type()], tuple: false };
    const types = [this.type()];
    while (this.has(',')) types.push(this.type());
    this.need('>');
    return { types, tuple: true };
  }

  /** A side of a `result`; nothing for `_`. */
  side() {
    return this.has('_') ? { types: [], tuple: false } : this.tupleOrType();
  }
}

/**
 * Reads a signature.
 *
 * @param {string} text `func(name: string) -> string`
 * @returns {Signature}
 * @throws {Error} with what is due where
 */
export function parse(text) {
  const reader = new Reader(text);
  reader.need('func(');
  const parameters = [];
  if (!reader.has(')')) {
    do {
      const name = reader.word(/^[a-z][a-z0-9-]*/, 'a name');
      reader.need(':');
      parameters.push({ name, type: reader.type() });
    } while (reader.has(','));
    reader.need(')');
  }
  let [ok, error] = [{ types: [], tuple: false }, undefined];
  if (reader.has('->')) {
    if (reader.has('result')) {
      error = { kind: 'none' };
      if (reader.has('<')) {
        ok = reader.side();
        if (reader.has(',')) error = reader.side().types[0] ?? error;
        reader.need('>');
      }
    } else {
      ok = reader.tupleOrType();
    }
  }
  reader.skip();
  if (reader.rest !== '') reader.fail('the end');
  return { parameters, ok: ok.types, tuple: ok.tuple, error };
}

const align = (offset, alignment) => Math.ceil(offset / alignment) * alignment;

/** Size and alignment of a value in memory. */
export function layout(type) {
  switch (type.kind) {
    case 'scalar': {
      const [size] = scalars.get(type.scalar);
      return { size, alignment: size };
    }
    case 'string':
    case 'list':
    case 'option':
      return { size: 8, alignment: 4 };
    case 'none':
      return { size: 0, alignment: 1 };
    default:
      return { size: 4, alignment: 4 };
  }
}

/** Where values in a row lie, and what they take together. */
export function record(types) {
  let [size, alignment] = [0, 1];
  const offsets = types.map((type) => {
    const own = layout(type);
    const offset = align(size, own.alignment);
    size = offset + own.size;
    alignment = Math.max(alignment, own.alignment);
    return offset;
  });
  return { offsets, size: align(size, alignment), alignment };
}

/** Where the payload of a `result` lies behind its tag. */
export function payload({ ok, error }) {
  return Math.max(record(ok).alignment, error === undefined ? 1 : layout(error).alignment);
}

/** The core types of a value. */
export function flat(type) {
  if (type.kind === 'scalar') return [scalars.get(type.scalar)[1]];
  if (type.kind === 'none') return [];
  return ['string', 'list', 'option'].includes(type.kind) ? ['i32', 'i32'] : ['i32'];
}

/** The core type of what is returned directly, `void` for nothing; or nothing, if the results are stored. */
export function direct(signature) {
  const types = signature.ok.flatMap(flat);
  if (signature.error !== undefined) return types.length + flat(signature.error).length === 0 ? 'i32' : undefined;
  return types.length > 1 ? undefined : (types[0] ?? 'void');
}

/** AssemblyScript's type for a scalar. */
export const scalarType = (scalar) => scalars.get(scalar)[2];
