// clippy and rustfmt: with the toolchain that builds, or with another one on this machine.

import { ask, Failure, run } from './command.mjs';
import { aptInstall, canUseApt, debianRust } from './debian.mjs';
import { findToolchain, rustupMayFetch } from './toolchain.mjs';

/** Whether both are there, and clippy is of the compiler's version: it reads what that one compiled. */
function has(env) {
  const compiler = /^rustc 1\.(\d+)/.exec(ask('rustc', ['--version'], env) ?? '')?.[1];
  const clippy = /^clippy 0\.1\.(\d+)/.exec(ask('cargo', ['clippy', '--version'], env) ?? '')?.[1];
  return compiler !== undefined && compiler === clippy && ask('cargo', ['fmt', '--version'], env) !== undefined;
}

/**
 * How to get them where they are missing, as a part of the set-up's plan.
 *
 * @param {{ road?: string } | undefined} toolchainPlan how the toolchain is about to be installed
 */
export function planLint(toolchainPlan) {
  const env = findToolchain()?.env ?? process.env;
  const fromDebian = toolchainPlan ? toolchainPlan.road === 'debian' : debianRust.isUsed(env);
  if (!(fromDebian && toolchainPlan) && has(env)) return undefined;
  const plan = { name: 'lint', doing: 'installing clippy and rustfmt' };
  if (fromDebian && canUseApt()) {
    return {
      ...plan,
      what: `clippy and rustfmt (apt-get: ${debianRust.lintPackages.join(' ')})`,
      run: (report) => aptInstall(debianRust.lintPackages, report),
    };
  }
  if (!fromDebian && rustupMayFetch()) {
    return {
      ...plan,
      what: 'clippy and rustfmt (rustup)',
      run: (report) => run('rustup', ['component', 'add', 'clippy', 'rustfmt'], { onLine: report }),
    };
  }
  return undefined;
}

/** The environment of a cargo that has them. Fails where no toolchain here does. */
export function lintEnvironment() {
  const found = [findToolchain()?.env, process.env].find((env) => env && has(env));
  if (!found) throw new Failure('no Rust here has both clippy and rustfmt', { todo: 'run `rustup component add clippy rustfmt`' });
  return found;
}
