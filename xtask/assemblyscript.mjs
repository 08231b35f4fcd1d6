// The plugins in AssemblyScript, which are built into build/guests/assemblyscript.

import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './command.mjs';
import { script } from './npm-packages.mjs';
import { build, inRoot } from './paths.mjs';
import { unlessMade } from './stamp.mjs';

const sdk = 'guest-sdk/assemblyscript';

/** What the compiler is told, but for source and output. */
const flags = ['--lib', `${sdk}/lib`, '--transform', `./${sdk}/transform/index.mjs`, '-O3z', '--converge'];

/** Plugins by name, with their entry files. */
const plugins = new Map([
  ['parity', `${sdk}/samples/parity/index.ts`],
  ['smallest', `${sdk}/samples/smallest.ts`],
]);
const output = (name) => join(build, 'guests/assemblyscript', `${name}.wasm`);

/** Compiles a plugin: its entry file, from the checkout's root on, and where the module goes. */
export async function compileAssemblyScript(source, module, report) {
  mkdirSync(dirname(module), { recursive: true });
  await run(process.execPath, [script('assemblyscript', 'bin/asc.js'), source, ...flags, '--outFile', module], {
    todo: 'mend what the compiler says above',
    onLine: report,
  });
}

/** Builds all plugins in AssemblyScript, unless they are as the sources would make them. */
export async function buildAssemblyScriptPlugins(report) {
  const names = [...plugins.keys()];
  const what = { texts: flags, sources: [sdk, 'package-lock.json', `xtask/${basename(import.meta.url)}`], outputs: names.map(output) };
  await unlessMade('guests-assemblyscript', what, async () => {
    for (const [name, source] of plugins) await compileAssemblyScript(source, output(name), report);
  });
  return `${names.length} plugins`;
}
