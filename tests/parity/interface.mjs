// What every guest serves and what it is granted; README.md says it in words.

/** The records of `parity/host@1`, as the application serves it. */
export const hostSignatures = `
  value: func(thing: borrow<thing>) -> u32
  fail: func() -> u32
  set-callback: func(cell: own<parity/cell@1.cell>)
  answer: func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32
  fill: func(lease: borrow<portcullis/kernel@1.lease>) -> u32`;

/** The record of `parity/counter@1`, as the application serves it. */
export const counterSignatures = 'count: func(counter: borrow<counter>, by: u32) -> u32';

/** An object of `parity/host@1`. */
export class Thing {
  constructor(value) {
    this.value = value;
  }
}

/** A counter of the application's. */
export class Counter {
  total = 0;
}

/**
 * Starts a guest.
 *
 * @param {object} context what a behaviour gets
 * @returns {Promise<{ process: object, guest: object, cells: object, host: object }>} the process, its two interfaces, and
 *   what the application's functions noted: `callback`, the cell that was registered; `failures`, how often `fail` was called;
 *   `answered`, what messages had in them
 */
export async function start({ kernel, module, signatures }, name = 'parity') {
  const host = { callback: undefined, failures: 0, answered: [] };
  const served = kernel.provide('parity/host@1', hostSignatures, {
    value: (thing) => thing.value,
    fail() {
      host.failures += 1;
      throw new Error('this is what fail does');
    },
    setCallback(cell) {
      host.callback = cell;
    },
    answer(message, a) {
      const data = message.data;
      const { capabilities } = message;
      host.answered.push({ data: Array.from(data), capabilities: capabilities.length });
      message.reply(data.toReversed(), capabilities);
      return a;
    },
    fill(lease) {
      const half = lease.length >> 1;
      lease.write(0, Uint8Array.from({ length: half }, (_, index) => 255 - index));
      return half;
    },
  });
  const imports = { 'parity/host@1': served, 'parity/counter@1': 'object' };
  const process = await kernel.spawn(module, { name, imports, ...(signatures && { signatures }) });
  return { process, guest: process.interface('parity/guest@1'), cells: process.interface('parity/cell@1'), host };
}
