// Which Rust builds for wasm32 here: the one that PATH finds first, or the system's own in /usr/bin.
//
// The three roads to a toolchain, in the order in which they are tried:
//   1. a rustc that has the wasm32 standard library is there already: nothing to do;
//   2. rustup may fetch: `rustup target add`;
//   3. Debian: the distribution's packages, and a standard library built from their source (debian.mjs).

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, Failure, isProgram, run, which, withPath } from './command.mjs';
import { canUseApt, debianRust } from './debian.mjs';
import { oldestRust } from './versions.mjs';

/** The target that everything but the tests of the core is built for. */
export const wasmTarget = 'wasm32-unknown-unknown';

/** Where a distribution puts its rustc. */
const systemBin = '/usr/bin';

/**
 * A Rust toolchain as it was found.
 *
 * @typedef {object} Toolchain
 * @property {NodeJS.ProcessEnv} env the environment in which `cargo` and `rustc` are this toolchain's
 * @property {string} version what `rustc -vV` says
 * @property {boolean} recent whether the workspace's oldest Rust is met
 * @property {boolean} wasm whether it has the standard library for wasm32, built by this very rustc
 */

/** The toolchain that an environment's PATH leads to, or undefined if that has no rustc and cargo. */
function inspect(env) {
  if (!which('rustc', env.PATH) || !which('cargo', env.PATH)) return undefined;
  const version = ask('rustc', ['-vV'], env);
  if (!version) return undefined;
  const [, major, minor] = /^release: (\d+)\.(\d+)/m.exec(version).map(Number);
  const [oldMajor, oldMinor] = oldestRust();
  return {
    env,
    version,
    recent: major > oldMajor || (major === oldMajor && minor >= oldMinor),
    wasm: hasStd(ask('rustc', ['--print', 'target-libdir', '--target', wasmTarget], env), version),
  };
}

function hasStd(libdir, version) {
  if (!libdir || !existsSync(libdir)) return false;
  if (!readdirSync(libdir).some((file) => /^libstd-.*\.rlib$/.test(file))) return false;
  // A library that the set-up built names the compiler that built it: no other can read it.
  const builtBy = join(libdir, debianRust.stampFile);
  return !existsSync(builtBy) || readFileSync(builtBy, 'utf8') === version;
}

/** Every environment worth looking at, the person's own first. */
function candidates() {
  const environments = [process.env];
  if (process.platform === 'linux' && isProgram(join(systemBin, 'rustc'))) {
    environments.push(withPath([systemBin]));
  }
  return environments;
}

let found;

/**
 * The toolchain to build with, or undefined if none can build for wasm32 yet.
 *
 * @returns {Toolchain | undefined}
 */
export function findToolchain() {
  found ??= candidates().map(inspect).find((toolchain) => toolchain?.recent && toolchain.wasm);
  return found;
}

/** The environment of every cargo that the build runs. Fails where the set-up did not run. */
export function rustEnvironment() {
  const toolchain = findToolchain();
  if (!toolchain) throw new Failure('no Rust here can build for wasm32', { todo: 'run `npm run setup`' });
  return toolchain.env;
}

/** Whether there is a rustup, and nobody forbade it to fetch anything. */
export const rustupMayFetch = () => process.env.RUSTUP_AUTO_INSTALL !== '0' && Boolean(which('rustup'));

/** How to get a toolchain here, as a part of the set-up's plan; undefined if there is one. */
export function planToolchain() {
  if (findToolchain()) return undefined;
  const current = inspect(process.env);
  const mayFetch = rustupMayFetch();
  if (current?.recent && mayFetch) {
    return {
      road: 'rustup',
      what: `Rust's ${wasmTarget} library (rustup)`,
      name: 'rust',
      doing: `adding ${wasmTarget}`,
      run: async (report) => {
        await run('rustup', ['target', 'add', wasmTarget], {
          onLine: report,
          todo: 'look whether this machine reaches the internet, then run the command again',
        });
        check();
      },
    };
  }
  if (canUseApt()) {
    return {
      road: 'debian',
      what: "Debian's Rust with a wasm32 library built from its source (apt-get: rustc-web cargo-web rust-web-src lld)",
      name: 'rust',
      doing: 'installing it from Debian',
      run: async (report) => {
        await debianRust.install(report, wasmTarget);
        check();
      },
    };
  }
  throw new Failure(cannot(current, mayFetch), { todo: advice(current, mayFetch) });
}

function check() {
  found = undefined;
  if (findToolchain()) return;
  throw new Failure(`the ${wasmTarget} library was installed, but no rustc finds it`, {
    todo: `compare \`rustc --print target-libdir --target ${wasmTarget}\` with where your Rust was installed`,
  });
}

function cannot(current, mayFetch) {
  if (!current) return 'there is no Rust on this machine';
  if (!current.recent) return `Rust ${oldestRust().join('.')} or newer is needed, and this is ${current.version.split('\n')[0]}`;
  if (!mayFetch) return `this Rust has no ${wasmTarget} library, and rustup may not fetch it`;
  return `this Rust has no ${wasmTarget} library`;
}

function advice(current, mayFetch) {
  if (!current) return 'install it from https://rustup.rs';
  if (!current.recent && mayFetch) return 'run `rustup update stable`';
  return 'run `rustup target add wasm32-unknown-unknown`, or on Debian start this as root';
}
