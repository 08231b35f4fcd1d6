// Leases: revocable windows on a range of memory, the app's or a plugin's.

import * as kernel from './kernel.js';
import { PortcullisError, checked } from './errors.js';
import { Handle, LEASE_CLASS, rightsBits, type MethodCaller, type Right } from './handles.js';
import { needRoom } from './room.js';

/** What a lease is for. */
export type LeaseAccess = 'read' | 'write' | 'both';

const accessBits: ReadonlyMap<unknown, number> = new Map<LeaseAccess, number>([
  ['read', 8],
  ['write', 16],
  ['both', 24],
]);

/** To call, to grant, to derive. */
const ALL = 7;

function position(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  throw new PortcullisError('bad-argument', `${what} must be a whole number of bytes from 0 to 4294967295`);
}

/**
 * A capability on a range of memory: of a plugin that lent it to the app, or of the app itself ({@link Kernel.lease}). Pass it
 * to plugins as any other handle. All of its methods throw a `PortcullisError` `revoked` when the lease is over.
 */
export class Lease extends Handle {
  private constructor(cap: number, borrowed: boolean, caller: MethodCaller) {
    super(cap, LEASE_CLASS, borrowed, caller);
  }

  static {
    Handle.kinds.set(LEASE_CLASS, (cap, borrowed, caller) => new Lease(cap, borrowed, caller));
  }

  /** @internal A lease on the app's own bytes. */
  static on(bytes: Uint8Array, access: LeaseAccess, caller: MethodCaller): Lease {
    const bits = accessBits.get(access);
    if (bits === undefined) throw new PortcullisError('bad-argument', `a lease is for 'read', 'write' or 'both', not ${String(access)}`);
    if (!(bytes instanceof Uint8Array)) throw new PortcullisError('bad-argument', 'a lease is on a Uint8Array');
    needRoom();
    return new Lease(checked(() => kernel.leaseCreate(bytes, ALL | bits)), false, caller);
  }

  /** How many bytes it has. */
  get length(): number {
    needRoom();
    return checked(() => kernel.leaseLength(this.cap)) >>> 0;
  }

  /**
   * One past the highest byte that was written through this lease or what was derived from it; 0 if none was. Only for leases
   * that the app made: `not-owner` otherwise.
   */
  get written(): number {
    needRoom();
    return checked(() => kernel.leaseWritten(this.cap)) >>> 0;
  }

  /**
   * Copies from the lease, from byte `offset` on, as much as `into` has room for; `into` is the caller's, and untouched when
   * this throws: `out-of-range`, `denied`.
   */
  read(offset: number, into: Uint8Array): void {
    position(offset, 'offset');
    needRoom();
    checked(() => kernel.leaseRead(this.cap, offset, into));
  }

  /** Copies `bytes` into the lease, from byte `offset` on. When this throws (`out-of-range`, `denied`), nothing was written. */
  write(offset: number, bytes: Uint8Array): void {
    position(offset, 'offset');
    needRoom();
    checked(() => kernel.leaseWrite(this.cap, offset, bytes));
  }

  /** A lease on `length` bytes from `offset` on, with these of its rights, which ends with this one and can be revoked on its own. */
  narrow(offset: number, length: number, rights: readonly Right[]): Lease {
    position(offset, 'offset');
    position(length, 'length');
    const bits = rightsBits(rights);
    needRoom();
    const narrowed = checked(() => kernel.leaseNarrow(this.cap, offset, length, bits));
    return Handle.of(narrowed, LEASE_CLASS, false, this.caller) as Lease;
  }

  /** A lease has no methods: it rejects with `no-method`. */
  override call(method: string): Promise<unknown> {
    return Promise.reject(new PortcullisError('no-method', `a lease has no method ${method}: use read and write`));
  }
}
