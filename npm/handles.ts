// Capabilities of the host: handles to what plugins minted, and the host's own objects.

import * as kernel from './kernel.js';
import { dispose } from './dispose.js';
import { PortcullisError, checked } from './errors.js';
import { needRoom } from './room.js';

/** A right that a capability may carry. */
export type Right = 'call' | 'grant' | 'derive';

const rightBits: ReadonlyMap<unknown, number> = new Map<Right, number>([
  ['call', 1],
  ['grant', 2],
  ['derive', 4],
]);

function bitOf(right: unknown): number {
  const bit = rightBits.get(right);
  if (bit !== undefined) return bit;
  throw new PortcullisError('bad-argument', `there is no right "${String(right)}"; there are ${[...rightBits.keys()].join(', ')}`);
}

// A handle that nobody released is released when it is collected. That is a safety net: `using` or `release` is the way.
const abandoned = new FinalizationRegistry<number>((cap) => {
  try {
    kernel.release(cap);
  } catch {
    // Its process, and so the capability, may be gone already.
  }
});

/** A capability that the host holds on an object of a plugin. */
export class Handle {
  /** Full name of the object's class: `paint/canvas@1.canvas`. */
  readonly class: string;
  #cap: number;
  readonly #borrowed: boolean;

  private constructor(cap: number, className: string, borrowed: boolean) {
    this.class = className;
    this.#cap = cap;
    this.#borrowed = borrowed;
    if (!borrowed) abandoned.register(this, cap, this);
  }

  /** @internal Handles come from calls; an application does not make them. */
  static of(cap: number, className: string, borrowed: boolean): Handle {
    return new Handle(cap, className, borrowed);
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
  retain(): Handle {
    const cap = this.cap;
    needRoom();
    checked(() => kernel.retain(cap));
    return new Handle(cap, this.class, false);
  }

  /** The same object with fewer rights, which can be revoked on its own. */
  derive(rights: readonly Right[]): Handle {
    const bits = rights.reduce((sum, right) => sum | bitOf(right), 0);
    needRoom();
    return new Handle(checked(() => kernel.derive(this.cap, bits)), this.class, false);
  }

  /** Ends what was derived here, for everybody. Only for the result of {@link derive}. */
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
