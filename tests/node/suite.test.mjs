// The suite in Node.

import { describe, test } from 'node:test';
import * as portcullis from 'portcullis';
import { testPlugins, testPluginUrl } from '../lib/test-plugins.mjs';
import { runCase, suites } from '../suite/suites.mjs';

const plugins = testPlugins();
const environment = { portcullis, plugin: async (name) => plugins.get(name), url: testPluginUrl };

for (const [suite, cases] of Object.entries(suites)) {
  describe(suite, () => {
    for (const name of Object.keys(cases)) test(name, () => runCase(suite, name, environment));
  });
}
