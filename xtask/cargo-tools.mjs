// Programs from crates.io: built once, and kept outside the checkout, a folder for each version.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, isProgram, run, which } from './command.mjs';
import { cache } from './paths.mjs';
import { rustEnvironment } from './toolchain.mjs';
import { cargoTools } from './versions.mjs';

const exe = process.platform === 'win32' ? '.exe' : '';

const home = ({ crate, version }) => join(cache, `${crate}-${version}`);

const installed = (tool) => tool.programs.every((program) => isProgram(join(home(tool), 'bin', program + exe)));

/** Whether the first program of that name on PATH is of the pinned version. */
function onPath({ version, programs }) {
  const [program] = programs;
  if (!programs.every((name) => which(name))) return false;
  return ask(program, ['--version'])?.split(/\s+/)[1] === version;
}

/** How to get the tools that are missing, as parts of the set-up's plan. */
export function planCargoTools(names) {
  return names
    .map((name) => cargoTools[name])
    .filter((tool) => !installed(tool) && !onPath(tool))
    .map((tool) => ({
      what: `${tool.crate} ${tool.version} (cargo install, into ${home(tool)})`,
      name: tool.crate,
      doing: `building ${tool.version}`,
      run: (report) => install(tool, report),
    }));
}

async function install(tool, report) {
  const { crate, version, flags = [] } = tool;
  // Into a folder of its own first, so that an interrupted build is never taken for a finished one.
  const unfinished = `${home(tool)}.unfinished-${process.pid}`;
  const args = ['install', '--no-track', '--root', unfinished, '--version', `=${version}`, ...flags, crate];
  const options = { env: rustEnvironment(), onLine: report };
  mkdirSync(cache, { recursive: true });
  try {
    const locked = await run('cargo', [...args, '--locked'], { ...options, mayFail: true });
    if (locked.code !== 0) {
      // The dependencies that it was released with are not in every mirror; others that fit may be.
      await run('cargo', args, {
        ...options,
        todo: 'look whether this machine reaches crates.io and has a C compiler (`cc`), then run the command again',
      });
    }
    rmSync(home(tool), { recursive: true, force: true });
    renameSync(unfinished, home(tool));
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The directories of the tools that the set-up built, for PATH. */
export function cargoToolDirectories() {
  return Object.values(cargoTools)
    .filter(installed)
    .map((tool) => join(home(tool), 'bin'));
}
