// What the operating system counts as the memory of processes. Linux only.

import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** Whether it can be told. */
export const canCount = () => existsSync('/proc/self/smaps_rollup');

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}

/** Bytes of a process; of memory that several share, each has a part. */
export function bytesOf(pid) {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** Bytes of everything that a process has started, and that these have. */
export function bytesBelow(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // The name, in brackets, may have anything in it.
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${entry}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const isBelow = (one) => {
    for (let above = parents.get(one); above !== undefined; above = parents.get(above)) if (above === pid) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow).reduce((sum, one) => sum + bytesOf(one), 0);
}
