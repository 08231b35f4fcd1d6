// What a person sees of a run: a line a step, the reason of a failure, and what to do.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const xtask = fileURLToPath(new URL('../../xtask/', import.meta.url));

/** Runs a program in Node; its exit code and what it printed. */
function node(args) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

const runSteps = (steps, options = '{}') =>
  node([
    '--input-type=module',
    '--eval',
    `import { Failure, run } from ${JSON.stringify(`file://${xtask}command.mjs`)};
    import { runSteps } from ${JSON.stringify(`file://${xtask}steps.mjs`)};
    const failed = await runSteps([${steps}], ${options});
    console.log(failed.map((step) => step.name).join());`,
  ]);

const good = `{ name: 'kernel', doing: 'building', run: async () => '3 files' }`;
const bad = `{ name: 'page', doing: 'building', run: () => run(process.execPath, ['-e', 'console.log("no such"); process.exit(3)'], { todo: 'look again' }) }`;
const absent = `{ name: 'docs', doing: 'building', skip: () => 'nothing changed', run: () => { throw new Error('ran'); } }`;

test('each step has a line with its number and its result', async () => {
  const { code, stdout } = await runSteps(`${good}, ${absent}`);
  assert.equal(code, 0);
  assert.match(stdout, /^\[1\/2\] kernel: building… {2}3 files, \d+\.\d s$/m);
  assert.match(stdout, /^\[2\/2\] docs: building… {2}nothing changed$/m);
});

test('a step that fails shows its output, why, and what to do, and the others go on', async () => {
  const { stdout, stderr } = await runSteps(`${bad}, ${good}`, '{ keepGoing: true }');
  assert.match(stdout, /\[1\/2\] page: building… {2}FAILED/);
  assert.match(stdout, /\[2\/2\] kernel: building… {2}3 files/);
  assert.match(stdout, /^page$/m);
  assert.match(stderr, /^no such$/m);
  assert.match(stderr, /^page: .* ended with exit code 3$/m);
  assert.match(stderr, /^What to do: look again$/m);
});

test('a task, an option or a port that does not exist is refused with the usage', async () => {
  for (const args of [['fly'], [], ['start', '--port', '70000'], ['start', '--port', 'x'], ['start', '--prot', '1']]) {
    const { code, stderr } = await node([`${xtask}main.mjs`, ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /usage:/);
  }
});

test('a suite or a part of the build that does not exist is refused', async () => {
  const { code, stderr } = await node([`${xtask}main.mjs`, 'test', 'nonsense']);
  assert.equal(code, 1);
  assert.match(stderr, /there is no suite nonsense\nWhat to do: name some of: /);
});
