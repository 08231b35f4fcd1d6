// The test suites: what each one runs, and how its tests are counted.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { locate, wantedEngines, webkitEnvironment } from './browsers.mjs';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { run, withPath } from './command.mjs';
import { attackCounts, mutantCounts, nodeCounts, rustCounts } from './counts.mjs';
import { guestParts } from './guests.mjs';
import { lintEnvironment } from './lint.mjs';
import { script } from './npm-packages.mjs';
import { build, inRoot } from './paths.mjs';
import { checkTidiness, tidyCounts, tidyReport } from './tidy.mjs';
import { findToolchain, rustEnvironment, wasmTarget } from './toolchain.mjs';
import { startDisplay } from '../tests/lib/driver-process.mjs';
import { modules } from './workspace.mjs';

/**
 * A suite.
 *
 * @typedef {object} Suite
 * @property {string} group what `npm test -- <group>` calls it
 * @property {string} name as the person reads it
 * @property {string} [needs] a path without which there is nothing to test
 * @property {() => string | undefined} [skip] why it is not to run, as the person reads it
 * @property {boolean} [built] whether it tests what the build made
 * @property {(report: (line: string) => void) => Promise<{ code: number, output: string }>} run
 * @property {(output: string) => { passed: number, failed: number }} [count] absent where the suite
 *   is one check that passes or fails
 */

/** How long a file of tests may take, in milliseconds: a browser that hangs must not hang the run. */
const patience = 20 * 60_000;

const quiet = { CARGO_TERM_COLOR: 'never', NO_COLOR: '1' };

const cargo = (args, env, report) => run('cargo', args, { env: { ...env, ...quiet }, mayFail: true, onLine: report });

/** The test files below a folder. */
export const testFiles = (folder) =>
  existsSync(inRoot(folder))
    ? readdirSync(inRoot(folder), { recursive: true })
        .filter((file) => file.endsWith('.test.mjs'))
        .sort()
        .map((file) => join(inRoot(folder), file))
    : [];

/** Files of the Node test runner; browsers are heavy, so those suites take one file at a time. */
function nodeSuite(group, name, folder, { built = true, together = true, skip } = {}) {
  return {
    group,
    name,
    needs: folder,
    skip,
    built,
    count: nodeCounts,
    run(report) {
      const flags = ['--test', '--test-reporter=spec', `--test-timeout=${patience}`, ...(together ? [] : ['--test-concurrency=1'])];
      const env = { ...withPath(cargoToolDirectories(), rustEnvironment()), ...quiet };
      return run(process.execPath, [...flags, ...testFiles(folder)], { env, mayFail: true, onLine: report });
    },
  };
}

const rustSuites = [
  {
    group: 'rust',
    name: 'cargo fmt',
    run: (report) => cargo(['fmt', '--all', '--check'], lintEnvironment(), report),
  },
  {
    group: 'rust',
    name: 'cargo clippy',
    async run(report) {
      const env = lintEnvironment();
      const args = ['clippy', '--workspace', '--all-targets', '--', '--deny', 'warnings'];
      const host = await cargo(args, env, report);
      // The browser side of the kernel only exists on wasm32; another toolchain may not have that.
      if (host.code !== 0 || env !== findToolchain().env) return host;
      const packages = (await modules()).flatMap((name) => ['--package', name]);
      const plugins = await cargo(['clippy', '--target', wasmTarget, ...packages, '--', '--deny', 'warnings'], env, report);
      if (plugins.code !== 0) return plugins;
      // And so do its tests in browsers.
      return cargo(['clippy', '--target', wasmTarget, '--package', 'portcullis-kernel', '--tests', '--', '--deny', 'warnings'], env, report);
    },
  },
  {
    group: 'rust',
    name: 'cargo test',
    count: rustCounts,
    run: (report) => cargo(['test', '--workspace', '--no-fail-fast'], rustEnvironment(), report),
  },
];

const typeSuites = ['npm', 'npm/command', 'tests/package', 'www'].map((folder) => ({
  group: 'types',
  name: `types of ${folder}`,
  needs: `${folder}/tsconfig.json`,
  built: true,
  run: (report) =>
    run(process.execPath, [script('typescript', 'bin/tsc'), '--noEmit', '--project', inRoot(folder, 'tsconfig.json')], {
      mayFail: true,
      onLine: report,
    }),
}));

