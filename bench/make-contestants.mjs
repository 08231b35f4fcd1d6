// Installs the tools of others that the bench compares with, and makes of each what a page can load. Nothing else needs them.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../xtask/command.mjs';
import { npm, script } from '../xtask/npm-packages.mjs';
import { build, inRoot } from '../xtask/paths.mjs';
import { unlessMade } from '../xtask/stamp.mjs';

const lock = inRoot('bench/package-lock.json');

/** Holds the hash of the lock file that the packages were installed from. */
const stamp = inRoot('bench/node_modules/.portcullis-lock');

const lockHash = () => createHash('sha256').update(readFileSync(lock)).digest('hex');

const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();

async function install() {
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: inRoot('bench'),
    todo: 'look whether this machine reaches the npm registry, then run the command again',
  });
  writeFileSync(stamp, lockHash());
}

const folder = inRoot('bench/contestants');
const names = () => (existsSync(folder) ? readdirSync(folder).sort() : []);

/** Makes one module of an adapter and the packages that it imports; and one of its worker, if it has one. */
async function bundle(name) {
  const out = join(build, 'bench/contestants');
  const entries = [['index.mjs', `${name}.js`], ['worker.mjs', `${name}-worker.js`]].filter(([entry]) => existsSync(join(folder, name, entry)));
  if (entries.length === 0) return;
  mkdirSync(out, { recursive: true });
  const outputs = entries.map(([, file]) => join(out, file));
  await unlessMade(`bench-contestant-${name}`, { sources: [`bench/contestants/${name}`, 'bench/roads', 'bench/package-lock.json'], outputs }, async () => {
    for (const [entry, file] of entries) {
      const options = ['--file', join(out, file), '--format', 'esm', '--platform', 'browser', '--no-codeSplitting'];
      await run(process.execPath, [script('rolldown', 'bin/cli.mjs'), join(folder, name, entry), ...options], { todo: 'mend what the bundler says above' });
    }
  });
}

/**
 * What an adapter needs besides packages, such as modules that its tool makes, it makes itself: `bench/contestants/<name>/make.mjs`
 * has a default export that puts it into a folder of `build/bench`.
 */
async function make(name) {
  const file = join(folder, name, 'make.mjs');
  if (existsSync(file)) await (await import(file)).default();
}

/** The steps that install them, from bench/package-lock.json into bench/node_modules, and make what is not there yet. */
export function contestantSteps() {
  return [
    { name: 'what the bench compares with, into bench/node_modules', doing: 'installing', skip: () => installed() && 'everything is there', run: install },
    ...names().map((name) => ({
      name: `${name}, for the bench`,
      doing: 'building',
      async run() {
        await make(name);
        await bundle(name);
      },
    })),
  ];
}
