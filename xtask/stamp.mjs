// Whether something that was built is still what its sources would make.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, inRoot } from './paths.mjs';

/** A hash of texts and of every file in some folders, or files, below the checkout's root. */
function fingerprint(texts, paths) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  for (const path of paths) {
    const whole = inRoot(path);
    const files = statSync(whole).isFile() ? [''] : readdirSync(whole, { recursive: true }).sort();
    for (const file of files) {
      const one = join(whole, file);
      if (statSync(one).isFile()) hash.update(`${path}/${file}\n`).update(readFileSync(one));
    }
  }
  return hash.digest('hex');
}

/**
 * Makes something unless it is there as its sources would make it.
 *
 * @param {string} name of the stamp, in `build/stamps`
 * @param {{ texts?: string[], sources: string[], outputs: string[] }} what flags and versions; files and folders that it is made of,
 *   from the checkout's root on; what is made
 * @param {() => Promise<void>} make
 */
export async function unlessMade(name, { texts = [], sources, outputs }, make) {
  const stamp = join(build, 'stamps', `${name}.txt`);
  const made = fingerprint(texts, sources);
  if (outputs.every((file) => existsSync(file)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return;
  await make();
  mkdirSync(join(build, 'stamps'), { recursive: true });
  writeFileSync(stamp, made);
}
