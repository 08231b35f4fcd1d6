// What plugins try from within a trust group: it gives them nothing but each other's end.

import { attack, killed, shown, told } from './attack.mjs';

/** A client and a server of one group, and whoever is bound to the server without being of it. */
async function open(stage, { act = () => {}, server: limits = {} } = {}) {
  const group = stage.kernel.group('gang');
  const host = stage.provide('test/host@1', 'act: func()', { act });
  const server = await stage.spawn('group-server', { name: 'server', group, imports: { 'test/host@1': host }, ...limits });
  const client = await stage.spawn('group-client', { name: 'client', group, imports: { 'test/group@1': server } });
  const stranger = await stage.spawn('group-client', { name: 'stranger', imports: { 'test/group@1': server } });
  return { server, client, stranger };
}

const call = (process, name, ...values) => process.call(`test/client@1#${name}`, values);

/** The error that a call of the client told of, by its number. */
const error = (both) => Number(both >> 32n);

/** Who ends because another one of the group did. */
const withIt = (process, code) => ({ process, code, function: undefined, says: [`plugin \`${process}\` ended with its group \`gang\``] });

const beyondRange = [0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

export default [
  attack(0, 'every low number, and some high ones, as the handle of a fused call', {
    expect: shown([['bad-handle'], 4_096 + beyondRange.length]),
    async run(stage) {
      const { client } = await open(stage);
      const numbers = [...Array.from({ length: 4_096 }, (_, index) => index + 1), ...beyondRange];
      const names = new Set();
      for (const number of numbers) names.add(stage.named(error(await call(client, 'badge', number, 1))));
      return [[...names], numbers.length];
    },
  }),

  attack(0, 'a handle that was released, and one that is lent twice and released, in fused calls', {
    expect: told(['bad-handle', 'bad-handle']),
    async run(stage) {
      const { client } = await open(stage);
      const [one, two] = [await call(client, 'create'), await call(client, 'create')];
      await call(client, 'both', two, two);
      await call(client, 'release', one);
      const first = error(await call(client, 'both', two, one));
      await call(client, 'release', two);
      return [first, error(await call(client, 'both', two, two))];
    },
  }),

  attack(0, '`catch_all` around a fused call that traps', {
    expect: killed([{ process: 'client', code: 'trapped', function: 'test/client@1#catch', says: ['plugin `client`, or one of its group `gang`', 'trapped'] }, withIt('server', 'trapped')], { caller: 'trapped', says: ['plugin `client`'] }),
    run: async (stage) => call((await open(stage)).client, 'catch'),
  }),

  attack(0, 'one of a group that never returns', {
    expect: killed([{ process: 'server', code: 'deadline', function: undefined, says: ['plugin `server` ran too long'] }, withIt('client', 'deadline')], { caller: 'deadline', says: ['plugin `server` ran too long'] }),
    run: async (stage) => (await open(stage)).client.call('test/client@1#spin', [], { deadline: 40 }),
  }),

  attack(0, 'a group that ends in the middle of a call of a stranger', {
    expect: killed([{ process: 'server', code: 'trapped', function: 'test/group@1#trap', says: ['plugin `server` trapped'] }, withIt('client', 'trapped')], { told: 'trapped' }),
    run: async (stage) => error(await call((await open(stage)).stranger, 'trap')),
  }),

  attack(0, 'a stranger that comes back into one of a group which allows one call, in the middle of a fused one', {
    expect: told('busy'),
    async run(stage) {
      let again;
      const { client, stranger } = await open(stage, { act: () => void (again = call(stranger, 'version')), server: { calls: 1 } });
      await call(client, 'act');
      return error(await again);
    },
  }),
];
