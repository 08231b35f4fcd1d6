// The plugins that the tests of the package use: those of tests/plugins, those of tests/suite/wat, and generated ones.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../../xtask/paths.mjs';
import { assembleAll } from './assemble.mjs';
import { deepPlugins } from './deep-plugins.mjs';

const compiled = join(build, 'test-plugins');

/**
 * The bytes of every test plugin.
 *
 * @returns {Map<string, Uint8Array>} by name, without an extension
 */
export function testPlugins() {
  const plugins = new Map([...assembleAll(), ...deepPlugins()]);
  for (const file of readdirSync(compiled)) plugins.set(file.replace(/\.wasm$/, ''), new Uint8Array(readFileSync(join(compiled, file))));
  return plugins;
}

/** Where one of the plugins of tests/plugins lies. */
export const testPluginUrl = (name) => pathToFileURL(join(compiled, `${name}.wasm`));
