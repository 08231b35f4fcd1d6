// Opens a browser and ends without closing it: `node leave.mjs <engine> <exit|throw|SIGTERM>`.

import { writeSync } from 'node:fs';
import { open } from '../../lib/browsers.mjs';

const [engine, way] = process.argv.slice(2);
const { server } = await open(engine);
writeSync(1, JSON.stringify(server));

if (way === 'exit') process.exit(3);
if (way === 'throw') throw new Error('on purpose');
process.kill(process.pid, way);
