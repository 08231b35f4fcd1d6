// Which clang compiles C and C++ for wasm32 here, without a libc and with wasi-libc.
//
// A clang is one that has done it: Apple's cannot, and one from a distribution may lack the linker or the libc.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, Failure, which } from './command.mjs';
import { aptInstall, canUseApt } from './debian.mjs';

/** Flags for both targets. Every engine here has `memory.copy`; a stack below the data overflows into a trap. */
const common = ['-mbulk-memory', '-Wl,--stack-first,--strip-all'];

/**
 * How to compile and link for each kind of plugin.
 *
 * @type {Record<'bare' | 'wasi', { compile: string[], link: string[] }>}
 */
export const kinds = {
  bare: { compile: ['--target=wasm32', common[0]], link: ['--target=wasm32', '-nostdlib', '-Wl,--no-entry', common[1]] },
  wasi: { compile: ['--target=wasm32-wasi', common[0]], link: ['--target=wasm32-wasi', '-mexec-model=reactor', common[1]] },
};

/** What Debian's packages are called. */
const packages = ['clang-19', 'lld-19', 'wasi-libc', 'libclang-rt-19-dev-wasm32'];

/** Programs that may be one, the person's own first. */
function candidates() {
  const names = ['clang', ...Array.from({ length: 8 }, (_, index) => `clang-${23 - index}`)];
  const sdk = process.env.WASI_SDK_PATH;
  return [
    ...(sdk ? [join(sdk, 'bin/clang')] : []),
    ...names.map((name) => which(name)),
    '/opt/homebrew/opt/llvm/bin/clang',
    '/usr/local/opt/llvm/bin/clang',
  ].filter(Boolean);
}

/** Where a libc for WASI may be, if the clang does not know it. */
const sysroots = [[], ['--sysroot=/opt/homebrew/share/wasi-sysroot'], ['--sysroot=/usr/local/share/wasi-sysroot']];

/** Whether a program compiles and links a little plugin of a kind. */
function works(program, { compile, link }, sysroot, folder) {
  const [source, object, module] = ['c', 'o', 'wasm'].map((ending) => join(folder, `probe.${ending}`));
  writeFileSync(source, '#include <stdint.h>\n__attribute__((export_name("f"))) uint64_t f(uint64_t x) { return x; }\n');
  const does = (args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  return does([...sysroot, ...compile, '-c', source, '-o', object]) && does([...sysroot, ...link, object, '-o', module]);
}

let found;

/**
 * The clang to build with.
 *
 * @returns {{ program: string, version: string, sysroot: string[] } | undefined} undefined if none does all that is needed;
 *   `sysroot` is the flag for the WASI kind that tells it where the libc is, if it needs one
 */
export function findClang() {
  if (found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-clang-'));
  try {
    for (const program of candidates()) {
      if (!works(program, kinds.bare, [], folder)) continue;
      const sysroot = sysroots.find((flags) => works(program, kinds.wasi, flags, folder));
      if (!sysroot) continue;
      found = { program, version: ask(program, ['--version']) ?? '', sysroot };
      break;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return found;
}

/** How to get a clang, as a part of the set-up's plan; undefined if there is one. */
export function planClang() {
  if (findClang()) return undefined;
  const todo =
    'install clang, lld and wasi-libc, or unpack a wasi-sdk and set WASI_SDK_PATH to where it is; or test without: PORTCULLIS_GUESTS=none';
  if (!canUseApt()) throw new Failure('no clang here compiles C for wasm32 without a libc and with wasi-libc, and none can be installed from here', { todo });
  return {
    what: `clang for the plugins in C (apt-get: ${packages.join(' ')})`,
    name: 'clang',
    doing: 'installing it',
    run: async (report) => {
      await aptInstall(packages, report);
      if (!findClang()) throw new Failure('clang was installed, but does not compile for wasm32', { todo });
    },
  };
}
