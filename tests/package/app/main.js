// All that an app does to run a plugin: import the package, start a kernel, spawn, call.

import { Kernel } from 'portcullis';
import { adder } from './adder.js';

try {
  const kernel = await Kernel.start();
  const plugin = await kernel.spawn(adder);
  document.body.dataset.sum = String(await plugin.call('add', [40, 2]));
} catch (error) {
  document.body.dataset.sum = `${error}\n${error?.stack}`;
}
