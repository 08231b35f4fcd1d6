// Numbers and sizes as a person reads them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number with groups of digits: 1,048,576. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number of bytes: 512 B, 18 KB, 2.4 MB. */
export function bytes(value: number): string {
  if (value < 1000) return `${whole.format(value)} B`;
  if (value < 1_000_000) return `${decimal(value / 1000, value < 10_000 ? 1 : 0)} KB`;
  if (value < 1_000_000_000) return `${decimal(value / 1_000_000, value < 100_000_000 ? 1 : 0)} MB`;
  return `${decimal(value / 1_000_000_000, 2)} GB`;
}

/** A number with at most so many decimals, without trailing zeros. */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return digits > 0 ? text.replace(/\.?0+$/, '') : text;
}

/** A time in milliseconds: 0.4 ms, 12 ms, 1.3 s. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${decimal(milliseconds, 1)} ms`;
  if (milliseconds < 1000) return `${whole.format(milliseconds)} ms`;
  return `${decimal(milliseconds / 1000, 1)} s`;
}

/** One thing or several: "1 process", "3 processes". */
export function several(number: number, one: string, many = `${one}s`): string {
  return `${whole.format(number)} ${number === 1 ? one : many}`;
}

/** A list in a sentence: "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A colour as in a stylesheet, with alpha only where it is not full. */
export function hex(pixel: ArrayLike<number>): string {
  const digits = (value: number | undefined) => (value ?? 0).toString(16).padStart(2, '0');
  return `#${digits(pixel[0])}${digits(pixel[1])}${digits(pixel[2])}${pixel[3] === 255 ? '' : digits(pixel[3])}`;
}

/** The part of a file name before its last dot. */
export function stem(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
