// The report of the bench as text, for terminals and for documents.

import { amount, engineTitles, noise, reached, targetText, times } from '../bench/words.mjs';

/** The engines in which something was measured, in the usual order. */
const enginesOf = ({ rows }) => Object.keys(engineTitles).filter((engine) => rows.some((result) => result.engine === engine));

/** Families, their rows in order, and the contestants of each in the order in which they were measured. */
function arranged({ rows, descriptions }, { rows: order, families }) {
  const measured = order.filter((name) => rows.some(({ row }) => row === name) && descriptions[name]);
  return Object.entries(families).flatMap(([family, title]) => {
    const names = measured.filter((name) => descriptions[name].family === family);
    if (names.length === 0) return [];
    const members = names.map((name) => ({
      name,
      ...descriptions[name],
      results: rows.filter(({ row }) => row === name),
      contestants: [...new Set(rows.filter(({ row }) => row === name).map(({ contestant }) => contestant))],
    }));
    return [{ family, title, members }];
  });
}

/** Median, noise, ratio to the limit, and a mark where something was aimed at. */
function cell(result, limit) {
  if (result === undefined) return ['', '', '', ''];
  if (result.absent !== undefined) return ['–', '', '', ''];
  const ratio = result.ratio === undefined || result.contestant === limit ? '' : times(result.ratio);
  const mark = result.met === undefined ? '' : result.met ? '✓' : '✗';
  return [amount(result.median, result.unit), noise(result), ratio, mark];
}

const joined = (parts) => parts.filter(Boolean).join(' ');

/** A report for a terminal. `order` has the names of rows and the titles of families. */
export function textOf(report, order) {
  const engines = enginesOf(report);
  const lines = [];
  for (const { title, members } of arranged(report, order)) {
    lines.push([`${title}: median, noise, ratio to the limit`, ...engines]);
    for (const { title: rowTitle, limit, results, contestants } of members) {
      lines.push([rowTitle]);
      for (const contestant of contestants) {
        const cells = engines.map((engine) => joined(cell(results.find((result) => result.engine === engine && result.contestant === contestant), limit)));
        lines.push([`  ${contestant}${contestant === limit ? ' (limit)' : ''}`, ...cells]);
      }
    }
    lines.push(['']);
  }
  const widths = lines.reduce((known, line) => (line.length === 1 ? known : line.map((text, column) => Math.max(known[column] ?? 0, text.length))), []);
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('   ').trimEnd()).join('\n');
}

/** What was aimed at and not reached, a line each. */
export function missedOf({ rows, descriptions }) {
  return rows.flatMap(({ engine, row, targets = [] }) =>
    targets
      .filter(({ met }) => !met)
      .map((target) => `missed in ${engine}: ${descriptions[row].title}: ${targetText(target, descriptions[row])}, and it is ${reached(target, descriptions[row])}`),
  );
}

/** A report as tables for a document: a table a family, a line a contestant, a column an engine. */
export function markdownOf(report, order) {
  const engines = enginesOf(report);
  const { processor, cores, memory, system } = report.machine;
  const lines = [
    `${report.date.slice(0, 10)}, ${engines.map((engine) => `${engineTitles[engine]} ${report.engines[engine]}`).join(', ')}; ${cores} × ${processor}, ${memory}, ${system}.`,
    '',
  ];
  for (const { title, members } of arranged(report, order)) {
    lines.push(`### ${title}`, '', `| | ${engines.map((engine) => engineTitles[engine]).join(' | ')} |`, `| --- |${' ---: |'.repeat(engines.length)}`);
    const reasons = [];
    for (const { title: rowTitle, limit, results, contestants } of members) {
      lines.push(`| **${rowTitle}** |${' |'.repeat(engines.length)}`);
      for (const contestant of contestants) {
        const of = (engine) => results.find((result) => result.engine === engine && result.contestant === contestant);
        const absent = [...new Set(results.filter((result) => result.contestant === contestant && result.absent).map((result) => result.absent))];
        for (const why of absent) reasons.push(`${rowTitle}: ${contestant} – ${why}.`);
        const cells = engines.map((engine) => {
          const [median, spread, ratio, mark] = cell(of(engine), limit);
          return joined([median, spread, ratio && `**${ratio}**`, mark]);
        });
        lines.push(`| ${contestant}${contestant === limit ? ' (limit)' : ''} | ${cells.join(' | ')} |`);
      }
    }
    lines.push('', ...[...new Set(reasons)].map((reason) => `- ${reason}`), ...(reasons.length > 0 ? [''] : []));
  }
  return lines.join('\n').trimEnd();
}
