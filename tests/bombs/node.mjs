// Measures, in this process, a module: `node node.mjs <package> <harmless module> <module>`. Prints what came of it as JSON.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { stillness } from './stillness.mjs';

const [entry, harmless, module] = process.argv.slice(2);
const { Kernel } = await import(pathToFileURL(entry).href);
const bytesOf = (file) => new Uint8Array(readFileSync(file));
console.log(JSON.stringify(await stillness(await Kernel.start(), bytesOf(harmless), bytesOf(module))));
