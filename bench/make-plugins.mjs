// Assembles the plugins of the bench into `build/bench/plugins`, unless they are there.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { assemble } from '../tests/lib/assemble.mjs';
import { build } from '../xtask/paths.mjs';
import { unlessMade } from '../xtask/stamp.mjs';

/** Where they are. */
export const pluginFolder = join(build, 'bench/plugins');

/**
 * Families that have plugins of their own. Each has `texts`, by name, with the features that they need more than others, or `modules`,
 * which are bytes; and `sources`, which they are made of besides.
 */
const families = ['calls', 'hops', 'messages', 'leases', 'extism', 'growth', 'filters', 'metering', 'life'];

async function makeFamily(name) {
  const { texts = () => [], modules = () => [], sources = [] } = await import(`./plugins/${name}.mjs`);
  const folder = join(pluginFolder, name);
  await unlessMade(`bench-plugins-${name}`, { sources: ['bench/plugins', 'bench/make-plugins.mjs', 'tests/lib/assemble.mjs', ...sources], outputs: [folder] }, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const assembled = texts().map(([file, text, more = []]) => [file, assemble(text, more.reduce((all, feature) => all | binaryen.Features[feature], 0))]);
    for (const [file, bytes] of [...assembled, ...modules()]) writeFileSync(join(folder, `${file}.wasm`), bytes);
  });
}

/** Makes what is not there yet of all families. */
export async function makePlugins() {
  for (const name of families) await makeFamily(name);
}
