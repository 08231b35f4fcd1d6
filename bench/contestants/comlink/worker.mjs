// A worker to which the page speaks by way of Comlink, on the port that it is sent first. In a page and in Node.

import * as Comlink from 'comlink';
import { served } from './served.mjs';

function serve(port) {
  Comlink.expose(served, port);
}

if (typeof self === 'undefined' || typeof self.postMessage !== 'function') {
  const { parentPort } = await import('node:worker_threads');
  parentPort.once('message', serve);
} else {
  self.addEventListener('message', ({ data }) => serve(data), { once: true });
}
