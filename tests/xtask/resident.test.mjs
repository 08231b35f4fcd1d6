import { ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { bytesBelow, bytesOf, canCount } from '../../xtask/resident.mjs';

const size = 64 << 20;

test('the memory of a process is counted, and of what it started', { skip: canCount() ? false : 'this system does not tell' }, async () => {
  const before = bytesBelow(process.pid);
  const program = `globalThis.kept = Buffer.alloc(${size}, 1); process.stdout.write('ready'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    ok(bytesOf(child.pid) > size, 'the process itself');
    ok(bytesBelow(process.pid) - before > size, 'as one of those that this one started');
    ok(bytesBelow(child.pid) === 0, 'it started none');
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
  ok(bytesOf(child.pid) === 0, 'it is gone');
});
