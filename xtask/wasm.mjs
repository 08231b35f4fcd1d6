// What happens to a module between cargo and the browser: wasm-bindgen, wasm-opt.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run, withPath } from './command.mjs';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { script } from './npm-packages.mjs';
import { build, cargoTarget, root } from './paths.mjs';
import { rustEnvironment, wasmTarget } from './toolchain.mjs';

/** What rustc uses without being asked; every engine of the last years has it. */
const baseFeatures = [
  'bulk-memory',
  'bulk-memory-opt',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
];

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
 * Optimises a module; does nothing if `output` already came from this very input with these options.
 *
 * Custom sections stay, those with the names of functions and of the compiler apart.
 *
 * @param {string} input
 * @param {string} output
 * @param {{ level: '-Oz' | '-O3', simd?: boolean }} options
 */
export async function wasmOpt(input, output, { level, simd = false }) {
  const features = simd ? [...baseFeatures, 'simd'] : baseFeatures;
  const args = [level, ...(level === '-Oz' ? ['--converge'] : []), '--strip-debug', '--strip-producers', '--strip-target-features', ...features.map((name) => `--enable-${name}`)];
  const binaryen = script('binaryen', 'bin/wasm-opt');
  const { version } = JSON.parse(readFileSync(script('binaryen', 'package.json'), 'utf8'));
  const made = createHash('sha256').update(readFileSync(input)).update([version, ...args].join(' ')).digest('hex');
  const stamp = join(build, 'stamps', `${basename(dirname(output))}-${basename(output)}.txt`);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return;
  mkdirSync(dirname(output), { recursive: true });
  mkdirSync(dirname(stamp), { recursive: true });
  const unfinished = `${output}.unfinished`;
  await run(process.execPath, [binaryen, input, ...args, '-o', unfinished], {
    todo: 'if it speaks of a feature, rustc emits one that xtask/wasm.mjs does not enable yet',
  });
  renameSync(unfinished, output);
  writeFileSync(stamp, made);
}
