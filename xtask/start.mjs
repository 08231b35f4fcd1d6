// `npm start`: from a fresh checkout to the paint page.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildParts } from './build.mjs';
import { Failure } from './command.mjs';
import { inRoot } from './paths.mjs';
import { serve } from './serve.mjs';
import { setup } from './setup.mjs';

/** Sets up, builds and serves the paint page until the process is interrupted. */
export async function start(port) {
  await setup('build');
  await buildParts();
  await serveBuilt(undefined, port);
}

/** Serves a folder, the built pages if none is named, until the process is interrupted. */
export async function serveBuilt(directory, port) {
  const folder = directory ? resolve(directory) : inRoot('build/www');
  if (!existsSync(folder)) throw new Failure(`there is no ${folder}`, { todo: 'run `npm run build`' });
  const { url } = await serve(folder, { port }).catch((error) => {
    const why = error.code === 'EADDRINUSE' ? `port ${port} is taken` : `the server did not start: ${error.message}`;
    throw new Failure(why, { todo: 'name another port, or none to take a free one' });
  });
  console.log(`\n  ${url}/\n\nCtrl-C ends it.`);
}
