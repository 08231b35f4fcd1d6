// Attacks in a browser, on a page under a strict policy.

import { fileURLToPath } from 'node:url';
import { dist } from '../../xtask/paths.mjs';
import { serve } from '../../xtask/serve.mjs';
import { open } from '../lib/browsers.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Milliseconds between two looks at the page. */
const interval = 50;

/** Asks the page until it is over, or has had no news for too long. */
async function follow(driver, { tell, patience }) {
  let seen = 0;
  let last = Date.now();
  for (;;) {
    const { news, over } = await driver.executeScript('return { news: globalThis.news?.slice(arguments[0]) ?? [], over: globalThis.over === true }', seen);
    for (const one of news) tell(one);
    seen += news.length;
    if (news.length > 0) last = Date.now();
    if (over && news.length === 0) return undefined;
    if (Date.now() - last > patience) return `the page had no news for ${patience / 1000} seconds`;
    await driver.sleep(interval);
  }
}

/** Runs attacks from an index on; resolves with undefined, or with what went wrong with the page. */
export async function inBrowser({ engine, folder, from, wanted, seed, tell, patience }) {
  const mounts = { '/dist/': dist, '/suite/': here('../suite'), '/hostile/': here('.'), '/plugins/': folder };
  const server = await serve(here('page'), { csp: policy, mounts });
  const browser = await open(engine);
  try {
    const query = new URLSearchParams([['seed', String(seed)], ['from', String(from)], ...wanted.map((word) => ['wanted', word])]);
    await browser.driver.get(`${server.url}/?${query}`);
    const trouble = await follow(browser.driver, { tell, patience });
    if (trouble !== undefined) return trouble;
    const violations = await browser.driver.executeScript('return globalThis.violations');
    const errors = await browser.consoleErrors();
    const all = [...violations, ...errors];
    return all.length === 0 ? undefined : `the page is over, but: ${all.join('; ')}`;
  } catch (error) {
    // A page that hangs does not answer its driver either.
    return `the page stopped answering: ${error?.message ?? error}`;
  } finally {
    await browser.close();
    await server.close();
  }
}
