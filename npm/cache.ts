// What was made at some cost and may be wanted again.

/** Keeps the values that were wanted last, up to a number of them and up to a weight of all together. */
export class Cache<T> {
  readonly #most: number;
  readonly #heaviest: number;
  /** In the order in which they were wanted, the last one at the end. */
  readonly #entries = new Map<string, { readonly value: T; readonly weight: number }>();
  #weight = 0;

  constructor(most: number, heaviest: number) {
    this.#most = most;
    this.#heaviest = heaviest;
  }

  /** The value, if it is there still. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value in place of what had its key before. What is wanted least goes; the value itself, if it is too heavy alone. */
  set(key: string, value: T, weight: number): void {
    this.#delete(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most && this.#weight <= this.#heaviest) break;
      this.#delete(oldest);
    }
  }

  /** Keeps nothing. */
  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  #delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}
