// The build: kernel, npm package, plugins, pixel engine, page.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Failure, run } from './command.mjs';
import { guestParts } from './guests.mjs';
import { script } from './npm-packages.mjs';
import { build, dist, inRoot } from './paths.mjs';
import { setup } from './setup.mjs';
import { runSteps } from './steps.mjs';
import { rustEnvironment } from './toolchain.mjs';
import { copyTemplates } from './templates.mjs';
import { cargoBuild, cargoOutput, optimise, wasmBindgen } from './wasm.mjs';
import { crateIn, pluginsIn } from './workspace.mjs';

const kernelOut = join(build, 'kernel');
const npmOut = join(build, 'npm');
const commandOut = join(build, 'command');
const engineOut = join(build, 'engine');
const pageOut = join(build, 'www');

const filesIn = (directory, suffix = '') =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
        .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)))
    : [];

/** Removes the files of a folder that the build no longer makes. */
function prune(directory, keep) {
  const wanted = new Set(keep);
  for (const file of filesIn(directory)) if (!wanted.has(file)) rmSync(join(directory, file));
}

async function buildKernel(report) {
  const crate = await crateIn('kernel');
  const profile = 'kernel';
  await cargoBuild([crate], { profile, report });
  rmSync(join(kernelOut, 'snippets'), { recursive: true, force: true });
  await wasmBindgen(cargoOutput(crate, { profile }), 'kernel', kernelOut);
}

/** The kernel's files that the package's modules import. */
const kernelFiles = () =>
  filesIn(kernelOut).filter((file) => file === 'kernel.js' || file === 'kernel.d.ts' || file.startsWith('snippets'));

/** Type declarations go to the package as they are; the modules become one, for that is what a page downloads. */
async function buildNpm() {
  const todo = 'mend what the compiler says above';
  await run(process.execPath, [script('typescript', 'bin/tsc'), '--project', inRoot('npm/tsconfig.json')], { todo });
  for (const file of kernelFiles()) cpSync(join(kernelOut, file), join(npmOut, file));
  const bundle = ['--dir', dist, '--format', 'esm', '--platform', 'browser', '--minify', '--sourcemap'];
  await run(process.execPath, [script('rolldown', 'bin/cli.mjs'), join(npmOut, 'index.js'), ...bundle], { todo });
  cpSync(join(kernelOut, 'kernel.d.ts'), join(dist, 'kernel.d.ts'));
  const module = { input: join(kernelOut, 'kernel_bg.wasm'), output: join(dist, 'kernel_bg.wasm') };
  await optimise([module], { speed: 2, size: 2 });
  const sources = readdirSync(inRoot('npm')).filter((file) => file.endsWith('.ts'));
  const declarations = sources.map((file) => file.replace(/\.ts$/, '.d.ts'));
  const tool = await buildCommand();
  prune(dist, [...declarations, ...tool, 'index.js', 'index.js.map', 'kernel.d.ts', 'kernel_bg.wasm']);
}

/** The tool for authors, which uses the package as everybody does. Gives the files of the package that belong to it. */
async function buildCommand() {
  const todo = 'mend what the compiler says above';
  await run(process.execPath, [script('typescript', 'bin/tsc'), '--project', inRoot('npm/command/tsconfig.json')], { todo });
  const file = join(dist, 'command.js');
  const bundle = ['--file', file, '--format', 'esm', '--platform', 'node', '--external', 'portcullis', '--minify'];
  await run(process.execPath, [script('rolldown', 'bin/cli.mjs'), join(commandOut, 'main.js'), ...bundle], { todo });
  chmodSync(file, 0o755);
  return ['command.js', ...copyTemplates(join(dist, 'templates')).map((path) => join('templates', path))];
}

/** Builds the plugins below some folders into one; `fileName` is what a crate's module is called there. */
async function buildPlugins({ folders, directory, fileName, more = [] }, report) {
  const crates = await pluginsIn(...folders);
  if (crates.length > 0) await cargoBuild(crates.map(({ name }) => name), { simd: true, report });
  const jobs = crates.map((crate) => ({
    input: cargoOutput(crate.name, { simd: true }),
    output: join(directory, fileName(crate)),
  }));
  // More than the quick passes makes plugins a little smaller, takes four times as long, and makes nothing faster.
  await optimise(jobs, { speed: 1, size: 0, simd: true }, report);
  prune(directory, [...crates.map(fileName), ...more]);
  return `${crates.length + more.length} plugins`;
}

