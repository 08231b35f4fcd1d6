// Which crates there are, and which of them are plugins.

import { relative, sep } from 'node:path';
import { Failure, run } from './command.mjs';
import { root } from './paths.mjs';
import { rustEnvironment } from './toolchain.mjs';

let packages;

/** The packages of the workspace: name, folder in the checkout (with `/`), whether it builds a module. */
async function workspacePackages() {
  packages ??= run('cargo', ['metadata', '--no-deps', '--format-version', '1'], { env: rustEnvironment() }).then(({ stdout }) =>
    JSON.parse(stdout).packages.map(({ name, manifest_path, targets }) => ({
      name,
      folder: relative(root, manifest_path).split(sep).slice(0, -1).join('/'),
      module: targets.some(({ crate_types }) => crate_types.includes('cdylib')),
    })),
  );
  return packages;
}

/**
 * The crates below some folders that build to plugins.
 *
 * @returns {Promise<{ name: string, folder: string }[]>}
 */
export async function pluginsIn(...folders) {
  const all = await workspacePackages();
  return all.filter(({ folder, module }) => module && folders.some((parent) => folder.startsWith(`${parent}/`)));
}

/** The names of the crates that build to a module, plugin or not. */
export async function modules() {
  return (await workspacePackages()).filter(({ module }) => module).map(({ name }) => name);
}

/** The name of the crate in a folder. */
export async function crateIn(folder) {
  const found = (await workspacePackages()).find((crate) => crate.folder === folder);
  if (!found) throw new Failure(`no crate of the workspace is in ${folder}`);
  return found.name;
}
