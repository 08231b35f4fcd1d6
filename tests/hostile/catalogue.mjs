// What plugins will try. R: refused at load; E: the caller gets an error and nothing changed; K: only that process ends;
// C: carried on, no effect on anybody. Where a cleaned name is shown by an error or by an end, that letter stands too.

const rows = [
  [1, 'loading', 'R', 'import names from the prototype chain'],
  [2, 'loading', 'C', 'exports named `then`, `__proto__`, `toJSON`, `constructor`'],
  [3, 'loading', 'RC', 'compile bombs'],
  [4, 'loading', 'RC', 'memory without a maximum; too many memories, tables, table entries'],
  [5, 'loading', 'R', 'features that were not granted'],
  [6, 'loading', 'EK', 'a start function that loops; one that calls imports'],
  [7, 'loading', 'R', 'a failing data or element segment'],
  [8, 'loading', 'R', 'wrong signature metadata'],
  [9, 'loading', 'R', 'a declared signature that differs from the core type'],
  [10, 'loading', 'CREK', 'names with control characters, or made to look like the kernel’s own'],
  [11, 'loading', 'E', 'a kernel import as one’s own callback or allocator'],
  [12, 'loading', 'R', 'bytes that are no module, or a damaged one'],
  [13, 'handles', 'E', 'numbers that stand for nothing'],
  [14, 'handles', 'EC', 'double release, use after release, use after move'],
  [15, 'handles', 'EC', 'a number that is used again'],
  [16, 'handles', 'E', 'a handle of another class'],
  [17, 'handles', 'EC', 'release or revoke while it is lent'],
  [18, 'handles', 'EC', 'a borrow that is kept, forwarded, returned as owned'],
  [19, 'handles', 'EC', 'the same handle twice'],
  [20, 'handles', 'E', 'more rights by derive or retain'],
  [21, 'handles', 'CE', 'revoke in the middle of a call, of oneself, of a large tree'],
  [22, 'handles', 'E', 'floods'],
  [23, 'handles', 'EKC', 'the receiver ends with capabilities in transit'],
  [24, 'handles', 'K', 'a destructor that traps, loops or calls back'],
  [25, 'handles', 'E', 'the third of five capabilities is bad'],
  [26, 'handles', 'E', 'a badge read by somebody else, or with the wrong class'],
  [27, 'data', 'EC', 'address and length that wrap, end at the end, are misaligned'],
  [28, 'data', 'EKC', 'an allocator that lies, traps, loops, grows memory, calls out'],
  [29, 'data', 'CE', 'memory grown during a call'],
  [30, 'data', 'E', 'bad UTF-8; a string longer than the limit'],
  [31, 'data', 'EK', 'leases: against their rights, past their end, after their end'],
  [32, 'data', 'CE', 'leases that overlap; a lease of a lease; a copy into itself'],
  [34, 'time, stack, traps', 'K', 'endless loop, tail calls, recursion'],
  [35, 'time, stack, traps', 'KC', 'bulk operations of the largest size in a loop'],
  [36, 'time, stack, traps', 'EK', 'a call with almost no stack left'],
  [37, 'time, stack, traps', 'KE', '`catch_all` around everything'],
  [38, 'time, stack, traps', 'EK', 'an exception across a boundary'],
  [39, 'time, stack, traps', 'KE', 'a call after a trap'],
  [40, 'time, stack, traps', 'K', 'A calls B calls C, C traps'],
  [41, 'time, stack, traps', 'EC', 'A calls B calls A'],
  [42, 'time, stack, traps', 'K', '`unreachable` at every depth from 1 to 16'],
  [43, 'time, stack, traps', 'EKC', 'a host function that throws, lies, or returns a promise'],
  [48, 'suspension', 'EKC', 'entered again, or killed, while it is suspended'],
  [0, 'beyond the catalogue', 'REKC', 'forgery, confusion and re-entry of other kinds'],
];

/** Entries by their number: the chapter, the letters of the outcomes that are right, the words. */
export const catalogue = new Map(rows.map(([number, chapter, outcomes, words]) => [number, { chapter, outcomes, words }]));

/** Entries, or parts of them, that have nothing to attack yet, with what they wait for. */
export const waiting = [
  ['33', 'memory changed by another thread: shared memory, which is refused'],
  ['44–47', 'workers'],
  ['49–51', 'files'],
];
