// A plugin's bytes, from a file.

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure, exit, fileFailure, usageFailure } from './failure.js';
import { clean } from './terminal.js';

/** More than this is not read: no kernel takes it. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A plugin as a file. */
export interface PluginFile {
  readonly path: string;
  /** The file's name without `.wasm`, fit to be shown. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads a file that somebody named. */
export async function readPlugin(path: string | undefined): Promise<PluginFile> {
  if (path === undefined) throw usageFailure('which file? Name a .wasm file');
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new Failure(exit.failed, 'refused-module', `${path} is larger than the 256 MiB that a plugin may have`);
    bytes = new Uint8Array(await readFile(path));
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure('read', path, error);
  }
  return { path, name: clean(basename(path).replace(/\.wasm$/, '')) || 'plugin', bytes };
}
