// A call that carries what it says in a message, against one that carries it by its signature.

import { copyingPairs } from '../plugins/calls.mjs';
import * as direct from '../roads/direct.mjs';
import { inTurn, makePairs } from '../roads/pairs.mjs';
import { writers } from '../roads/portcullis.mjs';

const mailers = ({ kernel, plugin }, method) =>
  makePairs(copyingPairs, async (number) => {
    const mailbox = await kernel.spawn(await plugin(`messages/mailbox-${number}`));
    const mailer = await kernel.spawn(await plugin(`messages/mailer-${number}`), { imports: { 'figures/mailbox@1': mailbox } });
    await mailer.call('begin');
    return { call: (calls) => mailer.call(method, [calls]), arrived: () => mailbox.call('calls') };
  });

export const rows = [
  {
    name: 'message-text',
    title: 'message of 16 bytes',
    work: 'A plugin calls another one with a message of 16 bytes, which the other one receives into its memory.',
    unit: 'ns',
    better: 'less',
    limit: 'direct import and memory.copy',
    async prepare(environment) {
      return {
        contestants: [
          inTurn('portcullis, a message made before', await mailers(environment, 'again')),
          inTurn('portcullis', await mailers(environment, 'fresh')),
          inTurn('portcullis, with a capability that moves', await mailers(environment, 'moving')),
          inTurn('portcullis, by the signature', await writers(environment, copyingPairs, 'text')),
          inTurn('direct import and memory.copy', await direct.writers(environment, copyingPairs, 'text')),
        ],
      };
    },
  },
];
