// Zig: where it comes from, and the plugins in it, which are built into build/guests/zig.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ask, Failure, run, which } from './command.mjs';
import { build, cache, inRoot } from './paths.mjs';
import { unlessMade } from './stamp.mjs';
import { zigVersion } from './versions.mjs';

const home = join(cache, `ziglang-${zigVersion}`);

/** What every plugin is compiled with; `--dep portcullis` is the SDK. */
export const zigFlags = ['-target', 'wasm32-freestanding', '-O', 'ReleaseSmall', '-fsingle-threaded', '-fno-entry', '-rdynamic'];

/** The program: the one on PATH if it is of the pinned version, or what the set-up has got. */
export function findZig() {
  const own = join(home, 'ziglang', process.platform === 'win32' ? 'zig.exe' : 'zig');
  if (existsSync(own)) return own;
  return which('zig') && ask('zig', ['version'])?.trim() === zigVersion ? 'zig' : undefined;
}

const todo = `install Zig ${zigVersion}, so that \`zig\` is on PATH, or Python 3 with pip; or test without: set PORTCULLIS_GUESTS to the languages that you want`;

/** How to get Zig, as a part of the set-up's plan; undefined if it is there. */
export function planZig() {
  if (findZig()) return undefined;
  const python = ['python3', 'python'].find((name) => which(name) && ask(name, ['-m', 'pip', '--version']));
  if (!python) throw new Failure(`Zig ${zigVersion} is not here, and there is no pip to get it with`, { todo });
  return {
    what: `Zig ${zigVersion} (pip, into ${home})`,
    name: 'zig',
    doing: `getting ${zigVersion}`,
    async run(report) {
      // Into a folder of its own first, so that what was interrupted is never taken for finished.
      const unfinished = `${home}.unfinished-${process.pid}`;
      mkdirSync(cache, { recursive: true });
      try {
        await run(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', '--target', unfinished, `ziglang==${zigVersion}`], { todo, onLine: report });
        rmSync(home, { recursive: true, force: true });
        renameSync(unfinished, home);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
      if (!findZig()) throw new Failure('the package ziglang has no program for this machine', { todo });
    },
  };
}

/**
 * Compiles a plugin.
 *
 * @param {string} source its root file
 * @param {string} output where the module goes
 * @param {(line: string) => void} [report]
 */
export async function compileZig(source, output, report) {
  const zig = findZig();
  if (!zig) throw new Failure(`Zig ${zigVersion} is not here`, { todo: 'run `npm run setup`' });
  const modules = ['--dep', 'portcullis', `-Mroot=${source}`, `-Mportcullis=${inRoot('guest-sdk/zig/portcullis.zig')}`];
  const caches = { ZIG_LOCAL_CACHE_DIR: join(build, 'zig'), ZIG_GLOBAL_CACHE_DIR: join(cache, 'zig') };
  await run(zig, ['build-exe', ...zigFlags, ...modules, `-femit-bin=${output}`], {
    env: { ...process.env, ...caches },
    todo: 'mend what the compiler says above',
    onLine: report,
  });
}

const plugins = ['guest-sdk/zig/samples/parity.zig', 'guest-sdk/zig/samples/smallest.zig'];
const directory = join(build, 'guests/zig');
const output = (source) => join(directory, `${basename(source, '.zig')}.wasm`);

/** Builds all plugins in Zig, unless they are as the sources would make them. */
export async function buildZigPlugins(report) {
  const what = { texts: [zigVersion, ...zigFlags], sources: ['guest-sdk/zig', 'xtask/zig.mjs'], outputs: plugins.map(output) };
  await unlessMade('guests-zig', what, async () => {
    mkdirSync(directory, { recursive: true });
    for (const source of plugins) await compileZig(inRoot(source), output(source), report);
  });
  return `${plugins.length} plugins`;
}
