// Runs the plugin as it was built: `node --test`.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const plugin = '{{output}}';

/** `npx portcullis run`. The stand-in for the log writes to standard error what it is called with. */
function run(...args) {
  const shell = process.platform === 'win32';
  return spawnSync('npx', ['portcullis', 'run', '--grant', 'demo/log@1', plugin, ...args], { encoding: 'utf8', shell });
}

test('it greets, and says in the log whom', () => {
  const { stdout, stderr, status } = run('hello', 'Ada');
  assert.equal(stdout, 'Hello, Ada!\n', stderr);
  assert.match(stderr, /^demo\/log@1#write\("Ada"\)$/m);
  assert.equal(status, 0);
});

test('it takes one name', () => {
  assert.equal(run('hello').status, 2);
});
