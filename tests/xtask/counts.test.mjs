// Reading how many tests passed and failed from what the runners print.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutantCounts, nodeCounts, rustCounts } from '../../xtask/counts.mjs';

test('the binaries of a cargo run are added up', () => {
  const output = `
running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 filtered out; finished in 0.00s
`;
  assert.deepEqual(rustCounts(output), { passed: 3, failed: 3 });
});

test("Node's numbers are read, and what was cancelled failed", () => {
  const output = 'ℹ tests 9\nℹ suites 3\nℹ pass 6\nℹ fail 1\nℹ cancelled 2\nℹ skipped 0\n';
  assert.deepEqual(nodeCounts(output), { passed: 6, failed: 3 });
});

test('a change that no test noticed failed', () => {
  const output = 'missed: kernel/src/a.rs:1:2: replace + with *\nnamespace: 3 of 4 caught (75.0 %), 1 missed, 1 do not compile\nsignature: 5 of 5 caught (100.0 %), 0 missed\n';
  assert.deepEqual(mutantCounts(output), { passed: 8, failed: 1 });
});

test('a runner that broke down has counted nothing', () => {
  assert.deepEqual(rustCounts('error: could not compile'), { passed: 0, failed: 0 });
  assert.deepEqual(nodeCounts('Error: cannot find module'), { passed: 0, failed: 0 });
  assert.deepEqual(mutantCounts('error: could not compile'), { passed: 0, failed: 0 });
});
