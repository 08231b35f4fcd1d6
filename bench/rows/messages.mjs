// A call that carries what it says in a message, against one that carries it by its signature.

import { copyingPairs } from '../plugins/calls.mjs';
import * as direct from '../roads/direct.mjs';
import * as handWritten from '../roads/hand-written-messages.mjs';
import { inTurn, makePairs } from '../roads/pairs.mjs';
import { writers } from '../roads/portcullis.mjs';

const mailers = ({ kernel, plugin }, method) =>
  makePairs(copyingPairs, async (number) => {
    const mailbox = await kernel.spawn(await plugin(`messages/mailbox-${number}`));
    const mailer = await kernel.spawn(await plugin(`messages/mailer-${number}`), { imports: { 'figures/mailbox@1': mailbox } });
    await mailer.call('begin');
    return {
      async call(calls) {
        await mailer.call(method, [calls]);
        if ((await mailer.call('failed')) !== 0) throw new Error('a capability did not arrive');
      },
      arrived: () => mailbox.call('calls'),
    };
  });

const limit = 'direct import and memory.copy';
const by = async (tool, environment) => (await environment.contestant(tool)).message(environment);

export const rows = [
  {
    name: 'message-caps',
    essential: true,
    title: 'message call with 4 capabilities',
    work: 'A plugin retains four capabilities, and calls another one with a message of 16 bytes and these; the other one receives all of it, and releases them.',
    unit: 'ns',
    better: 'less',
    limit,
    targets: [{ contestant: 'portcullis', against: 'hand-written JS', ratio: 1, engines: ['chromium', 'firefox'] }],
    async prepare(environment) {
      return {
        contestants: [
          inTurn('portcullis', await mailers(environment, 'four')),
          inTurn('hand-written JS', await handWritten.mailers(environment, copyingPairs, 'four')),
          inTurn('comlink', await by('comlink', environment)),
          inTurn('capnweb', await by('capnweb', environment)),
          inTurn(limit, await direct.writers(environment, copyingPairs, 'text')),
        ],
      };
    },
  },
  {
    name: 'message-text',
    title: 'message of 16 bytes',
    work: 'A plugin calls another one with a message of 16 bytes, which the other one receives into its memory.',
    unit: 'ns',
    better: 'less',
    limit,
    async prepare(environment) {
      return {
        contestants: [
          inTurn('portcullis', await mailers(environment, 'fresh')),
          inTurn('portcullis, a message made before', await mailers(environment, 'again')),
          inTurn('portcullis, with a capability that moves', await mailers(environment, 'moving')),
          inTurn('portcullis, by the signature', await writers(environment, copyingPairs, 'text')),
          inTurn('hand-written JS', await handWritten.mailers(environment, copyingPairs, 'fresh')),
          inTurn(limit, await direct.writers(environment, copyingPairs, 'text')),
        ],
      };
    },
  },
];
