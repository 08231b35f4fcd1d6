// The parts of a module, for what the kernel does not tell: sizes, tables, globals. Only for bytes that the kernel has read.

/** A section: its name, or `custom "name"`, and its bytes with its header. */
export interface Section {
  readonly name: string;
  readonly custom: boolean;
  readonly bytes: number;
}

/** Entries of a table at the start, and at most. */
export interface Table {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** What a module consists of. */
export interface Parts {
  readonly sections: readonly Section[];
  readonly tables: readonly Table[];
  /** How many it defines. */
  readonly globals: number;
  readonly functions: number;
  /** Module and name of its memory, if that is imported. */
  readonly importedMemory: readonly [string, string] | undefined;
  /** Names of exported functions. */
  readonly exports: ReadonlySet<string>;
}

const names = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element', 'code', 'data', 'data count', 'tag'];

/** Reads what makes up a module, one thing after another. */
class Cursor {
  readonly #bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  byte(): number {
    const byte = this.#bytes[this.position];
    if (byte === undefined) throw new RangeError('the module ends too early');
    this.position += 1;
    return byte;
  }

  /** A number of at most 64 bits, LEB128, without a sign. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    const start = this.position;
    this.position += length;
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  limits(): Table {
    const flags = this.byte();
    const minimum = this.number();
    return { minimum, maximum: (flags & 1) === 1 ? this.number() : undefined };
  }

  /** A type of references: one byte, or two and the type that they refer to. */
  reference(): void {
    const byte = this.byte();
    if (byte === 0x63 || byte === 0x64) this.number();
  }
}

/** Takes a module apart. */
export function partsOf(bytes: Uint8Array): Parts {
  const sections: Section[] = [];
  const tables: Table[] = [];
  const exports = new Set<string>();
  let globals = 0;
  let functions = 0;
  let importedMemory: [string, string] | undefined;
  const cursor = new Cursor(bytes, 8);
  while (cursor.position < bytes.length) {
    const start = cursor.position;
    const id = cursor.byte();
    const end = cursor.number() + cursor.position;
    const content = new Cursor(bytes, cursor.position);
    const name = id === 0 ? content.text() : (names[id] ?? `section ${id}`);
    sections.push({ name, custom: id === 0, bytes: end - start });
    if (id === 2) {
      for (let count = content.number(); count > 0; count -= 1) {
        const place: [string, string] = [content.text(), content.text()];
        const kind = content.byte();
        if (kind === 0) content.number();
        else if (kind === 2) {
          content.limits();
          importedMemory = place;
        } else if (kind === 3) {
          // A number's type, and whether it changes. The kernel lets in nothing else.
          content.byte();
          content.byte();
        } else break;
      }
    } else if (id === 3) functions = content.number();
    else if (id === 6) globals = content.number();
    else if (id === 4) {
      for (let count = content.number(); count > 0; count -= 1) {
        content.reference();
        tables.push(content.limits());
      }
    } else if (id === 7) {
      for (let count = content.number(); count > 0; count -= 1) {
        const exported = content.text();
        if (content.byte() === 0) exports.add(exported);
        content.number();
      }
    }
    cursor.position = end;
  }
  return { sections, tables, globals, functions, importedMemory, exports };
}
