// What happens to a module between cargo and the browser: wasm-bindgen, Binaryen.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { run, withPath } from './command.mjs';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { script } from './npm-packages.mjs';
import { build, cargoTarget, inRoot, root } from './paths.mjs';
import { rustEnvironment, wasmTarget } from './toolchain.mjs';

/** Cargo's folder for modules built with 128-bit SIMD: other flags, so that neither build undoes the other. */
const simdTarget = join(cargoTarget, 'plugins');

/** Where cargo leaves a module that it built; see {@link cargoBuild} for the profile and SIMD. */
export const cargoOutput = (name, { profile = 'release', simd = false } = {}) =>
  join(simd ? simdTarget : cargoTarget, wasmTarget, profile, `${name.replaceAll('-', '_')}.wasm`);

/**
 * Builds packages of the workspace for wasm32 in one go.
 *
 * @param {string[]} packages
 * @param {{ profile?: string, simd?: boolean, report?: (line: string) => void }} [options]
 */
export async function cargoBuild(packages, { profile = 'release', simd = false, report } = {}) {
  const env = rustEnvironment();
  const flags = [
    ...(env.RUSTFLAGS?.split(/\s+/) ?? []),
    // The messages of panics name source files; they need not tell where those lay on the builder's disk.
    `--remap-path-prefix=${root}=portcullis`,
    `--remap-path-prefix=${env.CARGO_HOME || join(homedir(), '.cargo')}=cargo`,
    ...(simd ? ['-Ctarget-feature=+simd128'] : []),
  ];
  await run(
    'cargo',
    ['build', '--profile', profile, '--target', wasmTarget, ...packages.flatMap((name) => ['--package', name])],
    {
      onLine: report,
      env: {
        ...env,
        // This takes precedence over RUSTFLAGS, and allows for spaces in paths.
        CARGO_ENCODED_RUSTFLAGS: flags.filter(Boolean).join('\x1f'),
        CARGO_TARGET_DIR: simd ? simdTarget : cargoTarget,
      },
      todo: 'mend what the compiler says above',
    },
  );
}

/** Writes the JavaScript face of a module into a folder, as `<name>.js`, `<name>.d.ts` and `<name>_bg.wasm`. */
export async function wasmBindgen(module, name, directory) {
  await run('wasm-bindgen', ['--target', 'web', '--out-name', name, '--out-dir', directory, module], {
    env: withPath(cargoToolDirectories(), rustEnvironment()),
    todo: 'if it speaks of versions, run `npm run setup`',
  });
}

/**
 * Optimises modules, as far as their outputs did not already come from these very inputs in this way.
 *
 * Custom sections stay, those with the names of functions and of the compiler apart.
 *
 * @param {{ input: string, output: string }[]} jobs paths
 * @param {{ speed: 0 | 1 | 2 | 3, size: 0 | 1 | 2, simd?: boolean }} options how much each matters
 * @param {(line: string) => void} [report]
 */
export async function optimise(jobs, { speed, size, simd = false }, report) {
  const program = inRoot('xtask/optimise-modules.mjs');
  const how = [readFileSync(program), readFileSync(script('binaryen', 'package.json')), JSON.stringify({ speed, size, simd })];
  const made = new Map(jobs.map((job) => [job, fingerprint([readFileSync(job.input), ...how])]));
  const stale = jobs.filter((job) => !existsSync(job.output) || readStamp(job.output) !== made.get(job));
  if (stale.length === 0) return;
  for (const { output } of stale) mkdirSync(dirname(output), { recursive: true });
  await run(process.execPath, [program, JSON.stringify({ speed, size, simd, jobs: stale })], {
    onLine: report,
    todo: 'if it speaks of a feature, rustc emits one that xtask/optimise-modules.mjs does not enable yet',
  });
  mkdirSync(stamps, { recursive: true });
  for (const job of stale) writeFileSync(stampOf(job.output), made.get(job));
}

/** What each optimised module was made from, in a file beside the build's folders. */
const stamps = join(build, 'stamps');

const stampOf = (output) => join(stamps, `${relative(root, output).replaceAll(/[\\/]/g, '-')}.txt`);

const readStamp = (output) => (existsSync(stampOf(output)) ? readFileSync(stampOf(output), 'utf8') : undefined);

function fingerprint(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
