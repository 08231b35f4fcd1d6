// What plugins use. `README.md` tells how.

import {
  cap_class,
  cap_derive,
  cap_release,
  cap_retain,
  cap_revoke,
  cap_rights,
  cap_same,
  fault,
  lease_create,
  lease_len,
  lease_narrow,
  lease_read,
  lease_write,
  lease_written,
  msg_create,
  msg_free,
  msg_info,
  msg_recv,
  msg_reply,
} from "portcullis-system";
import { refused } from "portcullis-glue";
import { takeStatus } from "portcullis-runtime";

/** A capability: a number that means something in this process alone. 0 is none. */
export type Cap = u32;

/** What a capability allows. */
export namespace Rights {
  /** To be the argument of a call. */
  export const CALL: u32 = 1;
  /** To be moved to another process. */
  export const GRANT: u32 = 2;
  /** To have capabilities derived from it. */
  export const DERIVE: u32 = 4;
  /** To read a lease. */
  export const READ: u32 = 8;
  /** To write a lease. */
  export const WRITE: u32 = 16;
}

/** Takes the kernel's code of the last call that failed (docs/abi.md §7); 0 for none. For functions that are imported with `tries`. */
export function lastError(): u32 {
  return takeStatus();
}

function expect(code: u32, what: string): void {
  if (code != 0) throw new Error(what + " failed with the kernel's error " + code.toString());
}

/** One more reference. */
export function retain(cap: Cap): void {
  expect(cap_retain(cap), "retain");
}

/** One reference fewer. */
export function release(cap: Cap): void {
  expect(cap_release(cap), "release");
}

/** Ends the object for everybody; for who minted it, or derived the capability. */
export function revoke(cap: Cap): void {
  expect(cap_revoke(cap), "revoke");
}

/** A capability on the same object with fewer rights, which can be revoked on its own. */
export function derive(cap: Cap, rights: u32): Cap {
  const derived = cap_derive(cap, rights);
  refused("derive");
  return derived;
}

/** This plugin's number of the class; 0 if it has none, or the capability is bad. */
export function classOf(cap: Cap): u32 {
  return cap_class(cap);
}

/** What it allows; nothing if it is bad. */
export function rightsOf(cap: Cap): u32 {
  return cap_rights(cap);
}

/** Whether two capabilities name the same object. */
export function same(left: Cap, right: Cap): bool {
  return cap_same(left, right) != 0;
}

/** Notes what is reported if the process ends next. */
export function lastWords(text: string): void {
  const words = String.UTF8.encode(text);
  fault(changetype<usize>(words), words.byteLength);
}

/** Several results. */
export class Tuple2<A, B> {
  constructor(public a: A, public b: B) {}
}
/** Three results. */
export class Tuple3<A, B, C> {
  constructor(public a: A, public b: B, public c: C) {}
}
/** Four results. */
export class Tuple4<A, B, C, D> {
  constructor(public a: A, public b: B, public c: C, public d: D) {}
}

/** What comes back from a function that can fail: a value, or an error. `u8` stands for nothing on either side. */
export class Result<T, E> {
  /** Whether it is an error. */
  failed: bool = false;
  /** What came of it. */
  value: T;
  /** Why it failed. */
  error: E;

  /** It went well. */
  static ok<T, E>(value: T): Result<T, E> {
    const result = new Result<T, E>();
    result.value = value;
    return result;
  }

  /** It failed. */
  static err<T, E>(error: E): Result<T, E> {
    const result = new Result<T, E>();
    result.failed = true;
    result.error = error;
    return result;
  }
}

/** A message to be sent: bytes and capabilities, and room for an answer. The capabilities leave this process. */
export class OutgoingMessage {
  /** To be passed as an argument, as often as is liked. */
  readonly cap: Cap;
  private data: StaticArray<u8>;
  private reply: StaticArray<u8>;
  private replyCaps: StaticArray<Cap>;

