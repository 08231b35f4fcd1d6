// A clock that stands still until a test moves it.

/** For `Kernel.start({ clock })`. */
export class TestClock {
  #now = 1_000_000;
  #timers = new Set();

  now() {
    return this.#now;
  }

  after(milliseconds, action) {
    const timer = { at: this.#now + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** In how many milliseconds something is due, of everything that is, in order. */
  get due() {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((one, two) => one - two);
  }

  /** Lets so many milliseconds pass, and does what is due by then. */
  advance(milliseconds) {
    this.#now += milliseconds;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now)) {
      this.#timers.delete(timer);
      timer.action();
    }
  }
}
