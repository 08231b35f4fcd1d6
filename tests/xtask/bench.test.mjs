// The bench: what samples come to, what was aimed at, what the person asked for, and what is written down.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioOf, spread, takeInTurn } from '../../bench/measure.mjs';
import { descriptionOf, inUnit, merged, resultsOf } from '../../bench/report.mjs';
import { allRows, familyTitles } from '../../bench/rows/index.mjs';
import { logScale } from '../../bench/page/report/scale.js';
import { amount, reached, targetText } from '../../bench/words.mjs';
import { chosen } from '../../xtask/bench.mjs';
import { markdownOf, missedOf, textOf } from '../../xtask/bench-tables.mjs';

const row = (more = {}) => ({ name: 'call', title: 'a call', work: 'It is called.', unit: 'ns', better: 'less', limit: 'direct', ...more });

test('quartiles lie between samples', () => {
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, low: 1.75, high: 3.25 });
  assert.deepEqual(spread([7]), { median: 7, low: 7, high: 7 });
});

test('a ratio compares neighbours, so that a machine that is slow for a while changes nothing', () => {
  assert.equal(ratioOf([2, 2, 20, 20, 2], [1, 1, 10, 10, 1]), 2);
  // The ratio of the medians would be 20.
  assert.equal(ratioOf([2, 20, 20], [1, 1, 10]), 2);
  assert.equal(ratioOf([2, 4, 6], [2]), 2);
});

/** A clock that stands still unless somebody says how long something takes. */
function clock() {
  let time = 0;
  return { now: () => time, pass: (milliseconds) => (time += milliseconds) };
}

test('contestants are measured in turn, each round in another order', async () => {
  const { now, pass } = clock();
  const order = [];
  const contestant = (name) => ({
    name,
    run(count) {
      order.push(name);
      pass(1);
      return count;
    },
  });
  const taken = await takeInTurn(['a', 'b', 'c'].map(contestant), { rounds: 3, milliseconds: 1, warmth: 0, blocks: 1, now });
  assert.deepEqual(order.slice(-9).join(''), 'abcacbcab');
  assert.deepEqual(taken.map(({ name, samples }) => [name, samples.length]), [['a', 3], ['b', 3], ['c', 3]]);
});

test('a sample is about as long as it is to be, and says how long one call takes', async () => {
  const { now, pass } = clock();
  const counts = [];
  const contestant = {
    name: 'a',
    run(count) {
      counts.push(count);
      pass(count / 1000);
      return count;
    },
  };
  const [{ samples }] = await takeInTurn([contestant], { rounds: 5, milliseconds: 5, warmth: 20, blocks: 3, now });
  assert.deepEqual(counts.slice(-5), [5000, 5000, 5000, 5000, 5000]);
  for (const value of samples) assert.ok(Math.abs(value - 1000) < 1e-6, `${value}`);
});

test('a contestant is run until it gets no faster', async () => {
  const { now, pass } = clock();
  let runs = 0;
  const contestant = {
    name: 'a',
    run(count) {
      runs += 1;
      pass(count * Math.max(1, 4 - runs / 2));
      return count;
    },
  };
  const [{ samples }] = await takeInTurn([contestant], { rounds: 5, milliseconds: 1, warmth: 0, blocks: 30, now });
  assert.deepEqual(samples.map(Math.round), [1e6, 1e6, 1e6, 1e6, 1e6]);
});

test('when patience is over, the fewest rounds that mean something are taken', async () => {
  const { now, pass } = clock();
  const contestant = { name: 'a', run: (count) => (pass(1000), count) };
  const [{ samples }] = await takeInTurn([contestant], { rounds: 60, milliseconds: 1, warmth: 0, blocks: 1, patience: 10, now });
  assert.equal(samples.length, 5);
});

test('nanoseconds become what a row is measured in', () => {
  assert.equal(inUnit(1500, { unit: 'ns' }), 1500);
  assert.equal(inUnit(1500, { unit: 'µs' }), 1.5);
  assert.equal(inUnit(1e6, { unit: 'MB/s', bytes: 48e6 }), 48_000);
  assert.throws(() => inUnit(1, { unit: 'processes' }));
});

const taken = [
  { name: 'ours', samples: [10, 12, 11] },
  { name: 'theirs', samples: [1000, 1200, 1100] },
  { name: 'direct', samples: [2, 2, 2] },
];

/** The results of `ours`, with targets. */
const judged = (targets, more, engine = 'node') => resultsOf(row({ targets, ...more }), engine, taken)[0];

