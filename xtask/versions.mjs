// The versions that the build is pinned to.

import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/** The oldest Node that the build tools run on. */
export const oldestNode = [20, 19];

/** The oldest Rust: `rust-version` of the workspace, as [major, minor]. */
export function oldestRust() {
  const [, major, minor] = /^rust-version\s*=\s*"(\d+)\.(\d+)/m.exec(readFileSync(inRoot('Cargo.toml'), 'utf8'));
  return [Number(major), Number(minor)];
}

/** wasm-bindgen's command line tool has to be of exactly the version of the crate in Cargo.lock. */
export function wasmBindgenVersion() {
  const lock = inRoot('Cargo.lock');
  const found = existsSync(lock) && /^name = "wasm-bindgen"\r?\nversion = "([^"]+)"/m.exec(readFileSync(lock, 'utf8'));
  return found ? found[1] : '0.2.130';
}

/** Zig changes its language with each version. */
export const zigVersion = '0.17.0';

/** Programs that come from crates.io: the crate, its version, the programs that it installs, and flags for cargo. */
export const cargoTools = {
  wasmBindgen: {
    crate: 'wasm-bindgen-cli',
    get version() {
      return wasmBindgenVersion();
    },
    programs: ['wasm-bindgen', 'wasm-bindgen-test-runner'],
  },
  wasmPack: { crate: 'wasm-pack', version: '0.15.1', programs: ['wasm-pack'] },
  bolero: { crate: 'cargo-bolero', version: '0.13.5', programs: ['cargo-bolero'], flags: ['--no-default-features', '--features', 'libfuzzer'] },
  mutants: { crate: 'cargo-mutants', version: '27.1.0', programs: ['cargo-mutants'] },
  geckodriver: { crate: 'geckodriver', version: '0.37.1', programs: ['geckodriver'] },
};
