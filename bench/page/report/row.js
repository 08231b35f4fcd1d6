// A row of the bench as a table: contestants, each with its dots on a common scale, and its numbers by engine.

import { logScale } from './scale.js';
import { amount, engineTitles, noise, number, reached, targetText, times } from '../../words.mjs';

const svgSpace = 'http://www.w3.org/2000/svg';

/** Height of a contestant's plot, and how far apart its engines are. */
const height = 40;
const lane = 8;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const percent = (value) => `${value.toFixed(3)}%`;

/** What is plotted of a result: a middle, and where the bar begins and ends. */
function plotted({ median, spread: [low, high], ratio }, measured) {
  if (measured) return { middle: median, low, high };
  return { middle: ratio, low: (ratio * low) / median, high: (ratio * high) / median };
}

/** A mark of an engine: each has a shape of its own besides its colour. */
function mark(engine, x, y) {
  // Shapes do not take percentages, so they stand in a group that does.
  const shapes = {
    chromium: () => drawn('circle', { r: 4 }),
    firefox: () => drawn('rect', { x: -3.6, y: -3.6, width: 7.2, height: 7.2 }),
    webkit: () => drawn('path', { d: 'M0 -5 L5 0 L0 5 L-5 0 Z' }),
    node: () => drawn('path', { d: 'M0 -4.8 L4.8 3.8 L-4.8 3.8 Z' }),
  };
  return drawn('svg', { x, y, overflow: 'visible', class: 'mark' }, (shapes[engine] ?? shapes.chromium)());
}

/** The lines behind all contestants: the scale, the limit, and what is aimed at. */
function background(scale, guides) {
  const lines = scale.lines.map((value) => drawn('line', { class: 'grid', x1: percent(scale.place(value)), x2: percent(scale.place(value)), y1: 0, y2: '100%' }));
  const guided = guides.map(({ value, kind }) => drawn('line', { class: kind, x1: percent(scale.place(value)), x2: percent(scale.place(value)), y1: 0, y2: '100%' }));
  return [...lines, ...guided];
}

function plot(results, engines, { scale, guides, measured }) {
  const svg = drawn('svg', { class: 'plot', height, width: '100%', 'aria-hidden': 'true' }, ...background(scale, guides));
  const shown = results.filter(({ absent, engine }) => absent === undefined && engines.includes(engine));
  shown.sort((one, two) => engines.indexOf(one.engine) - engines.indexOf(two.engine));
  shown.forEach((result, place) => {
    const { middle, low, high } = plotted(result, measured);
    if (!(middle > 0)) return;
    const y = height / 2 + (place - (shown.length - 1) / 2) * lane;
    const title = drawn('title');
    title.textContent = `${engineTitles[result.engine] ?? result.engine}: ${amount(result.median, result.unit)} ${noise(result)}${result.ratio === undefined ? '' : `, ${times(result.ratio)} the limit`}`;
    svg.append(
      drawn(
        'g',
        { class: `dot ${result.engine}` },
        title,
        drawn('line', { class: 'interval', x1: percent(scale.place(Math.max(low, 1e-12))), x2: percent(scale.place(high)), y1: y, y2: y }),
        mark(result.engine, percent(scale.place(middle)), y),
      ),
    );
  });
  return svg;
}

function axis(scale, measured, unit) {
  const svg = drawn('svg', { class: 'axis', height: 20, width: '100%', 'aria-hidden': 'true' });
  for (const value of scale.lines) {
    const text = drawn('text', { x: percent(scale.place(value)), y: 14, 'text-anchor': 'middle' });
    text.textContent = measured ? amount(value, unit) : times(value);
    svg.append(text);
  }
  return svg;
}

/** What was aimed at, and how far it was reached in each engine. */
function targetList(results, row, engines) {
  const byText = new Map();
  for (const { engine, targets = [] } of results) {
    if (!engines.includes(engine)) continue;
    for (const target of targets) {
      const text = targetText(target, row);
      byText.set(text, [...(byText.get(text) ?? []), { engine, target }]);
    }
  }
  if (byText.size === 0) return undefined;
  const items = [...byText].map(([text, outcomes]) => {
    const marks = outcomes.map(({ engine, target }) =>
      element('span', { class: target.met ? 'met' : 'missed' }, `${target.met ? '✓' : '✗'} ${engineTitles[engine] ?? engine} ${reached(target, row)}`),
    );
    return element('li', {}, element('span', { class: 'aim' }, text), ...marks);
  });
  return element('ul', { class: 'targets' }, ...items);
}