test('results have median, quartiles, and the ratio to the limit', () => {
  const [ours, theirs, direct] = resultsOf(row(), 'node', taken, { nobody: 'has no calls' });
  assert.deepEqual(ours, { engine: 'node', row: 'call', contestant: 'ours', median: 11, unit: 'ns', spread: [10.5, 11.5], ratio: 5.5, samples: 3 });
  assert.equal(theirs.ratio, 550);
  assert.equal(direct.ratio, 1);
  assert.deepEqual(resultsOf(row(), 'node', taken, { nobody: 'has no calls' })[3], { engine: 'node', row: 'call', contestant: 'nobody', absent: 'has no calls' });
});

test('a target is met at its limit, and missed beyond it', () => {
  assert.equal(judged([{ contestant: 'ours', ratio: 5.5 }]).met, true);
  assert.equal(judged([{ contestant: 'ours', ratio: 5.4 }]).met, false);
  assert.equal(judged([{ contestant: 'ours', median: 11 }]).met, true);
  assert.equal(judged([{ contestant: 'ours', median: 10 }]).met, false);
  assert.equal(judged([{ contestant: 'ours', against: 'theirs', ratio: 1 / 100 }]).met, true);
  assert.equal(judged([{ contestant: 'ours', against: 'theirs', ratio: 1 / 101 }]).met, false);
});

test('where more is better, a target is the least', () => {
  assert.equal(judged([{ contestant: 'ours', ratio: 5.5 }], { better: 'more' }).met, true);
  assert.equal(judged([{ contestant: 'ours', ratio: 5.6 }], { better: 'more' }).met, false);
});

test('of several targets all have to be met', () => {
  const result = judged([{ contestant: 'ours', ratio: 8 }, { contestant: 'ours', median: 1 }]);
  assert.deepEqual(result.targets.map(({ met }) => met), [true, false]);
  assert.equal(result.met, false);
});

test('a target holds for its contestant, in its engines, against whoever was measured', () => {
  assert.equal(judged([{ contestant: 'theirs', ratio: 1 }]).met, undefined);
  assert.equal(judged([{ contestant: 'ours', ratio: 1, engines: ['chromium'] }]).met, undefined);
  assert.equal(judged([{ contestant: 'ours', ratio: 1, engines: ['chromium'] }], {}, 'chromium').met, false);
  assert.equal(judged([{ contestant: 'ours', against: 'somebody', ratio: 1 }]).met, undefined);
});

const all = [
  { family: 'calls', row: row() },
  { family: 'calls', row: row({ name: 'other', essential: true }) },
  { family: 'leases', row: row({ name: 'lease' }) },
];

test('rows are named by themselves or by their family, engines by name; what is quick takes the essential ones', () => {
  const rows = (only) => chosen(all, ['node'], only).rows.map((known) => known.row.name);
  assert.deepEqual(rows(undefined), ['call', 'other', 'lease']);
  assert.deepEqual(rows('calls'), ['call', 'other']);
  assert.deepEqual(rows('lease,other'), ['other', 'lease']);
  assert.deepEqual(chosen(all, ['node'], undefined).engines, ['node']);
  assert.deepEqual(chosen(all, ['node'], undefined, true).rows.map((known) => known.row.name), ['other', 'lease']);
  assert.deepEqual(chosen(all, ['node'], 'call', true).rows.map((known) => known.row.name), ['call']);
  assert.throws(() => chosen(all, ['netscape'], undefined), /there is no engine netscape/);
  assert.throws(() => chosen(all, [], 'cals'), /neither a row nor a family cals/);
});

const report = (date, rows) => ({ date, machine: { processor: 'P', cores: 2, memory: '4 GiB', system: 'S' }, engines: { node: '20' }, descriptions: { call: descriptionOf('calls', row()) }, rows });

test('what is measured again replaces what was known, in its engine alone', () => {
  const result = (engine, median) => ({ engine, row: 'call', contestant: 'ours', median });
  const known = report('then', [result('node', 1), result('firefox', 2), { ...result('node', 3), row: 'other' }]);
  const both = merged(known, report('now', [result('node', 4)]));
  assert.deepEqual(both.rows.map(({ engine, row: name, median }) => [engine, name, median]), [['firefox', 'call', 2], ['node', 'other', 3], ['node', 'call', 4]]);
  assert.equal(both.date, 'now');
  assert.equal(merged(undefined, known), known);
});