  /** With `room` bytes and `places` capabilities in the answer. */
  constructor(data: StaticArray<u8>, caps: StaticArray<Cap>, room: i32, places: i32) {
    this.data = data;
    this.reply = new StaticArray<u8>(room);
    this.replyCaps = new StaticArray<Cap>(places);
    this.cap = msg_create(
      changetype<usize>(data), data.length, changetype<usize>(caps), caps.length,
      changetype<usize>(this.reply), room, changetype<usize>(this.replyCaps), places,
    );
    refused("a message");
  }

  /** Whether it was answered. */
  get answered(): bool {
    return msg_info(this.cap, 6) != 0;
  }

  /** The bytes of the answer. */
  get answer(): StaticArray<u8> {
    return StaticArray.slice(this.reply, 0, <i32>msg_info(this.cap, 4));
  }

  /** The capabilities in the answer, which are this process's now. */
  get answerCaps(): StaticArray<Cap> {
    return StaticArray.slice(this.replyCaps, 0, <i32>msg_info(this.cap, 5));
  }

  /** Ends it. What nobody received of its capabilities is this process's again. */
  free(): void {
    expect(msg_free(this.cap), "to free a message");
  }
}

/** A message that arrived as an argument; it lasts for the call. */
export class IncomingMessage {
  /** What was sent, and how many capabilities came with it. */
  caps: StaticArray<Cap> = new StaticArray<Cap>(0);

  constructor(readonly cap: Cap) {}

  /** Its bytes; {@link caps} has its capabilities afterwards, which are this process's then. */
  receive(): StaticArray<u8> {
    const data = new StaticArray<u8>(<i32>msg_info(this.cap, 0));
    const caps = new StaticArray<Cap>(<i32>msg_info(this.cap, 1));
    msg_recv(this.cap, changetype<usize>(data), data.length, changetype<usize>(caps), caps.length);
    refused("to receive a message");
    this.caps = caps;
    return data;
  }

  /** Answers it, once. The capabilities leave this process. */
  reply(data: StaticArray<u8>, caps: StaticArray<Cap>): void {
    expect(msg_reply(this.cap, changetype<usize>(data), data.length, changetype<usize>(caps), caps.length), "to answer a message");
  }
}

/** A window on a range of somebody's memory. */
export class Lease {
  constructor(readonly cap: Cap) {}

  /** A lease on an array of this process's. The array stays where it is, and alive, until {@link end}. */
  static on(array: StaticArray<u8>, size: i32, rights: u32): Lease {
    __pin(changetype<usize>(array));
    const cap = lease_create(changetype<usize>(array), size, rights);
    refused("to lend memory");
    return new OwnLease(cap, array);
  }

  /** A lease on a part of it, with fewer rights. */
  narrow(offset: u32, size: u32, rights: u32): Lease {
    const cap = lease_narrow(this.cap, offset, size, rights);
    refused("to narrow a lease");
    return new Lease(cap);
  }

  /** How many bytes it has. */
  get length(): u32 {
    const length = lease_len(this.cap);
    refused("the length of a lease");
    return <u32>length;
  }

  /** How far it was written: one past the last byte. For whoever made it. */
  get written(): u32 {
    const written = lease_written(this.cap);
    refused("what was written of a lease");
    return <u32>written;
  }

  /** Its bytes from `offset` on, as many as the array has. */
  read(offset: u32, into: StaticArray<u8>): void {
    expect(lease_read(this.cap, offset, changetype<usize>(into), into.length), "to read a lease");
  }

  /** Writes bytes into it. */
  write(offset: u32, from: StaticArray<u8>): void {
    expect(lease_write(this.cap, offset, changetype<usize>(from), from.length), "to write a lease");
  }

  /** Gives it back; nobody uses it any more if it is this process's own. */
  end(): void {
    release(this.cap);
  }
}

/** A lease on an array of this process's. */
class OwnLease extends Lease {
  constructor(cap: Cap, private array: StaticArray<u8>) {
    super(cap);
  }

  end(): void {
    revoke(this.cap);
    super.end();
    __unpin(changetype<usize>(this.array));
  }
}
