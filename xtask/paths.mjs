// Where things are: in the checkout, and in the cache outside of it.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A path inside the checkout. */
export const inRoot = (...parts) => join(root, ...parts);

/** What the npm package consists of. */
export const dist = inRoot('dist');

/** Everything else that a build leaves behind, cargo's own files apart. */
export const build = inRoot('build');

/** Cargo's output. People who set CARGO_TARGET_DIR keep it. */
export const cargoTarget = process.env.CARGO_TARGET_DIR
  ? resolve(root, process.env.CARGO_TARGET_DIR)
  : inRoot('target');

/** Tools that the set-up builds live here, one folder for each tool and version. */
export const cache = process.env.PORTCULLIS_CACHE
  ? resolve(process.env.PORTCULLIS_CACHE)
  : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'portcullis');
