// Calls that can be suspended, and what they wait for.

import * as kernel from './kernel.js';
import { numberOf } from './errors.js';
import { LONGEST_TIMER, type Clock } from './supervision.js';

/** The status of a call for whose result its caller waits: see `translator/wait.rs`. */
export const PENDING = -1;

const CANCELLED = numberOf('cancelled');
const CANNOT_WAIT = numberOf('cannot-wait');
const DEAD = numberOf('dead');

/** What a function of the application promised to a plugin. */
export interface Promised {
  readonly promise: Promise<unknown>;
  /** Puts what came of it into the frame, and gives the status; `outcome` gives it, or throws. */
  readonly complete: (outcome: () => unknown) => number;
  /** Ends what the function was lent, if nothing comes of it any more. */
  readonly abandon: () => void;
  /** Tells the function that nobody waits for it any more. */
  readonly gone: (reason: unknown) => void;
}

/** A call that can be suspended, from its start until the application has its result. */
interface Flight {
  readonly process: number;
  /** The kernel's number of the call, once its plugin was entered. */
  serial: number;
  promised: Promised | undefined;
  /** Lets the plugin go on with a status, when it waits. */
  wake: ((status: number) => void) | undefined;
  /** Stops the timer of the deadline. */
  stop: (() => void) | undefined;
}

/** All calls that can be suspended, by the kernel's number of the fiber. */
export class Waiting {
  readonly #flights = new Map<number, Flight>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    kernel.setWaiter((fiber: number) => this.#wait(fiber));
  }

  /** Whether there are any. */
  get any(): boolean {
    return this.#flights.size > 0;
  }

  /** A fiber was taken for a call of a process. */
  begin(fiber: number, process: number): void {
    this.#flights.set(fiber, { process, serial: 0, promised: undefined, wake: undefined, stop: undefined });
  }

  /** Its plugin is about to be entered: the kernel's number of the call. */
  entered(fiber: number, serial: number): void {
    const flight = this.#flights.get(fiber);
    if (flight) flight.serial = serial;
  }

  /** The function that its plugin calls returned a promise. */
  promise(fiber: number, promised: Promised): void {
    const flight = this.#flights.get(fiber);
    if (flight) flight.promised = promised;
  }

  /** The plugin is suspended now: a promise of the status with which it goes on. */
  #wait(fiber: number): Promise<number> {
    const flight = this.#flights.get(fiber);
    const promised = flight?.promised;
    if (flight === undefined || promised === undefined) return Promise.resolve(CANNOT_WAIT);
    const settled = new Promise<number>((resolve) => {
      flight.wake = resolve;
      this.#watch(fiber, flight);
      const come = (outcome: () => unknown) => {
        if (flight.promised === promised && flight.wake !== undefined) this.#settle(fiber, flight, outcome);
      };
      promised.promise.then(
        (value) => come(() => value),
        (error: unknown) =>
          come(() => {
            throw error;
          }),
      );
    });
    // A clock of the application's may throw. That must not come out at the plugin, in the middle of the kernel.
    return settled.catch(() => CANNOT_WAIT);
  }

  /** Ends the waiting at the deadline of the call. */
  #watch(fiber: number, flight: Flight): void {
    const left = kernel.timeLeft(fiber);
    if (left === Infinity) return;
    const expire = () => {
      kernel.cancel(flight.serial, false);
      this.#interrupt(flight, new DOMException('the call has used up its time', 'TimeoutError'));
    };
    // It may have been cancelled in the function itself.
    if (left === 0) expire();
    else if (left > LONGEST_TIMER) flight.stop = this.#clock.after(LONGEST_TIMER, () => this.#watch(fiber, flight));
    else flight.stop = this.#clock.after(left, expire);
  }

  #settle(fiber: number, flight: Flight, outcome: () => unknown): void {
    const { promised } = flight;
    if (promised === undefined) return;
    flight.promised = undefined;
    kernel.settleRunning();
    const outer = kernel.openFiber(fiber);
    let status: number;
    try {
      status = promised.complete(outcome);
    } finally {
      kernel.closeFiber(outer);
    }
    this.#wake(flight, status);
  }

  #wake(flight: Flight, status: number): void {
    const { wake, stop } = flight;
    flight.wake = undefined;
    flight.stop = undefined;
    stop?.();
    wake?.(status);
  }

  /** What the plugin waits for fails with `cancelled`; what it was going to give is not wanted any more. */
  #interrupt(flight: Flight, reason: unknown): void {
    const { promised } = flight;
    if (promised === undefined || flight.wake === undefined) return;
    flight.promised = undefined;
    promised.abandon();
    this.#wake(flight, CANCELLED);
    promised.gone(reason);
  }

  /** The application does not want a call any more. */
  cancel(fiber: number, reason: unknown): void {
    const flight = this.#flights.get(fiber);
    if (flight === undefined) return;
    kernel.cancel(flight.serial, true);
    this.#interrupt(flight, reason);
  }

  /** A process has ended: what of it is suspended comes back, and ends. */
  ended(process: number): void {
    for (const flight of this.#flights.values()) {
      if (flight.process === process) this.#wake(flight, DEAD);
    }
  }

  /** The application is done with a call. */
  end(fiber: number): void {
    const flight = this.#flights.get(fiber);
    if (flight === undefined) return;
    this.#flights.delete(fiber);
    const { promised } = flight;
    flight.promised = undefined;
    promised?.abandon();
    promised?.gone(new DOMException('the plugin that waits has ended', 'AbortError'));
    this.#wake(flight, DEAD);
  }
}
