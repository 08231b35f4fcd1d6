// What a call waits for before it begins.

import type { PortcullisError } from './errors.js';
import { LONGEST_TIMER, type Clock } from './supervision.js';

const ignore = () => undefined;

/** What ends the waiting before the call has begun. */
export interface Impatience {
  /** Until that is aborted. */
  readonly signal: AbortSignal | undefined;
  /** What the call is refused with then. */
  readonly cancelled: () => PortcullisError;
  /** At most so many milliseconds. */
  readonly deadline: number;
  /** What the call is refused with then. */
  readonly late: () => PortcullisError;
}

/** Resolves when `what` does, which is never rejected, and rejects when the call is to be refused before. */
export function unless(what: Promise<unknown>, { signal, cancelled, deadline, late }: Impatience, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop: () => void = ignore;
    const end = () => {
      stop();
      signal?.removeEventListener('abort', cancel);
    };
    const refuse = (error: PortcullisError) => {
      end();
      reject(error);
    };
    const cancel = () => refuse(cancelled());
    signal?.addEventListener('abort', cancel);
    if (deadline <= LONGEST_TIMER) stop = clock.after(deadline, () => refuse(late()));
    void what.then(() => {
      end();
      resolve();
    });
  });
}

/** The calls of one process that can be suspended, and those that wait for them. */
export class Line {
  #length = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Whether there are any. */
  get any(): boolean {
    return this.#length > 0;
  }

  /** Resolves when all of them are over. */
  get over(): Promise<unknown> {
    return this.#last;
  }

  /** Counts a call as long as it lasts. */
  add(call: Promise<unknown>): Promise<unknown> {
    this.#length += 1;
    const over = call.then(ignore, ignore).then(() => {
      this.#length -= 1;
    });
    this.#last = Promise.all([this.#last, over]);
    return call;
  }
}
