// The guests: one plugin in every language.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wantedGuests } from '../../xtask/guests.mjs';
import { build } from '../../xtask/paths.mjs';

/** Where the guest of each language lies, in the order of the table. */
const files = new Map([
  ['rust', 'test-plugins/parity-guest.wasm'],
  ['c', 'guests/c/parity.wasm'],
  ['assemblyscript', 'guests/assemblyscript/parity.wasm'],
  ['zig', 'guests/zig/parity.wasm'],
  ['wat', 'guests/wat/parity.wasm'],
]);

/** The guest whose records the host gives: that of this language without its own. */
const bare = { language: 'no metadata', of: 'wat' };

/** The languages, in the order of the table; without those whose plugins are not built because PORTCULLIS_GUESTS does not name them. */
export const languages = [...files.keys(), bare.language].filter((language) => {
  const of = language === bare.language ? bare.of : language;
  return of === 'rust' || wantedGuests().includes(of);
});

/** A number from 0 to 2³² - 1 in LEB128, and where it ends. */
function unsigned(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) return [value, at];
  }
}

/** A module without its custom sections. */
export function withoutCustomSections(bytes) {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, body] = unsigned(bytes, at + 1);
    if (bytes[at] !== 0) kept.push(bytes.subarray(at, body + size));
    at = body + size;
  }
  return new Uint8Array(Buffer.concat(kept));
}

/** The records in a module. */
export function recordsOf(bytes) {
  const sections = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'portcullis');
  return sections.map((section) => new TextDecoder().decode(section)).join('');
}

/** The guest of a language as it was built. */
function built(language) {
  const path = join(build, files.get(language));
  if (!existsSync(path)) throw new Error(`the guest in ${language} was not built: there is no ${path}`);
  return new Uint8Array(readFileSync(path));
}

/**
 * The guests.
 *
 * @param {string[]} wanted languages; nothing asks for all
 * @returns {{ language: string, module: Uint8Array, signatures?: string }[]}
 */
export function guests(wanted = []) {
  const chosen = languages.filter((language) => wanted.length === 0 || wanted.includes(language));
  return chosen.map((language) => {
    if (language !== bare.language) return { language, module: built(language) };
    const module = built(bare.of);
    return { language, module: withoutCustomSections(module), signatures: recordsOf(module) };
  });
}

/** The plugin that serves `parity/counter@1`. */
export const counterServer = () => new Uint8Array(readFileSync(join(build, 'test-plugins/parity-counter.wasm')));
