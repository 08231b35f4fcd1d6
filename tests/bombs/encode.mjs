// WebAssembly, byte by byte: modules that no assembler would agree to make, or not in a reasonable time.

/** Bytes that grow. */
export class Bytes {
  #bytes = new Uint8Array(1024);
  length = 0;

  #reserve(count) {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }

  /** Appends bytes. */
  put(...bytes) {
    this.#reserve(bytes.length);
    for (const byte of bytes) this.#bytes[this.length++] = byte;
    return this;
  }

  /** Appends an array of bytes, as often as is said. */
  all(bytes, times = 1) {
    const view = bytes instanceof Bytes ? bytes.view : bytes;
    this.#reserve(view.length * times);
    for (let done = 0; done < times; done += 1) {
      this.#bytes.set(view, this.length);
      this.length += view.length;
    }
    return this;
  }

  /** Appends an unsigned number, LEB128. */
  u(value) {
    while (value > 127) {
      this.put((value % 128) + 128);
      value = Math.floor(value / 128);
    }
    return this.put(value);
  }

  /** Appends a signed number of 32 bits, LEB128. */
  s(value) {
    for (;;) {
      const low = value & 127;
      value >>= 7;
      if ((value === 0 && low < 64) || (value === -1 && low >= 64)) return this.put(low);
      this.put(low | 128);
    }
  }

  /** Appends a name. */
  name(text) {
    const bytes = new TextEncoder().encode(text);
    return this.u(bytes.length).all(bytes);
  }

  /** What was appended, still its own. */
  get view() {
    return this.#bytes.subarray(0, this.length);
  }
}

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

/** Instructions that the kinds need, by name. */
export const op = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  throw: 0x08,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  drop: 0x1a,
  select: 0x1b,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  i32Load: 0x28,
  i32Store: 0x36,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GeS: 0x4e,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivS: 0x6d,
  i64Add: 0x7c,
  i64DivS: 0x7f,
  i64RemU: 0x82,
  i64Rotl: 0x89,
  f64Nearest: 0x9e,
  i64TruncF64: 0xb0,
  refNull: 0xd0,
  refFunc: 0xd2,
};

/** The type of a block without parameters and results. */
export const EMPTY = 0x40;

const sections = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10, data: 11, count: 12, tag: 13 };
const orderOf = ['type', 'import', 'function', 'table', 'memory', 'tag', 'global', 'export', 'start', 'element', 'count', 'code', 'data'];

/** A module: entries by section, which `bytes` puts in order. */
export class Module {
  #entries = Object.fromEntries(Object.keys(sections).map((name) => [name, { count: 0, bytes: new Bytes() }]));
  #custom = new Bytes();

  /** Starts one more entry of a section; returns its bytes, to be appended to. */
  entry(section) {
    const entries = this.#entries[section];
    entries.count += 1;
    return entries.bytes;
  }

  /** How many entries a section has. */
  count(section) {
    return this.#entries[section].count;
  }

  /** A function type; returns its index. */
  type(parameters, results) {
    const entry = this.entry('type').put(0x60);
    for (const types of [parameters, results]) entry.u(types.length).all(types);
    return this.count('type') - 1;
  }

  /**
   * A function. `locals` are pairs of count and type.
   *
   * @returns {number} its index, if nothing is imported
   */
  function(type, locals, body) {
    this.entry('function').u(type);
    const head = new Bytes().u(locals.length);
    for (const [count, ty] of locals) head.u(count).put(ty);
    this.entry('code').u(head.length + body.length + 1).all(head).all(body).put(op.end);
    return this.count('function') - 1;
  }

  export(name, kind, index) {
    this.entry('export').name(name).put(kind).u(index);
  }

  /** A custom section. */
  custom(name, content) {
    const inside = new Bytes().name(name).all(content);
    this.#custom.put(0).u(inside.length).all(inside);
  }

  get bytes() {
    const all = new Bytes().put(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    for (const name of orderOf) {
      const { count, bytes } = this.#entries[name];
      if (count === 0) continue;
      if (name === 'start' || name === 'count') {
        all.put(sections[name]).u(bytes.length).all(bytes);
        continue;
      }
      const head = new Bytes().u(count);
      all.put(sections[name]).u(head.length + bytes.length).all(head).all(bytes);
    }
    return all.all(this.#custom).view.slice();
  }
}
