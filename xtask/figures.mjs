// `npm run figures [-- section… engine…]`: how long things take, in every engine, beside what they are to be compared with.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engines as browsers, open } from '../tests/lib/browsers.mjs';
import { spread } from '../bench/measure.mjs';
import { makePlugins } from '../tests/figures/make-plugins.mjs';
import { Failure } from './command.mjs';
import { tableOf } from './figures-table.mjs';
import { build, dist, inRoot } from './paths.mjs';
import { serve, strictCsp } from './serve.mjs';

/** What is measured. */
const sections = {
  stack: 'calls, by the stack that a callee is promised',
  crossings: 'arguments across a frame of JavaScript',
  runaway: 'from the deadline of a plugin that never returns to its end',
  load: 'from navigation to the first filter',
};

/** How often the paint page is loaded. */
const loads = 7;

/** How long a section may take, in milliseconds. */
const patience = 15 * 60_000;

const figuresFolder = inRoot('tests/figures');

/** Clocks are coarse in pages that could share their memory with others; these pages say that they do not. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Which sections and which engines the person named; all, if none. */
function chosen(names) {
  const engines = ['node', ...browsers];
  for (const name of names) {
    if (!Object.hasOwn(sections, name) && !engines.includes(name)) {
      throw new Failure(`there are no figures of ${name}`, { todo: `name some of: ${[...Object.keys(sections), ...engines].join(', ')}` });
    }
  }
  const some = (all) => (names.some((name) => all.includes(name)) ? all.filter((name) => names.includes(name)) : all);
  return { sections: some(Object.keys(sections)), engines: some(engines) };
}

/** Waits until a page has left an outcome. */
async function outcomeOf(driver, script) {
  await driver.manage().setTimeouts({ script: 60_000 });
  const end = Date.now() + patience;
  for (;;) {
    const outcome = await driver.executeScript(script);
    if (outcome?.error) throw new Failure(outcome.error);
    if (outcome) return outcome;
    if (Date.now() > end) throw new Failure(`no figures within ${patience / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Node takes the figures in this very process. */
async function inNode(section, plugins) {
  const { Kernel } = await import(pathToFileURL(join(dist, 'index.js')).href);
  const { takeFigures } = await import('../tests/figures/figures.mjs');
  return takeFigures(section, { Kernel, plugin: async (name) => plugins.get(name) });
}

async function inBrowser(engine, section, server) {
  const browser = await open(engine);
  try {
    await browser.driver.get(`${server.url}/#${section}`);
    return { version: await versionOf(browser), results: (await outcomeOf(browser.driver, 'return globalThis.outcome')).results };
  } finally {
    await browser.close();
  }
}

async function versionOf({ driver }) {
  return (await driver.getCapabilities()).get('browserVersion');
}

/** Loads the paint page, each time in a browser with an empty profile. */
async function loadPage(engine, server) {
  const taken = [];
  let version;
  for (let load = 0; load < loads; load += 1) {
    const browser = await open(engine);
    try {
      await browser.driver.get(`${server.url}/`);
      taken.push(await outcomeOf(browser.driver, 'return globalThis.figuresOfLoad'));
      version = await versionOf(browser);
    } finally {
      await browser.close();
    }
  }
  const figure = (name, value) => ({ name, ...spread(taken.map((times) => value(times) * 1e6)) });
  const figures = [
    figure('ready', ({ ready }) => ready),
    figure('first filter applied', ({ applied }) => applied),
    figure('of this, pressed to applied', ({ applied, pressed }) => applied - pressed),
  ];
  return { version, results: [{ title: 'the paint page, empty profile', figures }] };
}

/** The built page, with a script more that acts like a person. */
function pageWithScript(folder) {
  const page = join(folder, 'page');
  cpSync(join(build, 'www'), page, { recursive: true });
  cpSync(join(figuresFolder, 'load.js'), join(page, 'load.js'));
  const index = join(page, 'index.html');
  writeFileSync(index, readFileSync(index, 'utf8').replace('</head>', '<script type="module" src="./load.js"></script></head>'));
  return page;
}

function checkBuilt(wanted) {
  const needed = [join(dist, 'index.js'), join(build, 'plugins'), ...(wanted.includes('load') ? [join(build, 'www')] : [])];
  for (const path of needed) {
    if (!existsSync(path)) throw new Failure(`there is no ${path}`, { todo: 'run `npm run build`' });
  }
}

/**
 * Takes figures, prints them, and writes them to build/figures.json.
 *
 * @param {string[]} names sections and engines; none of a kind means all of it
 */
export async function figures(names) {
  const wanted = chosen(names);
  checkBuilt(wanted.sections);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-figures-'));
  const taken = { when: new Date().toISOString(), processor: cpus()[0]?.model, cores: cpus().length, versions: {}, sections: {} };
  let server;
  let pageServer;
  try {
    const plugins = makePlugins();
    mkdirSync(join(folder, 'plugins/calls'), { recursive: true });
    for (const [name, bytes] of plugins) writeFileSync(join(folder, 'plugins', `${name}.wasm`), bytes);
    const mounts = { '/dist/': dist, '/plugins/': join(folder, 'plugins'), '/bench/': inRoot('bench') };
    server = await serve(figuresFolder, { csp: `${strictCsp}; img-src data:`, mounts, headers: isolated });
    if (wanted.sections.includes('load')) pageServer = await serve(pageWithScript(folder));
    for (const section of wanted.sections) {
      taken.sections[section] = {};
      for (const engine of wanted.engines) {
        if (engine === 'node') {
          taken.versions.node = process.versions.node;
          if (section !== 'load') taken.sections[section].node = await inNode(section, plugins);
        } else {
          const { version, results } = section === 'load' ? await loadPage(engine, pageServer) : await inBrowser(engine, section, server);
          taken.versions[engine] = version;
          taken.sections[section][engine] = results;
        }
      }
      console.log(tableOf(sections[section], taken.sections[section]));
    }
  } finally {
    await server?.close();
    await pageServer?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const file = join(build, 'figures.json');
  writeFileSync(file, `${JSON.stringify(taken, null, 2)}\n`);
  console.log(`${Object.entries(taken.versions).map(([engine, version]) => `${engine} ${version}`).join(', ')}; ${taken.cores} × ${taken.processor}\nwritten to ${file}`);
}
