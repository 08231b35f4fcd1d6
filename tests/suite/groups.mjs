// Trust groups: plugins that do without containment between them, and end together.

import { equal, includes, ok, refused, thrown } from './assert.mjs';
import { besideANeighbour } from './neighbour.mjs';

const numberOf = ({ errorCodes }, name) => errorCodes.find((row) => row.name === name).number;

/** A client and a server of one group, and what the application does when it is asked to act. */
async function open(context, { server: ofServer = {}, client: ofClient = {}, group = context.kernel.group('pair'), of = group } = {}) {
  const { kernel, plugin } = context;
  const pair = { act: () => undefined, group };
  const host = kernel.provide('test/host@1', 'act: func()', { act: () => pair.act() });
  pair.server = await kernel.spawn(await plugin('group-server'), { name: 'server', imports: { 'test/host@1': host }, group, ...ofServer });
  pair.client = await kernel.spawn(await plugin('group-client'), { name: 'client', imports: { 'test/group@1': pair.server }, group: of, ...ofClient });
  pair.call = (name, ...values) => pair.client.call(`test/client@1#${name}`, values);
  return pair;
}

/** What a function of the client's gave: the value, and the error. */
const told = (both) => [Number(both & 0xffff_ffffn), Number(both >> 32n)];

/** Asks until something holds that is told in a microtask. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

export default {
  'numbers and handles arrive, and nothing else does': async (context) => {
    const { call, server } = await open(context);
    const one = await call('create');
    const two = await call('create');
    equal(told(await call('badge', one, 5)), [106, 0]);
    equal(told(await call('both', one, two)), [101_102, 0]);
    equal(told(await call('both', one, one)), [101_101, 0], 'one twice');
    const error = (name) => numberOf(context, name);
    for (const wrong of [0, 99, 0xffff_ffff]) equal(told(await call('badge', wrong, 5)), [0, error('bad-handle')]);
    equal(told(await call('both', one, 99)), [0, error('bad-handle')], 'the second');
    // What was lent is back, also of a call that failed on its way.
    equal([await call('release', one), await call('release', two)], [0, 0]);
    equal(told(await call('badge', one, 5)), [0, error('bad-handle')], 'released');
    equal(await server.call('test/group@1#destroyed'), 2);
  },

  'numbers have the range of their types, there and back': async (context) => {
    const { call } = await open(context);
    // 0x1ff is 255 in a byte, 0x1_ffff is -1; 7 and a flag; all that comes back is a byte.
    equal(await call('narrow', 0x1ff, 0x1_ffff, 7, 2), 255 - 1 + 7 + 1 - 256);
  },

  'strings, and handles that move, arrive as well': async (context) => {
    const { call } = await open(context);
    equal(told(await call('length', 1024, 16)), [16, 0]);
    equal(told(await call('length', 65_530, 16)), [0, numberOf(context, 'bad-pointer')]);
    const cap = await call('create');
    equal(told(await call('keep', cap)), [0, 0]);
    equal(await call('release', cap), numberOf(context, 'bad-handle'), 'it has moved');
  },

  "an object of another process's is not taken for one of its own": async (context) => {
    const { kernel, plugin } = context;
    const { call, group, server } = await open(context);
    const imports = { 'test/host@1': kernel.provide('test/host@1', 'act: func()', { act: () => undefined }) };
    const other = await kernel.spawn(await plugin('group-server'), { name: 'other', imports, group });
    const stranger = await kernel.spawn(await plugin('group-client'), { name: 'stranger', imports: { 'test/group@1': other }, group });
    // The same class, minted by somebody else: the application carries it from the one to the other.
    const thing = await other.call('test/group@1#create');
    const error = await thrown(() => server.call('test/group@1#badge', [thing, 1]));
    equal(error.code, 'not-owner');
    equal(await other.call('test/group@1#badge', [thing, 1]), 102);
    equal(told(await stranger.call('test/client@1#version')), [1, 0]);
    thing.release();
    equal(told(await call('version')), [1, 0]);
  },

  'when one traps all of the group end, and nobody else': (context) =>
    besideANeighbour(context, async () => {
      for (const name of ['trap', 'catch']) {
        const { kernel } = context;
        const { call, client, server } = await open(context);
        const before = kernel.events.at(-1).number;
        const error = await refused(() => call(name), 'trapped', 'plugin `client`, or one of its group `pair` that it had called, trapped', `test/client@1#${name}`);
        equal([client.alive, server.alive], [false, false]);
        const [first, second] = await Promise.all([client.exited, server.exited]);
        equal([first.code, first.group, second.code, second.group], ['trapped', undefined, 'trapped', 'pair']);
        equal(error.message, first.message);
        includes(second.message, 'plugin `server` ended with its group `pair`: plugin `client`');
        const events = kernel.events.filter(({ number, what }) => number > before && what === 'trapped');
        equal(events.map(({ process, group }) => [process.name, group]), [['client', undefined], ['server', 'pair']]);
        await refused(() => server.call('test/group@1#version'), 'dead');
      }
    }, 2),

  'one that calls nobody of its group is blamed alone': async (context) => {
    const { call, client, server } = await open(context);
    await refused(() => call('fail'), 'trapped', 'plugin `client` trapped in `test/client@1#fail`');
    equal([client.reason.group, server.reason.group], [undefined, 'pair']);
  },

  'who uses too much is blamed, and all of the group end': async (context) => {
    const { client, server } = await open(context);
    await refused(() => client.call('test/client@1#spin', [], { deadline: 40 }), 'deadline', 'ended with its group `pair`: plugin `server` ran too long');
    equal([server.reason.code, server.reason.group, client.reason.code, client.reason.group], ['deadline', undefined, 'deadline', 'pair']);
    equal(server.reason.budget?.what, 'deadline');
  },

  'when one is stopped the others are': async (context) => {
    const { kernel } = context;
    for (const which of ['server', 'client']) {
      const pair = await open(context);
      const exits = [];
      const off = kernel.on('exit', ({ name }, { code, group }) => exits.push([name, code, group]));
      pair[which].kill('enough');
      equal([pair.server.state, pair.client.state], ['ended', 'ended']);
      includes(pair[which].reason.message, 'was stopped: enough');
      await settled();
      off();
      const other = which === 'server' ? 'client' : 'server';
      equal(exits, [[which, 'killed', undefined], [other, 'killed', 'pair']]);
    }
  },

  'one that is stopped in the middle of a call takes those with it that are in that call': (context) =>
    besideANeighbour(context, async () => {
      for (const which of ['server', 'client']) {
        const pair = await open(context);
        let after;
        pair.act = () => {
          pair[which].kill('in the middle');
          after = [pair.server.alive, pair.client.alive];
        };
        await refused(() => pair.call('act'), 'trapped', 'in the middle');
        equal(after, [false, false]);
        equal([pair.server.reason.code, pair.client.reason.code], ['killed', 'killed']);
      }
    }, 2),

  'a group goes on when somebody in the middle ends who is not of it': async (context) => {
    const { kernel, plugin } = context;
    const pair = await open(context);
    const trapper = await kernel.spawn(await plugin('trapper'), { name: 'trapper' });
    const outcomes = [];
    // The application stands for the stranger's caller: the trap is contained below the two of the group.
    pair.act = () => void trapper.call('unreachable').catch((error) => outcomes.push(error.code));
    equal(told(await pair.call('act')), [0, 0]);
    await settled();
    equal(outcomes, ['trapped']);
    equal([trapper.alive, pair.client.alive, pair.server.alive], [false, true, true]);
  },

  'a group that ends in the middle of a call of another one leaves that alone': async (context) => {
    const { kernel, plugin } = context;
    const pair = await open(context);
    // Not of the group, and bound to one of it: contained.
    const outer = await kernel.spawn(await plugin('group-client'), { name: 'outer', imports: { 'test/group@1': pair.server } });
    equal(told(await outer.call('test/client@1#version')), [1, 0]);
    equal(told(await outer.call('test/client@1#trap')), [1, numberOf(context, 'trapped')]);
    equal([outer.alive, pair.client.alive, pair.server.alive], [true, false, false]);
    equal(told(await outer.call('test/client@1#version')), [0, numberOf(context, 'dead')]);
  },

  'whoever is called again from the middle of a call of the group ends with it once': async (context) => {
    const pair = await open(context);
    const errors = [];
    // client → server → application → client, which traps: contained there, and the end of both.
    pair.act = () => void pair.client.call('test/client@1#fail').catch((error) => errors.push(error.code));
    await refused(() => pair.call('act'), 'trapped', 'plugin `client`');
    await settled();
    equal(errors, ['trapped']);
    equal([pair.client.alive, pair.server.alive], [false, false]);
  },

  'no more calls run in one of a group than it allows': async (context) => {
    const pair = await open(context, { server: { calls: 1 } });
    let code;
    pair.act = () => void pair.server.call('test/group@1#version').catch((error) => (code = error.code));
    equal(told(await pair.call('act')), [0, 0]);
    await settled();
    equal(code, 'busy');
    equal(told(await pair.call('version')), [1, 0], 'and the calls are over');
    equal(await pair.server.call('test/group@1#version'), 1);
  },

  'destructors wait until no call of the group is in their process': async (context) => {
    const pair = await open(context);
    const cap = await pair.call('create');
    let during;
    pair.act = () => {
      // The last reference goes while the server is called by its group.
      void pair.client.call('test/client@1#release', [cap]);
      void pair.server.call('test/group@1#destroyed').then((count) => (during = count));
    };
    equal(told(await pair.call('act')), [0, 0]);
    await settled();
    equal(during, 0);
    equal(await pair.server.call('test/group@1#destroyed'), 1);
  },

  'two groups of one name are two groups, and trust nobody': async (context) => {
    const { kernel } = context;
    const [one, two] = [kernel.group('same'), kernel.group('same')];
    ok(one !== two && one.name === 'same', 'two groups');
    const { call, client, server } = await open(context, { group: one, of: two });
    equal([server.group === one, client.group === two], [true, true]);
    equal(told(await call('trap')), [1, numberOf(context, 'trapped')]);
    equal([client.alive, server.alive], [true, false]);
    await refused(() => kernel.spawn(new Uint8Array(), { group: 'same' }), 'bad-argument', 'kernel.group');
  },

  'a newer build of one takes its place in the group': async (context) => {
    const { plugin } = context;
    const { call, client, server } = await open(context);
    const id = server.id;
    await server.replace(await plugin('group-server-2'));
    equal([server.alive, client.alive, server.id === id], [true, true, false]);
    equal(told(await call('version')), [2, 0]);
    equal(told(await call('length', 1024, 3)), [3, 0]);
    const cap = await call('create');
    equal(told(await call('badge', cap, 1)), [102, 0]);
    await client.replace(await plugin('group-client'));
    equal(told(await call('version')), [2, 0]);
    await refused(() => call('trap'), 'trapped');
    equal([server.alive, client.alive], [false, false]);
  },

  'a newer build that would have to be called in another way does not take its place': async (context) => {
    const { plugin } = context;
    const { call, server } = await open(context);
    await refused(async () => server.replace(await plugin('group-server-other')), 'signature-mismatch', 'the older one goes on');
    equal(told(await call('version')), [1, 0]);
  },

  'nobody of a group is replaced in the middle of a call': async (context) => {
    const pair = await open(context);
    const newer = await context.plugin('group-server-2');
    let replaced;
    let done;
    // The call goes on after the newer build was asked for, but cannot last until it is there: so it is replaced afterwards.
    pair.act = () => {
      replaced = pair.server.replace(newer);
      done = replaced.then(() => 'replaced');
    };
    equal(told(await pair.call('act')), [0, 0]);
    equal(await done, 'replaced');
    equal(told(await pair.call('version')), [2, 0]);
  },

  'those that are started again are a group again': async (context) => {
    const { clock } = context;
    const pair = await open(context, { server: { respawn: true }, client: { respawn: true } });
    const cap = await pair.call('create');
    await refused(() => pair.call('trap'), 'trapped');
    equal([pair.client.state, pair.server.state], ['respawning', 'respawning']);
    const back = Promise.all([pair.client.returned, pair.server.returned]);
    while (clock.due.length > 0) clock.advance(clock.due[0]);
    await back;
    equal([pair.client.state, pair.server.state], ['running', 'running']);
    equal(told(await pair.call('version')), [1, 0]);
    equal(told(await pair.call('badge', cap, 1)), [0, numberOf(context, 'bad-handle')], 'what it held is gone');
    const again = await pair.call('create');
    equal(told(await pair.call('badge', again, 1)), [102, 0]);
    await refused(() => pair.call('trap'), 'trapped', 'or one of its group');
    equal([pair.client.alive, pair.server.alive], [false, false], 'together');
  },

  'a plugin is not refused for what another one of its group did': async (context) => {
    const { kernel } = context;
    const { call, client, server } = await open(context, { server: { quarantine: { failures: 1 } }, client: { quarantine: { failures: 1 } } });
    const [ofClient, ofServer] = [client.sha256, server.sha256];
    await refused(() => call('fail'), 'trapped');
    ok(kernel.quarantine.get(ofClient) !== undefined && kernel.quarantine.get(ofServer) === undefined, 'one of them');
    kernel.quarantine.lift(ofClient);
  },

  'one that traps in another one of its group while it starts ends that, too': async (context) => {
    const { kernel, plugin } = context;
    const { client, server, group } = await open(context);
    await refused(
      async () => kernel.spawn(await plugin('group-starter'), { name: 'starter', group, imports: { 'test/group@1': server } }),
      'start-trapped',
      'plugin `starter`',
    );
    equal([client.alive, server.alive], [false, false]);
  },

  'one that does not start without having called anybody ends alone': async (context) => {
    const { kernel, plugin } = context;
    const { call, group } = await open(context);
    await refused(async () => kernel.spawn(await plugin('start-traps'), { name: 'starter', group }), 'start-trapped');
    equal(told(await call('version')), [1, 0]);
  },
};
