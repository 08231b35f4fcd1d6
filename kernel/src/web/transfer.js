// Copies from memory to memory, for gates and for the host: whose memories they are is said by numbers. Static, and the same for
// every plugin.

/** Bits of a process's identity that are its place in the table of processes; 0 in them is no process. */
const PLACE_BITS = 12;
const PLACE = (1 << PLACE_BITS) - 1;
/** The number of the array that the host has at hand for one copy. */
const AT_HAND = 2 ** (32 - PLACE_BITS) - 1;

/** @type {{ process: number, memory: WebAssembly.Memory, bytes: Uint8Array }[]} by place; the kernel's own at 0 */
const memories = [];
/** @type {Map<number, Uint8Array>} arrays of the host that there are leases on */
const arrays = new Map();
let nextArray = 1;

/** Says which memory a process has. 0 is the kernel. */
export function addMemory(process, memory) {
  memories[process & PLACE] = { process, memory, bytes: new Uint8Array(memory.buffer) };
}

/** Lets go of the memory of a process. */
export function removeMemory(process) {
  if (memories[process & PLACE]?.process === process) delete memories[process & PLACE];
}

/** A number for an array of the host, which is kept until {@link removeArray}; 0 if there are too many. */
export function addArray(bytes) {
  if (arrays.size >= AT_HAND - 1) return 0;
  while (arrays.has(nextArray)) nextArray = (nextArray % (AT_HAND - 1)) + 1;
  const number = nextArray;
  arrays.set(number, bytes);
  nextArray = (number % (AT_HAND - 1)) + 1;
  return number;
}

/** Lets go of an array. */
export function removeArray(number) {
  arrays.delete(number);
}

/** The bytes of a place up to `end`, or nothing if they are not there. */
function bytesOf(place, end) {
  const index = place & PLACE;
  if (index === 0 && place !== 0) {
    // The array of somebody who gave its memory away is empty.
    const bytes = arrays.get(place >>> PLACE_BITS);
    return bytes !== undefined && end <= bytes.length ? bytes : undefined;
  }
  const entry = memories[index];
  if (entry === undefined || entry.process !== place) return undefined;
  // A memory that grew has a new buffer; an old view is empty, never stale.
  if (end > entry.bytes.length) {
    entry.bytes = new Uint8Array(entry.memory.buffer);
    if (end > entry.bytes.length) return undefined;
  }
  return entry.bytes;
}

/**
 * Copies bytes. The kernel has checked both ranges; here it is only seen whether the memories are still there. A place is 0 for
 * the kernel, the identity of a process, or the number of an array in the upper bits.
 * @returns {number} whether it was done: 1, or 0 if a memory is gone
 */
export function transfer(from, fromAddress, to, toAddress, length) {
  from >>>= 0; fromAddress >>>= 0; to >>>= 0; toAddress >>>= 0; length >>>= 0;
  const source = bytesOf(from, fromAddress + length);
  const target = bytesOf(to, toAddress + length);
  if (source === undefined || target === undefined) return 0;
  if (source === target) target.copyWithin(toAddress, fromAddress, fromAddress + length);
  else target.set(source.subarray(fromAddress, fromAddress + length), toAddress);
  return 1;
}

/** As {@link transfer}, where one of the places is {@link AT_HAND}: this array. */
export function transferWith(bytes, from, fromAddress, to, toAddress, length) {
  arrays.set(AT_HAND, bytes);
  try {
    return transfer(from, fromAddress, to, toAddress, length);
  } finally {
    arrays.delete(AT_HAND);
  }
}

/** Called once with nothing to do, it is compiled: a caller may have too little stack left for that. */
export function prepareTransfers(kernelMemory) {
  addMemory(0, kernelMemory);
  transfer(0, 0, 0, 0, 0);
  const bytes = new Uint8Array(2);
  transferWith(bytes, AT_HAND << PLACE_BITS, 0, 0, 0, 0);
}
