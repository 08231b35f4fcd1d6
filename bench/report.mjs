// What a row's samples come to: medians, spread, ratios, and whether targets are met. Pure; the same in Node and in pages.

import { ratioOf, spread } from './measure.mjs';

/**
 * What is aimed at: that a contestant is at most so many times its limit, or another contestant; or that its median is at most so much.
 * Where more is better, at least.
 *
 * @typedef {object} Target
 * @property {string} contestant
 * @property {string} [against] another contestant than the row's limit
 * @property {number} [ratio]
 * @property {number} [median] in the row's unit
 * @property {string[]} [engines] where it is aimed at; everywhere, if absent
 */

/**
 * What is measured, and beside what.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} title
 * @property {string} work what is done once, in one sentence
 * @property {'ns' | 'µs' | 'ms' | 'bytes' | 'MB/s' | 'processes'} unit
 * @property {'less' | 'more'} better
 * @property {string} limit the contestant that ratios are taken against
 * @property {string[]} [engines] where there is such a row; everywhere, if absent
 * @property {boolean} [native] whether bench/native measures it too
 * @property {boolean} [essential] whether `--quick` takes it; of a family without such rows it takes the first
 * @property {Target[]} [targets]
 * @property {Record<string, string | ((environment: Environment) => string | undefined)>} [absent] why a contestant cannot do it
 * @property {number} [bytes] how much is worked through each time; speeds are made of it
 * @property {import('./measure.mjs').Options} [options]
 * @property {(environment: Environment) => Promise<{ contestants: import('./measure.mjs').Contestant[], absent?: Record<string, string>, close?: () => void | Promise<void> }>} [prepare]
 * @property {(environment: Environment) => Promise<{ name: string, samples: number[] }[]>} [measure] instead of `prepare`, for what is not
 *   done many times and divided; in the row's unit
 *
 * @typedef {import('./run.mjs').Environment} Environment
 */

/**
 * @typedef {object} Result of a contestant in a row and an engine
 * @property {string} engine
 * @property {string} row
 * @property {string} contestant
 * @property {string} [absent] why it cannot do this; then there is nothing else
 * @property {number} [median]
 * @property {string} [unit]
 * @property {[number, number]} [spread] quartiles
 * @property {number} [ratio] to the row's limit
 * @property {number} [samples] how many there were
 * @property {(Target & { measured: number, met: boolean })[]} [targets]
 * @property {boolean} [met] whether all its targets are
 */

/** Nanoseconds of each unit of time. */
const nanoseconds = { ns: 1, µs: 1e3, ms: 1e6 };

/** A number of nanoseconds in a row's unit. */
export function inUnit(value, { unit, bytes }) {
  if (unit === 'MB/s') return (bytes * 1e3) / value;
  if (!Object.hasOwn(nanoseconds, unit)) throw new Error(`a time is no number of ${unit}`);
  return value / nanoseconds[unit];
}

/** Whether a value is as good as it is to be. */
const reaches = (value, wanted, better) => (better === 'more' ? value >= wanted : value <= wanted);

function judge(target, { samplesOf, limit, better }) {
  const samples = samplesOf(target.contestant);
  if (target.median !== undefined) {
    const measured = spread(samples).median;
    return [{ ...target, measured, met: reaches(measured, target.median, better) }];
  }
  const others = samplesOf(target.against ?? limit);
  // Whoever cannot do it is no measure.
  if (others === undefined) return [];
  const measured = ratioOf(samples, others);
  return [{ ...target, measured, met: reaches(measured, target.ratio, better) }];
}

/** Three figures more than anybody will believe. */
const rounded = (value) => Number(value.toPrecision(6));

/**
 * The results of a row in an engine.
 *
 * @param {Row} row
 * @param {string} engine
 * @param {{ name: string, samples: number[] }[]} taken in the row's unit
 * @param {Record<string, string>} [absent] who cannot do it, and why
 * @returns {Result[]}
 */
export function resultsOf(row, engine, taken, absent = {}) {
  const samplesOf = (name) => taken.find((known) => known.name === name)?.samples;
  const limit = samplesOf(row.limit);
  const targets = (row.targets ?? []).filter(({ engines }) => engines?.includes(engine) ?? true);
  const measured = taken.map(({ name, samples }) => {
    const { median, low, high } = spread(samples);
    const ratio = limit && ratioOf(samples, limit);
    const judged = targets
      .filter(({ contestant }) => contestant === name)
      .flatMap((target) => judge(target, { samplesOf, limit: row.limit, better: row.better }))
      .map(({ engines: _, ...target }) => ({ ...target, measured: rounded(target.measured) }));
    return {
      engine,
      row: row.name,
      contestant: name,
      median: rounded(median),
      unit: row.unit,
      spread: [rounded(low), rounded(high)],
      // Of nothing there is no ratio.
      ...(Number.isFinite(ratio) && { ratio: rounded(ratio) }),
      samples: samples.length,
      ...(judged.length > 0 && { targets: judged, met: judged.every(({ met }) => met) }),
    };
  });
  return [...measured, ...Object.entries(absent).map(([contestant, why]) => ({ engine, row: row.name, contestant, absent: why }))];
}

/** What the page and the table say about a row, whoever measured it. */
export const descriptionOf = (family, { title, work, unit, better, limit, targets = [] }) => ({ family, title, work, unit, better, limit, targets });

/**
 * A report with what was measured anew: rows that were measured again in an engine replace what was known of them there.
 *
 * @param {object | undefined} known the report so far
 * @param {{ date: string, machine: object, engines: Record<string, string>, descriptions: Record<string, object>, rows: Result[] }} fresh
 */
export function merged(known, fresh) {
  if (known === undefined) return fresh;
  const again = new Set(fresh.rows.map(({ engine, row }) => `${engine} ${row}`));
  return {
    ...fresh,
    engines: { ...known.engines, ...fresh.engines },
    descriptions: { ...known.descriptions, ...fresh.descriptions },
    rows: [...known.rows.filter(({ engine, row }) => !again.has(`${engine} ${row}`)), ...fresh.rows],
  };
}
