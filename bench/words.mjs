// Numbers and names as a person reads them.

const nanoseconds = { ns: 1, µs: 1e3, ms: 1e6 };

/** Three digits. */
export const number = (value) => Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 3 });

/** `8×`, `1,250×`. */
export const times = (ratio) => `${number(ratio)}×`;

/** A median with a unit in which it is neither tiny nor huge. */
export function amount(value, unit) {
  if (Object.hasOwn(nanoseconds, unit)) {
    const all = value * nanoseconds[unit];
    const [name, size] = [['s', 1e9], ['ms', 1e6], ['µs', 1e3]].find(([, least]) => all >= least) ?? ['ns', 1];
    return `${number(all / size)} ${name}`;
  }
  if (unit === 'MB/s' && value >= 1e3) return `${number(value / 1e3)} GB/s`;
  if (unit === 'bytes' && value >= 1024) return value >= 1 << 20 ? `${number(value / (1 << 20))} MiB` : `${number(value / 1024)} KiB`;
  return `${number(value)} ${unit}`;
}

/** Half the distance between the quartiles, in percent of the median. */
export const noise = ({ median, spread: [low, high] }) => `±${Math.round((50 * (high - low)) / median)} %`;

/** What is aimed at. */
export function targetText({ contestant, against, ratio, median }, { limit, better, unit }) {
  if (median !== undefined) return `${contestant} ${better === 'more' ? '≥' : '≤'} ${amount(median, unit)}`;
  const other = against ?? limit;
  if (better === 'less' && ratio < 1) return `${contestant} ≥ ${times(1 / ratio)} faster than ${other}`;
  if (better === 'less' && ratio === 1) return `${contestant} faster than ${other}`;
  return `${contestant} ${better === 'more' ? '≥' : '≤'} ${times(ratio)} ${other}`;
}

/** How far it was reached. */
export function reached(target, { better, unit }) {
  if (target.median !== undefined) return amount(target.measured, unit);
  if (better === 'less' && target.ratio <= 1) return target.measured < 1 ? `${times(1 / target.measured)} faster` : `${times(target.measured)} as long`;
  return times(target.measured);
}

/** What engines are called, in the order in which they are shown. */
export const engineTitles = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit', node: 'Node', native: 'native' };
