// Plugins that no compiler would make, from WebAssembly text.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { withSection } from '../suite/bytes.mjs';

/** Texts of the suite, and those that plugin authors are shown. */
const folders = ['../suite/wat', '../../guest-sdk/wat/samples'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** What every engine here has. With more, binaryen writes imports and the like in forms that few can read. */
export const features = ['MutableGlobals', 'SignExt', 'NontrappingFPToInt', 'BulkMemory', 'ReferenceTypes', 'Multivalue', 'SIMD128', 'ExceptionHandling', 'TailCall']
  .map((name) => binaryen.Features[name])
  .reduce((all, feature) => all | feature);

/** A line of the text that is a record of the module's metadata. */
const record = /^;;@ (.*)$/gm;

/** Assembles a text; its lines that begin with `;;@ ` become the `portcullis` section. `more` are features that not every engine has. */
export function assemble(text, more = 0) {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(features | more);
    const records = [...text.matchAll(record)].map(([, line]) => line);
    const bytes = module.emitBinary();
    return records.length === 0 ? bytes : withSection(bytes, 'portcullis', records.join('\n'));
  } finally {
    module.dispose();
  }
}

/**
 * Assembles every text of the suite, and every sample.
 *
 * @returns {Map<string, Uint8Array>} by name, without `.wat`
 */
export function assembleAll() {
  const files = folders.flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith('.wat')).map((file) => [folder, file]));
  return new Map(
    files.map(([folder, file]) => {
      try {
        return [file.slice(0, -4), assemble(readFileSync(`${folder}/${file}`, 'utf8'))];
      } catch (error) {
        throw new Error(`${file} cannot be assembled: ${error?.message ?? error}`);
      }
    }),
  );
}
