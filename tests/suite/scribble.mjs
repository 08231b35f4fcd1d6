// Random damage to the memory of plugins.

/** Numbers of 32 bits that follow from a seed (mulberry32). */
export class Random {
  #state;

  /** @param {number} seed a whole number below 2³² */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Any number of 32 bits. */
  any() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number below `bound`. */
  below(bound) {
    return this.any() % bound;
  }

  /** One of several. */
  pick(several) {
    return several[this.below(several.length)];
  }
}

/** Words that a program may take for something else than what they are. */
const words = [0, 1, 2, 4, 8, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffc, 0xfffd_0000];

/** Ways to damage a memory, as a row of words; the first ones take all of it. */
const ways = [
  (memory, random) => {
    for (let index = 0; index < memory.length; index++) memory[index] = random.any();
  },
  (memory, random) => {
    for (let index = 0; index < memory.length; index++) memory[index] = words[random.below(words.length)];
  },
  // Addresses within it.
  (memory, random) => {
    for (let index = 0; index < memory.length; index++) memory[index] = random.below(memory.length * 4);
  },
  (memory, random) => void memory.fill(random.pick(words)),
  (memory, random) => void memory.copyWithin(random.below(memory.length), random.below(memory.length)),
  (memory, random) => {
    for (let count = random.below(200); count >= 0; count--) memory[random.below(memory.length)] ^= 1 << random.below(32);
  },
  // A piece: the status word, a stack or a heap may be in it.
  (memory, random) => {
    const start = random.below(memory.length);
    const end = Math.min(memory.length, start + random.below(5_000));
    for (let index = start; index < end; index++) memory[index] = random.any();
  },
];

/**
 * Damages a memory.
 *
 * @param {WebAssembly.Memory} memory
 * @param {Random} random
 */
export function scribble(memory, random) {
  if (memory.buffer.byteLength > 0) random.pick(ways)(new Uint32Array(memory.buffer), random);
}

/**
 * Does something, and notes every memory that is made meanwhile: those of processes are.
 *
 * @param {(made: WebAssembly.Memory[]) => Promise<void>} action
 */
export async function watchingMemories(action) {
  const { Memory } = WebAssembly;
  const made = [];
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, parameters) {
      const memory = Reflect.construct(target, parameters);
      made.push(memory);
      return memory;
    },
  });
  try {
    await action(made);
  } finally {
    WebAssembly.Memory = Memory;
  }
}
