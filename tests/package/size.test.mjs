// How much a web app downloads for the kernel, against what it was: a change that makes it more is to say so.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { downloaded } from '../../xtask/size.mjs';

/** Gzipped bytes of each file, as recorded. */
const recorded = JSON.parse(readFileSync(new URL('size.json', import.meta.url), 'utf8'));

/** Compilers differ a little from one machine to the next. */
const allowance = 1.02;

test('a web app downloads these files, and no more bytes than before', () => {
  const files = Object.fromEntries(downloaded().map(({ path, bytes }) => [path, bytes]));
  assert.deepEqual(Object.keys(files).sort(), Object.keys(recorded).sort());
  for (const [path, bytes] of Object.entries(files)) {
    const most = Math.floor(recorded[path] * allowance);
    assert.ok(
      bytes <= most,
      `${path} has ${bytes} bytes gzipped, recorded are ${recorded[path]}: make it smaller, or write the new number into tests/package/size.json and say in the change what it is for`,
    );
  }
});
