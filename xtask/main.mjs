#!/usr/bin/env node
// `node xtask/main.mjs <task>`: what the scripts of package.json call. Uses nothing but Node itself.

import { parseArgs } from 'node:util';
import { endWithParent, verbosity } from './command.mjs';
import { showFailure } from './steps.mjs';
import { oldestNode } from './versions.mjs';

/** Each task, loaded when it is asked for. A task returns whether it succeeded; nothing means yes. */
const tasks = {
  setup: async ({ args }) => (await import('./setup.mjs')).setup(args[0] ?? 'test'),
  build: async ({ args }) => (await import('./build.mjs')).buildTask(args),
  start: async ({ port }) => (await import('./start.mjs')).start(port),
  serve: async ({ args, port }) => (await import('./start.mjs')).serveBuilt(args[0], port),
  test: async ({ args }) => (await import('./test.mjs')).test(args),
  hostile: async ({ args, table }) => (await import('./hostile.mjs')).hostile(args, { table }),
  fuzz: async ({ args, minutes }) => (await import('./fuzz.mjs')).fuzz(args, minutes),
  mutants: async ({ args, shard, sample, seed }) => (await import('./mutants.mjs')).mutants(args, { shard, sample, seed }),
  parity: async ({ args }) => (await import('./parity.mjs')).parity(args),
  tidy: async () => (await import('./tidy.mjs')).tidyTask(),
  bombs: async ({ args, above, missing, record }) => (await import('./bombs.mjs')).bombs(args, { above, missing, record }),
  figures: async ({ args }) => (await import('./figures.mjs')).figures(args),
  bench: async ({ args, quick, only, open, table }) => (await import('./bench-task.mjs')).bench(args, { quick, only, open, table }),
  stack: async ({ args }) => (await import('./stack.mjs')).stack(args),
  size: async () => (await import('./size.mjs')).size(),
  clean: async () => (await import('./clean.mjs')).clean(),
};

const usage = `usage: node xtask/main.mjs <task> [--verbose]

  setup [build|test]    install what building, or testing as well, needs
  start [--port N]      set up, build, and serve the paint page
  test [suite…]         set up, build, and run the tests: all, or the named suites
  hostile [entry…]      set up, build, and attack the kernel: with everything, or with some entries of the
                        catalogue, by number or part of a name; --table shows the outcome for each entry
  parity [language or behaviour…]  have the plugin that is written in every language do everything in every engine
  fuzz [target…] [--minutes N]  random inputs for N minutes each, 5 if not given
  mutants [module…] [--shard K/N | --sample N] [--seed N]  change the kernel in small ways, and count what no test notices:
                        in all ways, in a part of them, or in N drawn for each module
  build [part…]         set up and build: everything, or the named parts
  serve [dir] [--port N]  serve what was built
  tidy                  check what holds of the whole repository
  figures [section…] [engine…]  how long things take, measured in all engines or some
  bench [engine…] [--quick] [--only row or family] [--open] [--table]  everything beside what one would use instead: in two minutes
                        with --quick, some rows with --only; --open shows the page of the report, --table prints it for a document
  bombs [engine…] [part of a name…] [--above N] [--missing] [--record]  for how long the page stands still for the
                        most expensive modules that are accepted; only those that took more than N ms, or that
                        were not measured yet; --record: the tests compare with it from now on
  stack [trials [seed]] [engine…]  calls at random depths of the stack, a million if not said
  size                  what a web app downloads for the kernel
  clean                 remove everything that was built`;

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldMajor, oldMinor] = oldestNode;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return true;
  console.error(`Node ${oldestNode.join('.')} or newer is needed, and this is ${process.versions.node}: install a newer one from https://nodejs.org`);
  return false;
}

function readPort(text) {
  if (text === undefined) return 0;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function readMinutes(text) {
  if (text === undefined) return 5;
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new Error(`--minutes takes a number greater than 0, not ${JSON.stringify(text)}`);
}

function readCount(name, text) {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count < 2 ** 32) return count;
  throw new Error(`--${name} takes a whole number greater than 0, not ${JSON.stringify(text)}`);
}

function readAbove(text) {
  const least = text === undefined ? undefined : Number(text);
  if (least === undefined || least >= 0) return least;
  throw new Error(`--above takes a number of milliseconds, not ${JSON.stringify(text)}`);
}

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      verbose: { type: 'boolean', short: 'v' },
      table: { type: 'boolean' },
      minutes: { type: 'string' },
      shard: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string' },
      above: { type: 'string' },
      missing: { type: 'boolean' },
      record: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string' },
      open: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [task, ...args] = positionals;
  if (!values.help && !Object.hasOwn(tasks, task ?? '')) throw new Error(task ? `there is no task ${task}` : 'no task was named');
  const { verbose, table, shard, missing, record, quick, only, open, help } = values;
  const numbers = { sample: readCount('sample', values.sample), seed: readCount('seed', values.seed), above: readAbove(values.above) };
  return { task, args, port: readPort(values.port), minutes: readMinutes(values.minutes), ...numbers, verbose, table, shard, missing, record, quick, only, open, help };
}

async function main() {
  let request;
  try {
    request = parse();
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (request.help) {
    console.log(usage);
    return 0;
  }
  if (!checkNode()) return 1;
  verbosity.verbose = Boolean(request.verbose);
  try {
    return (await tasks[request.task](request)) === false ? 1 : 0;
  } catch (error) {
    showFailure(error.step ?? request.task, error);
    return 1;
  }
}

// Whoever reads may stop early: `npm test | head`.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
if (process.env.npm_lifecycle_event) endWithParent();
process.exitCode = await main();
