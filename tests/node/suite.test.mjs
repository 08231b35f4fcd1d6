// The suite in Node.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as portcullis from 'portcullis';
import { dist } from '../../xtask/paths.mjs';
import { testPlugins, testPluginUrl } from '../lib/test-plugins.mjs';
import { runCase, suites } from '../suite/suites.mjs';

const plugins = testPlugins();
const kernelUrl = pathToFileURL(join(dist, 'kernel_bg.wasm'));
let copies = 0;

const environment = {
  portcullis,
  plugin: async (name) => plugins.get(name),
  url: testPluginUrl,
  freshCopy() {
    copies += 1;
    return import(`${pathToFileURL(join(dist, 'index.js'))}?copy=${copies}`);
  },
  kernelUrl,
  kernelBytes: new Uint8Array(readFileSync(kernelUrl)),
};

for (const [suite, cases] of Object.entries(suites)) {
  describe(suite, () => {
    for (const name of Object.keys(cases)) test(name, () => runCase(suite, name, environment));
  });
}
