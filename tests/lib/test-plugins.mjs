// The plugins that the tests of the package use: those of tests/plugins, those of tests/suite/wat, generated ones, and those in
// other languages than Rust.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../../xtask/paths.mjs';
import { assembleAll } from './assemble.mjs';
import { deepPlugins } from './deep-plugins.mjs';
import { tested } from '../suite/guests.mjs';

const compiled = join(build, 'test-plugins');

/** A folder for each language, as far as it was built. */
const guests = join(build, 'guests');

const bytesIn = (folder, file) => new Uint8Array(readFileSync(join(folder, file)));

/**
 * The bytes of every test plugin.
 *
 * @returns {Map<string, Uint8Array>} by name, without an extension; those in other languages as `c/vec`
 */
export function testPlugins() {
  const plugins = new Map([...assembleAll(), ...deepPlugins()]);
  for (const file of readdirSync(compiled)) plugins.set(file.replace(/\.wasm$/, ''), bytesIn(compiled, file));
  for (const language of existsSync(guests) ? readdirSync(guests).filter(tested) : []) {
    const folder = join(guests, language);
    for (const file of readdirSync(folder)) plugins.set(`${language}/${file.replace(/\.wasm$/, '')}`, bytesIn(folder, file));
  }
  return plugins;
}

/** Where one of the plugins of tests/plugins lies. */
export const testPluginUrl = (name) => pathToFileURL(join(compiled, `${name}.wasm`));
