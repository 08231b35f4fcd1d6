// Runs attacks in Node, from an index on, and tells its parent what came of each.

import './clock.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as portcullis from 'portcullis';
import { perform } from './perform.mjs';

const [folder, seed, from, ...wanted] = process.argv.slice(2);

const plugin = async (name) => new Uint8Array(readFileSync(join(folder, `${name}.wasm`)));

await perform({ portcullis, plugin, seed: Number(seed) }, Number(from), wanted, (index, failure) => {
  process.send({ index, failure: failure === undefined ? 'begins' : failure });
});
process.send({ over: true });
process.disconnect();