const order = { rows: ['call'], families: { calls: 'Calls' } };

test('tables name the row, its contestants, and why somebody is missing', () => {
  const results = resultsOf(row({ targets: [{ contestant: 'ours', ratio: 5 }] }), 'node', taken, { nobody: 'has no calls' });
  const text = textOf(report('2026-01-02T', results), order);
  assert.match(text, /a call\n {2}ours +11 ns ±5 % 5\.5× ✗\n {2}theirs +1\.1 µs ±5 % 550×\n {2}direct \(limit\) +2 ns ±0 %\n {2}nobody +–/);
  const markdown = markdownOf(report('2026-01-02T', results), order);
  assert.match(markdown, /^2026-01-02, Node 20; 2 × P, 4 GiB, S\.\n/);
  assert.match(markdown, /\| \*\*a call\*\* \| \|\n\| ours \| 11 ns ±5 % \*\*5\.5×\*\* ✗ \|/);
  assert.match(markdown, /- a call: nobody – has no calls\./);
});

test('what was missed is said with what was measured', () => {
  const results = resultsOf(row({ targets: [{ contestant: 'ours', ratio: 5 }] }), 'node', taken);
  assert.deepEqual(missedOf(report('then', results)), ['missed in node: a call: ours ≤ 5× direct, and it is 5.5×']);
});

test('targets and amounts are said as a person says them', () => {
  assert.equal(targetText({ contestant: 'ours', against: 'theirs', ratio: 0.01 }, row()), 'ours ≥ 100× faster than theirs');
  assert.equal(targetText({ contestant: 'ours', against: 'theirs', ratio: 1 }, row()), 'ours faster than theirs');
  assert.equal(targetText({ contestant: 'ours', ratio: 0.9 }, row({ better: 'more' })), 'ours ≥ 0.9× direct');
  assert.equal(targetText({ contestant: 'ours', median: 30 }, row({ unit: 'ms' })), 'ours ≤ 30 ms');
  assert.equal(reached({ ratio: 0.01, measured: 0.005 }, row()), '200× faster');
  assert.equal(reached({ ratio: 1, measured: 2.5 }, row()), '2.5× as long');
  assert.equal(reached({ ratio: 8, measured: 7 }, row()), '7×');
  assert.equal(amount(12_345, 'MB/s'), '12.3 GB/s');
  assert.equal(amount(345, 'MB/s'), '345 MB/s');
  assert.equal(amount(3 << 20, 'bytes'), '3 MiB');
  assert.equal(amount(0.5, 'ms'), '500 µs');
});

test('a logarithmic scale has room for its values, and lines between them', () => {
  const { place, lines } = logScale([1, 1000]);
  assert.ok(place(1) > 0 && place(1000) < 100);
  assert.ok(Math.abs(place(10) - place(1) - (place(100) - place(10))) < 1e-9);
  assert.deepEqual(lines, [1, 10, 100, 1000]);
  assert.deepEqual(logScale([1, 1e8]).lines, [1, 100, 1e4, 1e6, 1e8]);
});

test('values that hardly differ stand close together on a scale', () => {
  const { place, lines } = logScale([100, 110]);
  assert.ok(place(110) - place(100) < 5);
  assert.deepEqual(lines, [50, 100, 200]);
});

test('every row says what it is, and its targets are about something', async () => {
  const names = new Set();
  for (const { family, row: known } of await allRows()) {
    assert.ok(!names.has(known.name), `${known.name} is there twice`);
    names.add(known.name);
    assert.match(known.name, /^[a-z0-9-]+$/);
    assert.ok(Object.hasOwn(familyTitles, family), `${family} has no title`);
    for (const field of ['title', 'work', 'limit']) assert.equal(typeof known[field], 'string', `${known.name}: ${field}`);
    assert.match(known.work, /\.$/, `${known.name}: its work is a sentence`);
    assert.ok(['ns', 'µs', 'ms', 'bytes', 'MB/s', 'processes'].includes(known.unit), `${known.name}: ${known.unit}`);
    assert.ok(['less', 'more'].includes(known.better), `${known.name}: ${known.better}`);
    assert.equal(Number(known.prepare !== undefined) + Number(known.measure !== undefined), 1, `${known.name} is measured in one way`);
    for (const target of known.targets ?? []) assert.equal(Number(target.ratio !== undefined) + Number(target.median !== undefined), 1, `${known.name}: a target is one number`);
  }
});
