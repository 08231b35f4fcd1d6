// What a filter of the geometry "analysis" reports: a JSON list of objects, shown as a table.

import { Stopped } from './failure.ts';
import type { Row } from './session.ts';

const mostRows = 200;
const mostCells = 16;
const longestCell = 200;

/** Reads a report. A plugin that sends something else is to blame. */
export function readReport(plugin: string, text: string): readonly Row[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Stopped(`“${plugin}” sent a report that is not JSON.`, 'bad-report');
  }
  const list = Array.isArray(json) ? json : [json];
  return list.slice(0, mostRows).map((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [['', cell(item)] as const];
    return Object.entries(item)
      .slice(0, mostCells)
      .map(([name, value]) => [cell(name), cell(value)] as const);
  });
}

function cell(value: unknown): string {
  const text = typeof value === 'number' ? numberText(value) : typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, longestCell);
}

function numberText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toLocaleString('en', { maximumFractionDigits: 3 });
}