/** The filters as they are shipped give the bytes that their references give. */
const vectorSuite = {
  group: 'node',
  name: 'reference vectors of the filters',
  needs: 'demo-paint/bench/check.mjs',
  built: true,
  run: (report) =>
    run(process.execPath, [inRoot('demo-paint/bench/check.mjs'), join(build, 'plugins')], { mayFail: true, onLine: report }),
};

/** What wasm-pack calls each engine, and its driver. */
const wasmPackNames = {
  chromium: ['--chrome', '--chromedriver'],
  firefox: ['--firefox', '--geckodriver'],
  webkit: ['--safari', '--safaridriver'],
};

const kernelSuite = (engine) => ({
  group: 'kernel',
  name: `kernel in ${engine}`,
  needs: 'kernel/Cargo.toml',
  count: rustCounts,
  async run(report) {
    const { browser, driver, display } = locate(engine);
    const screen = display && (await startDisplay(display));
    const env = {
      ...withPath(cargoToolDirectories(), rustEnvironment()),
      ...quiet,
      // Seconds; a machine that does much else at the same time is slow.
      WASM_BINDGEN_TEST_TIMEOUT: '300',
      WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '60',
    };
    if (engine === 'firefox') env.GECKODRIVER_ARGS = `--binary '${browser}'`;
    if (engine === 'webkit') Object.assign(env, webkitEnvironment);
    if (screen) env.DISPLAY = screen.display;
    const [flag, driverFlag] = wasmPackNames[engine];
    try {
      return await run('wasm-pack', ['test', '--headless', flag, driverFlag, driver, inRoot('kernel')], {
        env,
        mayFail: true,
        onLine: report,
      });
    } finally {
      await screen?.close();
    }
  },
});

const tidySuite = {
  group: 'tidy',
  name: 'tidy',
  count: tidyCounts,
  async run() {
    const results = await checkTidiness();
    return { code: results.every(({ findings }) => findings.length === 0) ? 0 : 1, output: tidyReport(results) };
  },
};

/** Plugins that mean harm, in Node and in every browser. */
const attackSuite = {
  group: 'hostile',
  name: 'attacks',
  needs: 'tests/hostile',
  built: true,
  count: attackCounts,
  run: (report) => run(process.execPath, [inRoot('tests/hostile/run.mjs'), '--progress'], { env: { ...process.env, ...quiet }, mayFail: true, onLine: report }),
};

/** The same plugin in every language, in Node and in every browser. */
const paritySuite = {
  group: 'parity',
  name: 'parity of languages',
  needs: 'tests/parity',
  built: true,
  count: attackCounts,
  run: (report) => run(process.execPath, [inRoot('tests/parity/run.mjs')], { env: { ...process.env, ...quiet }, mayFail: true, onLine: report }),
};

/** Small changes of what isolation rests on, a few of each module, which the tests in Rust have to notice. */
const mutantSuite = {
  group: 'mutants',
  name: 'changes that tests have to notice',
  count: mutantCounts,
  run: (report) =>
    run(process.execPath, [inRoot('xtask/main.mjs'), 'mutants', '--sample', '4'], { env: { ...process.env, ...quiet }, mayFail: true, onLine: report }),
};

/** All suites, the quick ones first. */
export const suites = () => [
  tidySuite,
  ...rustSuites,
  ...typeSuites,
  nodeSuite('node', 'scripts', 'tests/xtask', { built: false }),
  nodeSuite('node', 'package in Node', 'tests/node'),
  nodeSuite('node', 'plugins in C', 'tests/guests', { skip: guestParts.c.skip }),
  nodeSuite('tools', 'tool for authors', 'tests/tools'),
  vectorSuite,
  ...wantedEngines().map(kernelSuite),
  mutantSuite,
  attackSuite,
  paritySuite,
  nodeSuite('browser', 'package in browsers', 'tests/browser', { together: false }),
  nodeSuite('page', 'paint page in browsers', 'tests/page', { together: false }),
  nodeSuite('package', 'package in other projects', 'tests/package', { together: false }),
];
