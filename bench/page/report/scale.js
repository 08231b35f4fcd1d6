// A logarithmic scale: where a value stands between 0 and 100, and where its lines are.

/**
 * A scale that has room for some values.
 *
 * @param {number[]} values greater than 0
 */
export function logScale(values) {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.log10(known.length > 0 ? Math.min(...known) : 1);
  const high = Math.log10(known.length > 0 ? Math.max(...known) : 10);
  // Values that hardly differ still get a decade, or their noise would look like a difference.
  const span = Math.max(high - low, 1);
  const middle = (low + high) / 2;
  const margin = span * 0.04;
  const from = middle - span / 2 - margin;
  const to = middle + span / 2 + margin;
  const place = (value) => (100 * (Math.log10(value) - from)) / (to - from);
  return { place, lines: linesBetween(from, to) };
}

/** Lines at powers of ten; at 2 and 5 as well, where there are few of those; at every other power of ten, where there are many. */
function linesBetween(from, to) {
  const powers = [];
  for (let power = Math.ceil(from); power <= to; power += 1) powers.push(power);
  if (powers.length > 6) return powers.filter((power) => power % 2 === 0).map((power) => 10 ** power);
  if (powers.length > 2) return powers.map((power) => 10 ** power);
  const lines = [];
  for (let power = Math.floor(from); power <= to; power += 1) {
    for (const step of [1, 2, 5]) {
      const value = step * 10 ** power;
      if (Math.log10(value) >= from && Math.log10(value) <= to) lines.push(Number(value.toPrecision(1)));
    }
  }
  return lines;
}
