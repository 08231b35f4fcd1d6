// The three browser engines that the tests run in: where they and their drivers are, and how to get them.

import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { Failure, isProgram, which } from './command.mjs';
import { aptInstall, canUseApt } from './debian.mjs';

/** All engines, in the order in which they are shown. */
export const allEngines = ['chromium', 'firefox', 'webkit'];

/** The engines to test in: all, or those that PORTCULLIS_ENGINES names (`chromium,firefox`). */
export function wantedEngines() {
  const names = process.env.PORTCULLIS_ENGINES?.split(',').map((name) => name.trim()).filter(Boolean);
  if (!names?.length) return allEngines;
  for (const name of names) {
    if (!allEngines.includes(name)) {
      throw new Failure(`PORTCULLIS_ENGINES names an unknown engine: ${name}`, { todo: `use some of ${allEngines.join(', ')}` });
    }
  }
  return allEngines.filter((name) => names.includes(name));
}

const mac = process.platform === 'darwin';

const first = (candidates, look) => candidates.map(look).find(Boolean);
const program = (...names) => first(names, (name) => (name.startsWith('/') ? isProgram(name) && name : which(name)));

/** WebKitGTK's small browser is no command: it lies in a folder named after the library's version. */
function miniBrowser() {
  const roots = ['/usr/libexec', '/usr/lib', '/usr/lib64'];
  for (const architecture of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    if (architecture.endsWith('-linux-gnu')) roots.push(join('/usr/lib', architecture));
  }
  return first(
    roots.flatMap((path) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((api) => join(path, api, 'MiniBrowser'))),
    (path) => isProgram(path) && path,
  );
}

const geckodriver = () => which('geckodriver', [...cargoToolDirectories(), process.env.PATH].join(delimiter));

/**
 * What each engine needs: a name for people, and where it is. All parts but geckodriver, which the
 * set-up builds, come from the packages.
 */
const parts = {
  chromium: {
    packages: ['chromium', 'chromium-driver'],
    advice: 'install Chromium or Chrome, and chromedriver of the same version',
    find: () => ({
      browser: program('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
      driver: program('chromedriver'),
    }),
  },
  firefox: {
    packages: ['firefox-esr'],
    advice: 'install Firefox',
    find: () => ({
      browser: program('firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'),
    }),
  },
  webkit: mac
    ? {
        packages: [],
        advice: 'run `sudo safaridriver --enable` once',
        find: () => ({ driver: program('safaridriver') }),
      }
    : {
        packages: ['webkit2gtk-driver', 'xvfb'],
        advice: 'install WebKitGTK with its WebDriver and MiniBrowser, and Xvfb',
        find: () => ({ browser: miniBrowser(), driver: program('WebKitWebDriver'), display: program('Xvfb') }),
      },
};

const isThere = (engine) => Object.values(parts[engine].find()).every(Boolean);

/** How to get the engines that are missing, as a part of the set-up's plan; undefined if all are there. */
export function planBrowsers() {
  const missing = wantedEngines().filter((engine) => !isThere(engine));
  if (missing.length === 0) return undefined;
  const packages = missing.flatMap((engine) => parts[engine].packages);
  const todo = `${missing.map((engine) => parts[engine].advice).join('; ')}; or test without: PORTCULLIS_ENGINES=${
    allEngines.filter((engine) => !missing.includes(engine)).join(',') || 'chromium'
  }`;
  if (packages.length === 0 || !canUseApt()) {
    throw new Failure(`browsers for the tests are missing, and cannot be installed from here: ${missing.join(', ')}`, { todo });
  }
  return {
    what: `browsers for the tests: ${missing.join(', ')} (apt-get: ${packages.join(' ')})`,
    name: 'browsers',
    doing: `installing ${missing.join(', ')}`,
    run: async (report) => {
      await aptInstall(packages, report);
      const still = missing.filter((engine) => !isThere(engine));
      if (still.length > 0) throw new Failure(`the packages were installed, but not found: ${still.join(', ')}`, { todo });
    },
  };
}

/** What WebKit's driver needs in its environment. Its own sandbox refuses to run as root. */
export const webkitEnvironment = process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {};

/**
 * Where an engine's programs are.
 *
 * @param {string} engine one of {@link allEngines}
 * @returns {{ browser?: string, driver: string, display?: string }} paths; `browser` is absent where
 *   the driver knows it, `display` is the Xvfb to show it on, where it needs one
 */
export function locate(engine) {
  const found = parts[engine].find();
  if (engine === 'firefox') found.driver = geckodriver();
  const absent = Object.keys(found).filter((part) => !found[part]);
  if (absent.length > 0) throw new Failure(`${engine}: no ${absent.join(' and no ')} was found`, { todo: 'run `npm run setup`' });
  return found;
}
