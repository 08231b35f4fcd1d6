// What a browser writes to its console as errors, as far as its driver tells.

import { logging } from 'selenium-webdriver';

/** Chromium's driver keeps the log, with refused and failed loads in it. */
function fromLog(driver) {
  return async () => {
    const entries = await driver.manage().logs().get(logging.Type.BROWSER);
    return entries.filter(({ level }) => level.value >= logging.Level.SEVERE.value).map(({ message }) => message);
  };
}

/** Firefox tells over WebDriver BiDi, as it happens. */
async function fromBidi(driver) {
  let errors = [];
  const bidi = await driver.getBidi();
  await bidi.subscribe('log.entryAdded');
  bidi.socket.on('message', (data) => {
    const { method, params } = JSON.parse(data.toString());
    if (method === 'log.entryAdded' && params.level === 'error') errors.push(params.text);
  });
  return async () => {
    // What was logged before an answer arrives before it.
    await bidi.send({ method: 'session.status', params: {} });
    const taken = errors;
    errors = [];
    return taken;
  };
}

/**
 * Starts listening.
 *
 * @param {string} engine
 * @param {import('selenium-webdriver').WebDriver} driver
 * @returns {Promise<() => Promise<string[]>>} takes what came since the last call
 */
export async function collectConsole(engine, driver) {
  if (engine === 'chromium') return fromLog(driver);
  if (engine === 'firefox') return fromBidi(driver);
  return async () => [];
}
