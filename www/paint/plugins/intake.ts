// Files that a person drops, pastes or chooses: pictures are opened, plugins are shown before anything of them runs.
// What a file is, is decided by its content; its name plays no part.

import { signal } from '@preact/signals';
import { sentence, tellError } from '../interface/announce.ts';
import { openPicture } from '../picture/open.ts';
import { inspectPlugin, type Inspected } from '../filters/library.ts';

/** A plugin that waits for the person's word. */
export const asking = signal<Inspected | undefined>(undefined);

const largestFile = 400_000_000;
const wasmMagic = [0x00, 0x61, 0x73, 0x6d];

/** Takes files, one after the other. What cannot be used is said in a sentence; nothing is lost. */
export async function takeFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    try {
      await takeFile(file);
    } catch (error) {
      tellError(error);
    }
  }
}

async function takeFile(file: File): Promise<void> {
  const name = file.name || 'picture';
  if (file.size === 0) throw new Error(`“${name}” is empty.`);
  if (file.size > largestFile) throw new Error(`“${name}” is larger than ${largestFile / 1_000_000} MB.`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder looks like a file until it is read.
    throw new Error(`“${name}” cannot be read. If it is a folder, choose the files in it.`);
  }
  if (wasmMagic.every((byte, index) => bytes[index] === byte)) await askAbout(name, bytes);
  else await openPicture(name, bytes);
}

async function askAbout(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    asking.value = await inspectPlugin(name, bytes);
  } catch (error) {
    throw new Error(`“${name}” is not let in: ${sentence(error)}`);
  }
}

/** The page's one file field, which {@link chooseFiles} opens. */
export const fileField: { current: HTMLInputElement | null } = { current: null };

/** Lets the person choose files. */
export function chooseFiles(accept: string): void {
  const field = fileField.current;
  if (!field) return;
  field.accept = accept;
  field.click();
}
