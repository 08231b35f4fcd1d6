// What the tests do to the bytes of modules.

/** An unsigned number in LEB128. */
export function leb128(number) {
  const bytes = [];
  do {
    const low = number & 0x7f;
    number >>>= 7;
    bytes.push(number === 0 ? low : low | 0x80);
  } while (number !== 0);
  return bytes;
}

/** Several arrays of bytes, one after the other. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A name or text as wasm writes it: its length, then UTF-8. */
function counted(text) {
  const bytes = new TextEncoder().encode(text);
  return joined(leb128(bytes.length), bytes);
}

/** A section of a module. */
export function section(id, content) {
  return joined([id], leb128(content.length), content);
}

/** A module with one more custom section at its end, of text or bytes. */
export function withSection(module, name, content) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return joined(module, section(0, joined(counted(name), bytes)));
}

/** A module with records in a `portcullis` section of its own. */
export const withRecords = (module, text) => withSection(module, 'portcullis', text);

/** The header of every module, and with nothing else the smallest one. */
export const emptyModule = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
