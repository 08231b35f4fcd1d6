// The plugins in the text format of WebAssembly, which are assembled into build/guests/wat.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { build, inRoot } from './paths.mjs';
import { rustEnvironment } from './toolchain.mjs';

const samples = 'guest-sdk/wat/samples';

/** Assembles all plugins in text. */
export async function buildTextPlugins(report) {
  await run('cargo', ['run', '--quiet', '--package', 'portcullis-wat', '--', inRoot(samples), join(build, 'guests/wat')], {
    env: rustEnvironment(),
    onLine: report,
    todo: 'mend what the assembler says above',
  });
  return `${readdirSync(inRoot(samples)).filter((file) => file.endsWith('.wat')).length} plugins`;
}
