// Plugins that no compiler would make, from WebAssembly text.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { withSection } from '../suite/bytes.mjs';

const folder = fileURLToPath(new URL('../suite/wat', import.meta.url));

/** What every engine here has. With more, binaryen writes imports and the like in forms that few can read. */
export const features = ['MutableGlobals', 'SignExt', 'NontrappingFPToInt', 'BulkMemory', 'ReferenceTypes', 'Multivalue', 'SIMD128', 'ExceptionHandling', 'TailCall']
  .map((name) => binaryen.Features[name])
  .reduce((all, feature) => all | feature);

/** A line of the text that is a record of the module's metadata. */
const record = /^;;@ (.*)$/gm;

/** Assembles a text; its lines that begin with `;;@ ` become the `portcullis` section. */
export function assemble(text) {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(features);
    const records = [...text.matchAll(record)].map(([, line]) => line);
    const bytes = module.emitBinary();
    return records.length === 0 ? bytes : withSection(bytes, 'portcullis', records.join('\n'));
  } finally {
    module.dispose();
  }
}

/**
 * Assembles every text of the suite.
 *
 * @returns {Map<string, Uint8Array>} by name, without `.wat`
 */
export function assembleAll() {
  const files = readdirSync(folder).filter((file) => file.endsWith('.wat'));
  return new Map(
    files.map((file) => {
      try {
        return [file.slice(0, -4), assemble(readFileSync(`${folder}/${file}`, 'utf8'))];
      } catch (error) {
        throw new Error(`${file} cannot be assembled: ${error?.message ?? error}`);
      }
    }),
  );
}