/** Modules that no compiler would make come as text; a program of the workspace assembles them. */
async function assemble(folder, directory, report) {
  if (!existsSync(inRoot(folder, 'Cargo.toml'))) return [];
  const assembled = join(build, 'assembled', folder);
  rmSync(assembled, { recursive: true, force: true });
  mkdirSync(assembled, { recursive: true });
  await run('cargo', ['run', '--quiet', '--package', await crateIn(folder), '--', assembled], {
    env: rustEnvironment(),
    onLine: report,
    todo: 'mend what the assembler says above',
  });
  cpSync(assembled, directory, { recursive: true });
  return filesIn(assembled);
}

async function buildPaintPlugins(report) {
  const directory = join(build, 'plugins');
  const more = await assemble('demo-paint/trouble/wat', directory, report);
  const folders = ['demo-paint/filters', 'demo-paint/trouble'];
  return buildPlugins({ folders, directory, more, fileName: ({ folder }) => `${basename(folder)}.wasm` }, report);
}

function buildTestPlugins(report) {
  const directory = join(build, 'test-plugins');
  return buildPlugins({ folders: ['tests/plugins'], directory, fileName: ({ name }) => `${name}.wasm` }, report);
}

async function buildEngine(report) {
  const crate = await crateIn('www/engine');
  await cargoBuild([crate], { simd: true, report });
  const raw = join(build, 'engine-unoptimised');
  await wasmBindgen(cargoOutput(crate, { simd: true }), 'engine', raw);
  for (const file of filesIn(raw)) if (!file.endsWith('.wasm')) cpSync(join(raw, file), join(engineOut, file));
  const module = { input: join(raw, 'engine_bg.wasm'), output: join(engineOut, 'engine_bg.wasm') };
  await optimise([module], { speed: 3, size: 0, simd: true }, report);
  prune(engineOut, filesIn(raw));
}

async function buildPage() {
  await run(process.execPath, [script('vite', 'bin/vite.js'), 'build', '--config', inRoot('www/vite.config.ts')], {
    todo: 'mend what vite says above',
  });
  const plugins = join(pageOut, 'plugins');
  mkdirSync(plugins, { recursive: true });
  const made = join(build, 'plugins');
  if (existsSync(made)) cpSync(made, plugins, { recursive: true });
  const list = filesIn(plugins, '.wasm')
    .sort()
    .map((file) => ({ file, bytes: statSync(join(plugins, file)).size }));
  writeFileSync(join(plugins, 'index.json'), `${JSON.stringify(list, null, 2)}\n`);
}

/** The parts, in the order in which they need one another. */
const parts = {
  kernel: { name: 'kernel', doing: 'building', needs: 'kernel/Cargo.toml', run: buildKernel },
  npm: { name: 'npm package', doing: 'building', needs: 'npm/tsconfig.json', run: buildNpm },
  plugins: { name: 'plugins', doing: 'building', needs: 'demo-paint/filters', run: buildPaintPlugins },
  'test-plugins': { name: 'test plugins', doing: 'building', needs: 'tests/plugins', run: buildTestPlugins },
  ...guestParts,
  engine: { name: 'pixel engine', doing: 'building', needs: 'www/engine/Cargo.toml', run: buildEngine },
  page: { name: 'page', doing: 'building', needs: 'www/vite.config.ts', run: buildPage },
};

/** What `npm start` builds. */
const shipped = ['kernel', 'npm', 'plugins', 'engine', 'page'];

/** What several parts are called together. */
const groups = { guests: Object.keys(guestParts) };

/** The steps that build some parts: what is shipped, if none is named; or `all` there is. */
export function buildSteps(names = shipped) {
  const wanted = names === 'all' ? Object.keys(parts) : names.flatMap((name) => groups[name] ?? [name]);
  for (const name of wanted) {
    if (!Object.hasOwn(parts, name)) {
      throw new Failure(`there is nothing to build of the name ${name}`, { todo: `name some of: ${[...Object.keys(parts), ...Object.keys(groups)].join(', ')}` });
    }
  }
  return Object.keys(parts)
    .filter((name) => wanted.includes(name))
    .map((name) => ({ ...parts[name], skip: () => (existsSync(inRoot(parts[name].needs)) ? parts[name].skip?.() : 'not in the tree') }));
}

/** Builds some parts: what is shipped, if none is named. */
export async function buildParts(names) {
  await runSteps(buildSteps(names));
}

/** `npm run build [-- part…]`. */
export async function buildTask(args) {
  await setup('build');
  await buildParts(args.length > 0 ? args : undefined);
}
