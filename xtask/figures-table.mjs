// Figures as text: a row a contestant, a column an engine.

/** Three digits and a unit. */
export function time(nanoseconds) {
  const [unit, size] = [['s', 1e9], ['ms', 1e6], ['µs', 1e3]].find(([, least]) => nanoseconds >= least) ?? ['ns', 1];
  const value = nanoseconds / size;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

/** Median, half the distance between the quartiles in percent, and the ratio to the last contestant of the comparison. */
function cell(figure) {
  if (!figure) return ['', '', ''];
  const { median, low, high, ratio } = figure;
  // An engine that cannot do it.
  if (median === undefined) return ['', '', ''];
  const compared = ratio === undefined || ratio === 1 ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;
  return [time(median), `±${Math.round((50 * (high - low)) / median)}%`, compared];
}

/**
 * A table of one section.
 *
 * @param {string} heading
 * @param {Record<string, { title: string, figures: import('../bench/measure.mjs').Figure[] }[]>} byEngine
 */
export function tableOf(heading, byEngine) {
  const engines = Object.keys(byEngine);
  const rows = [];
  for (const [place, { title, figures }] of (byEngine[engines[0]] ?? []).entries()) {
    rows.push([title]);
    for (const [index, { name }] of figures.entries()) {
      rows.push([`  ${name}`, ...engines.map((engine) => cell(byEngine[engine][place]?.figures[index]).join(' ').trim())]);
    }
  }
  const all = [[`${heading}: median, spread, ratio to the last of each`, ...engines], ...rows];
  const widths = all.reduce((known, row) => (row.length === 1 ? known : row.map((text, column) => Math.max(known[column] ?? 0, text.length))), []);
  return `\n${all.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('   ').trimEnd()).join('\n')}\n`;
}
