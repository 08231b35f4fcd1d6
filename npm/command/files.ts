// Files other than plugins.

import { readFile, writeFile } from 'node:fs/promises';
import { fileFailure } from './failure.js';

/** The text of a file that somebody named. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileFailure('read', path, error);
  }
}

/** Writes a file that somebody named. */
export async function write(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw fileFailure('written', path, error);
  }
}
