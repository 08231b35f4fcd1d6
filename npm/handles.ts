// Capabilities of the host: handles to what plugins minted, and the host's own objects.

import * as kernel from './kernel.js';
import { dispose } from './dispose.js';
import { PortcullisError, checked } from './errors.js';
import type { CallOptions } from './process.js';
import { needRoom } from './room.js';

/** The class of leases, whose objects are the kernel's own. */
export const LEASE_CLASS = 'portcullis/kernel@1.lease';
/** The class of messages. */
export const MESSAGE_CLASS = 'portcullis/kernel@1.message';

/** A right that a capability may carry; `read` and `write` are for leases. */
export type Right = 'call' | 'grant' | 'derive' | 'read' | 'write';

const rightBits: ReadonlyMap<unknown, number> = new Map<Right, number>([
  ['call', 1],
  ['grant', 2],
  ['derive', 4],
  ['read', 8],
  ['write', 16],
]);

function bitOf(right: unknown): number {
  const bit = rightBits.get(right);
  if (bit !== undefined) return bit;
  throw new PortcullisError('bad-argument', `there is no right "${String(right)}"; there are ${[...rightBits.keys()].join(', ')}`);
}

/** @internal The bits of rights. */
export const rightsBits = (rights: readonly Right[]): number => rights.reduce((sum, right) => sum | bitOf(right), 0);

// A handle that nobody released is released when it is collected. That is a safety net: `using` or `release` is the way.
const abandoned = new FinalizationRegistry<number>((cap) => {
  try {
    needRoom();
    kernel.release(cap);
  } catch {
    // Its process, and so the capability, may be gone already.
  }
});

/** Calls a method of the object behind a handle, at whoever serves it. */
export type MethodCaller = (handle: Handle, method: string, values: readonly unknown[], options: CallOptions) => Promise<unknown>;

/** A capability that the host holds on an object of a plugin. */
export class Handle {
  /** Full name of the object's class: `paint/canvas@1.canvas`. */
  readonly class: string;
  #cap: number;
  readonly #borrowed: boolean;
  readonly #caller: MethodCaller;

  /** @internal How handles of classes are made that can do more, by class. */
  static readonly kinds = new Map<string, (cap: number, borrowed: boolean, caller: MethodCaller) => Handle>();

  /** Handles come from calls; an application does not make them. */
  protected constructor(cap: number, className: string, borrowed: boolean, caller: MethodCaller) {
    this.class = className;
    this.#cap = cap;
    this.#borrowed = borrowed;
    this.#caller = caller;
    if (!borrowed) abandoned.register(this, cap, this);
  }

  /** @internal Handles come from calls; an application does not make them. */
  static of(cap: number, className: string, borrowed: boolean, caller: MethodCaller): Handle {
    return Handle.kinds.get(className)?.(cap, borrowed, caller) ?? new Handle(cap, className, borrowed, caller);
  }

  /**
   * Calls a method of the object, whoever serves it: a function of the class's interface that takes the object first, here without
   * it. The name is that of the signature, or in camel case. Values, result and settings are those of {@link Process.call}.
   *
   * Rejects as that does, and with a {@link PortcullisError}: `no-method` if whoever serves the object has none of that name for it;
   * `revoked` if the object is over, also because whoever served it has ended or was replaced; `bad-handle` if the handle is.
   */
  async call(method: string, values: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return this.#caller(this, method, values, options);
  }

  /** @internal Calls its methods. */
  protected get caller(): MethodCaller {
    return this.#caller;
  }

  /** Whether the handle is held and its object lives. */
  get alive(): boolean {
    needRoom();
    return this.#cap !== 0 && kernel.isAlive(this.#cap);
  }

  /** Gives the reference back. The object ends with its last reference. Again: no effect. */
  release(): void {
    const cap = this.#cap;
    if (cap === 0 || this.#borrowed) return;
    needRoom();
    checked(() => kernel.release(cap));
    this.forget();
  }

  /** Another handle on the same object, to be released on its own. */
  retain(): this {
    const cap = this.cap;
    needRoom();
    checked(() => kernel.retain(cap));
    return Handle.of(cap, this.class, false, this.#caller) as this;
  }

  /** The same object with fewer rights, which can be revoked on its own. */
  derive(rights: readonly Right[]): this {
    const bits = rightsBits(rights);
    needRoom();
    return Handle.of(checked(() => kernel.derive(this.cap, bits)), this.class, false, this.#caller) as this;
  }

  /** Whether both name the same living object, however each was derived. */
  same(other: Handle): boolean {
    needRoom();
    return this.#cap !== 0 && other.#cap !== 0 && kernel.same(this.#cap, other.#cap);
  }

  /** Ends what was derived or made here, for everybody. Only for the result of {@link derive}, and for leases of the app. */
  revoke(): void {
    needRoom();
    checked(() => kernel.revoke(this.cap));
  }

  [dispose](): void {
    this.release();
  }

  /** @internal The host's `cap_t`. */
  get cap(): number {
    if (this.#cap === 0) {
      throw new PortcullisError('bad-handle', `this handle of class ${this.class} was released, moved, or borrowed for a call that is over`);
    }
    return this.#cap;
  }

  /** @internal The reference is somewhere else now. */
  forget(): void {
    this.#cap = 0;
    abandoned.unregister(this);
  }
}

/** The host's own objects that plugins hold handles of, by badge. */
export class HostObjects {
  readonly #objects = new Map<number, object>();
  #next = 1;

  /** A badge for an object, until {@link remove}. */
  add(object: object): number {
    while (this.#objects.has(this.#next)) this.#next = (this.#next % 0xffff_fffe) + 1;
    const badge = this.#next;
    this.#objects.set(badge, object);
    this.#next = (badge % 0xffff_fffe) + 1;
    return badge;
  }

  /** The object of a badge. */
  get(badge: number): object | undefined {
    return this.#objects.get(badge);
  }

  /** Lets go of an object. */
  remove(badge: number): void {
    this.#objects.delete(badge);
  }

  /** How many there are. */
  get size(): number {
    return this.#objects.size;
  }
}