/** The number of a contestant in an engine. */
function cell(result, limit, measured) {
  if (result === undefined) return element('td', { class: 'number' });
  if (result.absent !== undefined) return element('td', { class: 'number none', title: result.absent }, '–');
  const main = measured || result.ratio === undefined ? amount(result.median, result.unit) : result.contestant === limit ? '1×' : times(result.ratio);
  const less = measured && result.ratio !== undefined ? `${number(result.ratio)}×` : amount(result.median, result.unit);
  const made = element('td', { class: `number ${result.engine}` }, element('b', {}, main), element('small', {}, `${less} ${noise(result)}`));
  if (result.met !== undefined) made.classList.add(result.met ? 'good' : 'bad');
  return made;
}

/** All contestants, as the engine lists them that has most of them. */
function orderOf(results) {
  const byEngine = [...Map.groupBy(results, ({ engine }) => engine).values()].sort((one, two) => two.length - one.length);
  return [...new Set(byEngine.flat().map(({ contestant }) => contestant))];
}

/**
 * @param {string} name
 * @param {object} row its description
 * @param {object[]} results
 * @param {{ engines: string[], scale: 'ratio' | 'measured' }} shown
 */
export function rowTable(name, row, results, { engines, scale: wanted }) {
  const known = results.filter(({ absent, engine }) => absent === undefined && engines.includes(engine));
  // What is aimed at in milliseconds can only be seen among milliseconds.
  const measured = wanted === 'measured' || known.some(({ ratio }) => ratio === undefined) || row.targets.every(({ median }) => median !== undefined) && row.targets.length > 0;
  const aims = row.targets.filter(({ against, median, ratio }) => (measured ? median !== undefined : ratio !== undefined && against === undefined));
  const guides = [
    ...(measured ? [] : [{ value: 1, kind: 'limit' }]),
    ...aims.map((target) => ({ value: target.median ?? target.ratio, kind: 'target' })),
  ];
  const values = known.flatMap((result) => Object.values(plotted(result, measured))).concat(guides.map(({ value }) => value));
  const scale = logScale(values);
  const contestants = orderOf(results);
  const reasons = new Map();
  const body = contestants.map((contestant) => {
    const own = results.filter((result) => result.contestant === contestant);
    const missing = own.filter(({ absent, engine }) => absent !== undefined && engines.includes(engine));
    const why = missing[0]?.absent;
    if (why !== undefined) reasons.set(contestant, `${missing.map(({ engine }) => engineTitles[engine] ?? engine).join(', ')}: ${why}`);
    const label = element('th', { scope: 'row' }, contestant);
    if (contestant === row.limit) label.append(element('span', { class: 'tag' }, 'limit'));
    if (contestant.startsWith('portcullis')) label.classList.add('ours');
    const absentEverywhere = own.every(({ absent }) => absent !== undefined);
    const middle = absentEverywhere ? element('span', { class: 'why' }, why ?? '') : plot(own, engines, { scale, guides, measured });
    return element('tr', {}, label, element('td', { class: 'plots' }, middle), ...engines.map((engine) => cell(own.find((result) => result.engine === engine), row.limit, measured)));
  });
  const head = element(
    'tr',
    {},
    element('td', {}),
    element('td', { class: 'plots' }, axis(scale, measured, row.unit)),
    ...engines.map((engine) => element('th', { scope: 'col', class: `number ${engine}` }, engineTitles[engine] ?? engine)),
  );
  const table = element('table', {}, element('caption', { class: 'unseen' }, row.title), element('thead', {}, head), element('tbody', {}, ...body));
  const partly = [...reasons].filter(([contestant]) => results.some((result) => result.contestant === contestant && result.absent === undefined));
  const notes = partly.map(([contestant, why]) => element('li', {}, `${contestant} in ${why}`));
  const card = element(
    'section',
    { class: 'row', id: name },
    element('h3', {}, element('a', { href: `#${name}` }, row.title), ...(row.better === 'more' ? [element('span', { class: 'tag' }, 'more is better')] : [])),
    element('p', { class: 'work' }, row.work),
  );
  const targets = targetList(results, row, engines);
  if (targets) card.append(targets);
  card.append(element('div', { class: 'scroll' }, table));
  if (notes.length > 0) card.append(element('ul', { class: 'notes' }, ...notes));
  return card;
}
