// The paint page in a browser, with words for what a person does there.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { By, Key } from 'selenium-webdriver';
import { serve } from '../../../xtask/serve.mjs';
import { open, runInPage, waitFor } from '../../lib/browsers.mjs';

/** The built page. */
export const pageFolder = fileURLToPath(new URL('../../../build/www', import.meta.url));

export const modifier = process.platform === 'darwin' ? Key.COMMAND : Key.CONTROL;

/** Opens the page under its strict policy and waits until everything has arrived. */
export async function openPaint(engine) {
  const server = await serve(pageFolder);
  const browser = await open(engine).catch(async (error) => {
    await server.close();
    throw error;
  });
  const paint = new Paint(browser, server);
  try {
    await browser.driver.get(`${server.url}/`);
    await paint.until(() => paint.has('html[data-ready="true"][data-plugins="true"]'), 'the page is ready');
    return paint;
  } catch (error) {
    await paint.close();
    throw error;
  }
}

export class Paint {
  #folder = mkdtempSync(join(tmpdir(), 'paint-files-'));

  constructor(browser, server) {
    this.browser = browser;
    this.driver = browser.driver;
    this.server = server;
  }

  async close() {
    rmSync(this.#folder, { recursive: true, force: true });
    await this.browser.close();
    await this.server.close();
  }

  /** Waits for a condition. */
  until(condition, what) {
    return waitFor(this.driver, condition, what);
  }

  /** Runs a function in the page. */
  run(source, ...args) {
    return runInPage(this.driver, source, ...args);
  }

  /** Whether an element is there, by CSS selector. */
  async has(selector) {
    return (await this.driver.findElements(By.css(selector))).length > 0;
  }

  /** An element by its test name, waited for. */
  async find(name) {
    const selector = By.css(`[data-testid="${name}"]`);
    return this.until(async () => (await this.driver.findElements(selector))[0], `there is ${name}`);
  }

  async isThere(name) {
    return this.has(`[data-testid="${name}"]`);
  }

  /** Waits until an element is gone. */
  async gone(name) {
    await this.until(async () => !(await this.isThere(name)), `${name} is gone`);
  }

  /** The text of an element, without the line breaks of its layout. */
  async text(name) {
    await this.find(name);
    const text = await this.driver.executeScript(
      'return document.querySelector(arguments[0])?.textContent ?? ""',
      `[data-testid="${name}"]`,
    );
    return text.replaceAll(/\s+/g, ' ').trim();
  }

  /** Clicks an element as soon as it can be seen. What is drawn anew in between is looked for anew. */
  async click(name) {
    const passing = ['StaleElementReferenceError', 'ElementNotInteractableError', 'ElementClickInterceptedError'];
    await this.until(async () => {
      const element = await this.find(name);
      try {
        // Lists have headings that stay at their upper edge; the drivers would scroll to below one.
        await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
        await element.click();
        return true;
      } catch (error) {
        if (passing.includes(error.name)) return false;
        throw error;
      }
    }, `${name} can be clicked`);
  }

  /** Presses a key where the focus is, with modifiers before it. */
  async press(...keys) {
    const actions = this.driver.actions();
    const key = keys.at(-1);
    for (const held of keys.slice(0, -1)) actions.keyDown(held);
    actions.keyDown(key).keyUp(key);
    for (const held of keys.slice(0, -1).reverse()) actions.keyUp(held);
    await actions.perform();
  }

  /** Puts the focus on an element of the open filter. */
  async focus(selector) {
    await this.driver.executeScript('document.querySelector(arguments[0]).focus()', selector);
  }

  /** The checksum of the picture, without a preview. */
  checksum() {
    return this.driver.executeScript('return window.portcullisPaint.checksum()');
  }

  /** The picture as the page saves it. */
  async png() {
    const base64 = await this.run(() => {
      const bytes = window.portcullisPaint.png();
      let text = '';
      for (let start = 0; start < bytes.length; start += 8192)
        text += String.fromCharCode(...bytes.subarray(start, start + 8192));
      return btoa(text);
    });
    return Buffer.from(base64, 'base64');
  }

  /** The test names of the filters in the list, of all groups or of one. */
  filters(group) {
    return this.driver.executeScript(
      `return [...document.querySelectorAll('.filter-button')]
        .filter((button) => (button.closest('[data-group]').dataset.group === 'Trouble') === arguments[0])
        .map((button) => button.dataset.testid)`,
      group === 'Trouble',
    );
  }

  /** What became of the filter that was opened: `ready`, `stopped` or still `previewing`. */
  state() {
    return this.driver.executeScript('return document.querySelector(\'[data-testid="filter-panel"]\')?.dataset.state');
  }

  /** Opens a filter and waits for its whole preview. */
  async preview(name) {
    await this.click(name);
    await this.settled();
  }

  /** Waits until the preview of the open filter is complete. */
  async settled() {
    await this.until(async () => (await this.state()) === 'ready', 'the preview is complete');
  }

  /** Applies the open filter. */
  async apply() {
    await this.click('apply');
    await this.gone('filter-panel');
  }

  /** Waits for another checksum than this one, and returns it. */
  async changed(from) {
    return this.until(async () => {
      const now = await this.checksum();
      return now !== from && now;
    }, 'the picture changed');
  }

  /** Hands files to the page, as "Open" does. They are `[name, bytes]`. */
  async give(...files) {
    const paths = files.map(([name, bytes]) => {
      const path = join(this.#folder, name);
      writeFileSync(path, bytes);
      return path;
    });
    await (await this.find('file-input')).sendKeys(paths.join('\n'));
  }

  /** Waits for the sentence that says what could not be done, dismisses it and returns it. */
  async complaint() {
    const text = await this.text('note-error');
    await this.driver.executeScript(`document.querySelector('[data-testid="note-error"] button').click()`);
    await this.gone('note-error');
    return text;
  }

  /** Waits until a picture of this name is open. */
  async opened(name) {
    await this.until(async () => (await this.text('picture-name')) === name, `${name} is open`);
  }
}
