// What Debian's packages can give: a Rust for wasm32 where rustup may not fetch one, and the browsers.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, Failure, run, which, withPath } from './command.mjs';

/** Whether packages can be installed: apt-get is there and this is root. */
export const canUseApt = () => Boolean(which('apt-get')) && process.getuid?.() === 0;

let listsAreFresh = false;

/** Installs packages; the package lists are fetched once in a run. */
export async function aptInstall(packages, report) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Somebody else may be installing at the moment: wait for their lock.
  const options = ['-o', 'DPkg::Lock::Timeout=600', '-qq', '-y'];
  const todo = 'look whether this machine reaches its Debian mirror (`apt-get update`), then run the command again';
  if (!listsAreFresh) await run('apt-get', [...options, 'update'], { env, todo, onLine: report });
  listsAreFresh = true;
  await run('apt-get', [...options, 'install', '--no-install-recommends', ...packages], { env, todo, onLine: report });
}

/** Debian's rustc comes without a library for wasm32, but with the source to build it from. */
export const debianRust = {
  /** Lies beside the library and holds the `rustc -vV` of the compiler that built it. */
  stampFile: 'portcullis-built-by.txt',

  /** Installs the packages, builds the library and puts it where rustc looks for it. */
  async install(report, target) {
    await aptInstall(['rustc-web', 'cargo-web', 'rust-web-src'], report);
    const env = withPath(['/usr/bin']);
    const version = ask('/usr/bin/rustc', ['-vV'], env) ?? '';
    const llvm = /^LLVM version: (\d+)/m.exec(version)?.[1];
    const host = /^host: (.+)$/m.exec(version)?.[1];
    if (!llvm || !host) throw new Failure('/usr/bin/rustc does not say which LLVM it was built with', { output: version });
    await aptInstall([`lld-${llvm}`], report);
    const libraries = join(ask('/usr/bin/rustc', ['--print', 'sysroot'], env), 'lib/rustlib');
    linkLinker(join(libraries, host, 'bin'), `/usr/bin/lld-${llvm}`);
    await buildStd({ env, target, linker: `wasm-ld-${llvm}`, libdir: join(libraries, target, 'lib'), version }, report);
  },

  /** Whether the rustc of an environment is this one. */
  isUsed: (env) => which('rustc', env.PATH) === '/usr/bin/rustc' && Boolean(ask('dpkg-query', ['-s', 'rustc-web'])),

  /** The packages with clippy and rustfmt for it. */
  lintPackages: ['rust-web-clippy', 'rustfmt-web'],
};

/** rustc links wasm with a program of the name rust-lld. */
function linkLinker(directory, lld) {
  mkdirSync(directory, { recursive: true });
  const link = join(directory, 'rust-lld');
  if (!existsSync(link)) {
    rmSync(link, { force: true });
    symlinkSync(lld, link);
  }
}

/** Builds std for `target` from an empty crate, and copies what comes out to `libdir`. */
async function buildStd({ env, target, linker, libdir, version }, report) {
  const crate = mkdtempSync(join(tmpdir(), 'portcullis-std-'));
  try {
    mkdirSync(join(crate, 'src'));
    writeFileSync(join(crate, 'src/lib.rs'), '');
    writeFileSync(join(crate, 'Cargo.toml'), '[package]\nname = "empty"\nedition = "2024"\n\n[workspace]\n');
    await run('/usr/bin/cargo', ['build', '--release', '--target', target, '-Zbuild-std=std,panic_abort,test'], {
      cwd: crate,
      onLine: report,
      todo: 'look at the output above; the source is in the package rust-web-src',
      env: {
        ...env,
        // Without the bitcode, builds with link-time optimisation fail.
        RUSTFLAGS: '-Cembed-bitcode=yes',
        RUSTC_BOOTSTRAP: '1',
        [`CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_LINKER`]: linker,
        CARGO_TARGET_DIR: join(crate, 'target'),
      },
    });
    const built = join(crate, 'target', target, 'release/deps');
    // Filled beside its place, so that half a library is never taken for one that came with the compiler.
    const unfinished = `${libdir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const file of readdirSync(built)) {
      if (file.endsWith('.rlib') && !file.startsWith('libempty-')) copyFileSync(join(built, file), join(unfinished, file));
    }
    writeFileSync(join(unfinished, debianRust.stampFile), version);
    rmSync(libdir, { recursive: true, force: true });
    renameSync(unfinished, libdir);
  } finally {
    rmSync(crate, { recursive: true, force: true });
  }
}
