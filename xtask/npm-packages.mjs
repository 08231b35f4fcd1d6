// The packages that the build needs from npm, exactly as package-lock.json has them.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run, which } from './command.mjs';
import { inRoot } from './paths.mjs';

/** Holds the hash of the lock file that node_modules was installed from. */
const stamp = inRoot('node_modules/.portcullis-lock');

const lockHash = () => createHash('sha256').update(readFileSync(inRoot('package-lock.json'))).digest('hex');

const upToDate = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();

/** Runs npm: the one that started this, or the one on PATH. */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && existsSync(script)) return run(process.execPath, [script, ...args], options);
  return run(which('npm') ?? 'npm', args, options);
}

/** How to get the packages, as a part of the set-up's plan; undefined if they are there. */
export function planNpmPackages() {
  if (upToDate()) return undefined;
  return {
    what: 'the npm packages of package-lock.json (into node_modules)',
    name: 'npm',
    doing: 'installing packages',
    run: async (report) => {
      // No package that the build uses has anything to do when it is installed.
      await npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
        onLine: report,
        todo: 'look whether this machine reaches the npm registry, then run the command again',
      });
      writeFileSync(stamp, lockHash());
    },
  };
}

/** A program of an npm package, to be run with Node: `script('vite', 'bin/vite.js')`. */
export const script = (name, path) => inRoot('node_modules', name, path);
