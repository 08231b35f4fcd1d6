// Plugins are known by their SHA-256 also where the engine has none: in pages that are not from https or localhost.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Kernel } from 'portcullis';
import { testPlugins } from '../lib/test-plugins.mjs';

const module = testPlugins().get('greeter-1');

/** The plugin with a custom section of so many bytes more: as many ways for a hash to end. */
function padded(length) {
  const section = Buffer.concat([Buffer.from([0, length + 2, 1, 0x78]), Buffer.alloc(length, 7)]);
  return new Uint8Array(Buffer.concat([module, section]));
}

describe('where the engine has no SHA-256', () => {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  let kernel;

  before(async () => {
    kernel = await Kernel.start();
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
  });

  after(() => {
    Object.defineProperty(globalThis, 'crypto', known);
    kernel.close();
  });

  test('plugins have the same one', async () => {
    for (let length = 0; length < 66; length += 1) {
      const bytes = padded(length);
      const { sha256 } = await kernel.compile(bytes);
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'), `${length} bytes more`);
    }
  });

  test('another one than expected is refused', async () => {
    await assert.rejects(kernel.compile(module, { sha256: '0'.repeat(64) }), { code: 'hash-mismatch' });
  });

  test('what is in quarantine is refused', async () => {
    const { sha256 } = await kernel.compile(module);
    kernel.quarantine.add(sha256, { name: 'greeter', reason: 'a test wants it' });
    await assert.rejects(kernel.compile(module), { code: 'quarantined' });
    kernel.quarantine.lift(sha256);
  });
});
