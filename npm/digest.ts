// SHA-256 at once. Browsers compute it asynchronously only, and a plugin that loads another one waits for it in the middle of a call.

/** The first bits of the fractions of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function roots(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32);
}

let constants: Uint32Array | undefined;

/** SHA-256 of bytes, in lower-case hexadecimal digits; some 60 MB a second. */
export function digest(bytes: Uint8Array): string {
  constants ??= roots(64, Math.cbrt);
  const state = roots(8, Math.sqrt);
  const words = new Uint32Array(64);
  // A byte 0x80, zeros, and the number of bits: the last one or two blocks.
  const whole = bytes.length - (bytes.length % 64);
  const rest = bytes.length - whole;
  const last = new Uint8Array(rest < 56 ? 64 : 128);
  last.set(bytes.subarray(whole));
  last[rest] = 0x80;
  const end = new DataView(last.buffer);
  end.setUint32(last.length - 8, Math.floor(bytes.length / 2 ** 29));
  end.setUint32(last.length - 4, bytes.length << 3);
  for (const part of [new DataView(bytes.buffer, bytes.byteOffset, whole), end]) {
    for (let at = 0; at < part.byteLength; at += 64) compress(state, words, constants, part, at);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** Works a block of 64 bytes into the state (FIPS 180-4, 6.2.2). */
function compress(state: Uint32Array, words: Uint32Array, constants: Uint32Array, block: DataView, at: number): void {
  const word = (index: number) => words[index] as number;
  for (let index = 0; index < 16; index++) words[index] = block.getUint32(at + 4 * index);
  for (let index = 16; index < 64; index++) {
    const [x, y] = [word(index - 15), word(index - 2)];
    const near = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const far = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[index] = word(index - 16) + near + word(index - 7) + far;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index++) {
    const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + high + ((e & f) ^ (~e & g)) + (constants[index] as number) + word(index)) | 0;
    const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => {
    state[index] = (state[index] as number) + value;
  });
}
