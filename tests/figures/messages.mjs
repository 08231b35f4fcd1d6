// A call that carries 16 bytes in a message, against one that carries them by its signature, and one that carries nothing.

import { containedCopying, directCopying, through } from './calls.mjs';
import { compare } from './measure.mjs';
import { copyingPairs } from './plugins.mjs';

async function mailing(kernel, plugin) {
  const made = [];
  for (let number = 0; number < copyingPairs; number += 1) {
    const mailbox = await kernel.spawn(await plugin(`mailbox-${number}`));
    const mailer = await kernel.spawn(await plugin(`mailer-${number}`), { imports: { 'figures/mailbox@1': mailbox } });
    await mailer.call('begin');
    made.push({ call: (name, values) => mailer.call(name, values), calls: () => mailbox.call('calls') });
  }
  return made;
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('./measure.mjs').Figure[] }[]>}
 */
export async function messages({ kernel, plugin }) {
  const mail = await mailing(kernel, plugin);
  const signed = await containedCopying(kernel, plugin);
  const direct = await directCopying(plugin);
  const tally = { expected: 0 };
  const figures = await compare([
    through('a message that was made before', mail, 'again', tally),
    through('a message made for the call', mail, 'fresh', tally),
    through('a message made for the call, with a capability that moves', mail, 'moving', tally),
    through('a string by the signature', signed, 'text', tally),
    through('direct import, nothing copied', direct, 'text', tally),
  ]);
  let arrived = 0;
  for (const pair of [...mail, ...signed, ...direct]) arrived += await pair.calls();
  if ((arrived - tally.expected) % 2 ** 32 !== 0) throw new Error(`${tally.expected} calls were made, ${arrived} arrived`);
  for (const process of kernel.processes) process.kill();
  return [{ title: 'plugin to plugin, 16 bytes', figures }];
}
