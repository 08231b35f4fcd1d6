// The attacks as a table: a line for each entry of the catalogue, a column for each engine.

import { catalogue } from './catalogue.mjs';

/**
 * @param {{ entry: number, expect: { letter: string } }[]} attacks
 * @param {Map<string, Map<number, string | null>>} results by engine, failures by index
 * @returns {string} in Markdown
 */
export function table(attacks, results) {
  const engines = [...results.keys()];
  const lines = [`| entry | attack | outcome | variants | ${engines.join(' | ')} |`, `|${' --- |'.repeat(4 + engines.length)}`];
  const totals = engines.map(() => 0);
  let all = 0;
  for (const [number, { words }] of catalogue) {
    const variants = attacks.map((attack, index) => ({ attack, index })).filter(({ attack }) => attack.entry === number);
    if (variants.length === 0) continue;
    all += variants.length;
    const passed = engines.map((engine, column) => {
      const count = variants.filter(({ index }) => results.get(engine).get(index) === null).length;
      totals[column] += count;
      return count;
    });
    const letters = [...new Set(variants.map(({ attack }) => attack.expect.letter))].join(' ');
    lines.push(`| ${number === 0 ? 'beyond' : number} | ${words} | ${letters} | ${variants.length} | ${passed.join(' | ')} |`);
  }
  lines.push(`| all | | | ${all} | ${totals.join(' | ')} |`);
  return lines.join('\n');
}
