// Real browsers for the tests: one session a call, driven over WebDriver, gone when closed.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Builder } from 'selenium-webdriver';
import { locate, wantedEngines, webkitEnvironment } from '../../xtask/browsers.mjs';
import { collectConsole } from './console.mjs';
import { startDisplay, startDriver } from './driver-process.mjs';

/** The engines to test in: 'chromium', 'firefox' and 'webkit', or those of them in PORTCULLIS_ENGINES. */
export const engines = wantedEngines();

/** How long a script in a page, a page load or a {@link waitFor} may take, in milliseconds. */
const patience = 60_000;

/** How long a browser may take to end itself, in milliseconds; then its processes are ended. */
const farewell = 5_000;

/** The size of each browser's window, in CSS pixels. */
const windowSize = { width: 1280, height: 1024 };

const asRoot = process.getuid?.() === 0;

const chromiumFlags = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium's own sandbox refuses to run as root.
  ...(asRoot ? ['--no-sandbox'] : []),
];

/** How to start each engine's driver, and which browser to ask it for. */
const launchers = {
  async chromium({ browser, driver }) {
    const server = await startDriver(driver, (port) => [`--port=${port}`]);
    return {
      server,
      capabilities: {
        browserName: 'chrome',
        'goog:chromeOptions': { binary: browser, args: [...chromiumFlags, `--user-data-dir=${join(server.folder, 'profile')}`] },
        'goog:loggingPrefs': { browser: 'ALL' },
      },
    };
  },

  async firefox({ browser, driver }) {
    // geckodriver wants a second port, for WebDriver BiDi; 0 lets it choose.
    const server = await startDriver(driver, (port) => ['--port', `${port}`, '--websocket-port', '0', '--binary', browser]);
    return {
      server,
      capabilities: {
        browserName: 'firefox',
        webSocketUrl: true,
        'moz:firefoxOptions': { binary: browser, args: ['-headless'] },
      },
    };
  },

  async webkit({ browser, driver, display }) {
    const screen = display && (await startDisplay(display));
    const env = { ...webkitEnvironment, ...(screen ? { DISPLAY: screen.display } : {}) };
    try {
      const server = await startDriver(driver, (port) => [`--port=${port}`], { env });
      return {
        server,
        screen,
        capabilities: browser
          ? { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } }
          : { browserName: 'safari' },
      };
    } catch (error) {
      await screen?.close();
      throw error;
    }
  },
};

/**
 * Opens a browser with an empty profile.
 *
 * @param {string} engine one of {@link engines}
 * @returns {Promise<Browser>}
 *
 * @typedef {object} Browser
 * @property {string} engine
 * @property {import('selenium-webdriver').WebDriver} driver
 * @property {{ url: string, folder: string }} server the driver's process: where it listens, and where it and
 *   the browser put their files
 * @property {() => Promise<string[]>} consoleErrors what went to the console as errors since the last
 *   call: exceptions, refusals by the CSP, failed loads. WebKit does not tell; there it is always empty.
 * @property {() => Promise<void>} close ends the browser and its driver, and removes their files
 */
export async function open(engine) {
  const { server, screen, capabilities } = await launchers[engine](locate(engine));
  const closeAll = async () => {
    await server.close();
    await screen?.close();
  };
  let driver;
  try {
    driver = await new Builder().disableEnvironmentOverrides().usingServer(server.url).withCapabilities(capabilities).build();
    await driver.manage().setTimeouts({ script: patience, pageLoad: patience, implicit: 0 });
    await driver.manage().window().setRect(windowSize);
    const consoleErrors = await collectConsole(engine, driver);
    return {
      engine,
      driver,
      server: { url: server.url, folder: server.folder },
      consoleErrors,
      async close() {
        // A browser that hangs or died is ended with its driver.
        let timer;
        const late = new Promise((resolve) => (timer = setTimeout(resolve, farewell)));
        await Promise.race([driver.quit().catch(() => {}), late]);
        clearTimeout(timer);
        await closeAll();
      },
    };
  } catch (error) {
    await driver?.quit().catch(() => {});
    await closeAll();
    throw error;
  }
}

/**
 * Waits until a function returns something true, and returns that.
 *
 * @template T
 * @param {import('selenium-webdriver').WebDriver} driver
 * @param {(driver: import('selenium-webdriver').WebDriver) => T | Promise<T>} condition
 * @param {string} [what] what is waited for, for the error
 * @returns {Promise<T>}
 */
export async function waitFor(driver, condition, what = condition.toString()) {
  return driver.wait(() => condition(driver), patience, `waited in vain for: ${what}`, 20);
}

/** Writes what the window shows to a PNG file. */
export async function screenshot(driver, file) {
  await writeFile(file, await driver.takeScreenshot(), 'base64');
}

/**
 * Runs an async function in the page and returns its result. The page's CSP does not apply to it.
 *
 * @param {import('selenium-webdriver').WebDriver} driver
 * @param {string | ((...args: any[]) => any)} source the function, or its source; it sees nothing but the page and `args`
 * @param {...unknown} args values that JSON can carry
 * @returns {Promise<any>} a value that JSON can carry
 */
export async function runInPage(driver, source, ...args) {
  const outcome = await driver.executeAsyncScript(
    `const done = arguments[arguments.length - 1];
    const args = Array.prototype.slice.call(arguments, 0, -1);
    (async () => (${source})(...args))().then(
      (value) => done({ value }),
      (error) => done({ error: String((error && error.stack) || ''), text: String(error) }),
    );`,
    ...args,
  );
  if (!('error' in outcome)) return outcome.value;
  // Not every engine repeats the message in the stack.
  throw new Error(outcome.error.includes(outcome.text) ? outcome.error : `${outcome.text}\n${outcome.error}`);
}
