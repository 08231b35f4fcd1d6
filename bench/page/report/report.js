// The page of a report: reads report.json, and shows what the person wants to see of it.

import { rowTable } from './row.js';
import { engineTitles } from '../../words.mjs';

const report = await (await fetch('../../report.json')).json();

const allEngines = Object.keys(engineTitles).filter((engine) => report.rows.some((result) => result.engine === engine));
const shown = { engines: [...allEngines], scale: 'ratio' };

const byId = (id) => document.getElementById(id);

function text(name, content, className) {
  const made = document.createElement(name);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

/** Date, machine, versions. */
function showFacts() {
  const { processor, cores, memory, system } = report.machine;
  const engines = allEngines.map((engine) => `${engineTitles[engine]} ${report.engines[engine]}`).join(', ');
  byId('facts').textContent = `${report.date.slice(0, 10)} · ${engines} · ${cores} × ${processor}, ${memory}, ${system}`;
  const targets = report.rows.flatMap(({ targets: all = [] }) => all);
  const met = targets.filter((target) => target.met).length;
  const verdict = byId('verdict');
  if (targets.length > 0) verdict.append(text('b', `${met} of ${targets.length}`), ' targets are met.');
  if (report.rows.some(({ quick }) => quick)) verdict.append(' ', text('span', 'Some of it was measured with --quick: a first look, no more.', 'quick'));
}

/** The families that there are, with their rows. */
function families() {
  const found = new Map();
  for (const [name, description] of Object.entries(report.descriptions)) {
    if (!report.rows.some(({ row }) => row === name)) continue;
    found.set(description.family, [...(found.get(description.family) ?? []), name]);
  }
  return Object.keys(report.families).filter((family) => found.has(family)).map((family) => ({ family, title: report.families[family], names: found.get(family) }));
}

function showRows() {
  const sections = families().map(({ family, title, names }) => {
    const section = document.createElement('section');
    section.className = 'family';
    section.id = `family-${family}`;
    section.append(text('h2', title));
    for (const name of names) {
      section.append(rowTable(name, report.descriptions[name], report.rows.filter(({ row }) => row === name), shown));
    }
    return section;
  });
  byId('rows').replaceChildren(...sections);
}

function showChoices() {
  for (const { family, title } of families()) {
    const link = text('a', title);
    link.href = `#family-${family}`;
    byId('families').append(link);
  }
  for (const engine of allEngines) {
    const button = text('button', engineTitles[engine], engine);
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      const without = shown.engines.filter((known) => known !== engine);
      const next = without.length === shown.engines.length ? allEngines.filter((known) => known === engine || shown.engines.includes(known)) : without;
      if (next.length === 0) return;
      shown.engines = next;
      button.setAttribute('aria-pressed', String(next.includes(engine)));
      showRows();
    });
    byId('engines').append(button);
  }
  const buttons = [...document.querySelectorAll('[data-scale]')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      shown.scale = button.dataset.scale;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      showRows();
    });
  }
}

showFacts();
showChoices();
showRows();
// The rows were not there yet when the browser looked for the place.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
