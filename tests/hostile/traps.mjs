// Plugins that trap, throw and catch: entries 37 to 43 of the catalogue.

import { attack, carriedOn, killed, shown, told, wat } from './attack.mjs';
import { equal } from './stage.mjs';

const attacks = [];

const act = 'act: func()';
const acting = (stage, method) => ({ 'test/host@1': stage.provide('test/host@1', act, { act: method }) });

// 37

/**
 * Catches whatever can be caught, around everything that it does: 0 a call out; 1 unreachable; 2 recursion; 3 a load outside of memory;
 * 4 division by zero; 5 a null reference; 6 an endless loop; 7 endless tail calls. Gives 1000 if it caught something.
 */
const catcher = wat('catches-all', `
;;@ import test/host@1 act: func()
;;@ export test/catcher@1 call: func(kind: u32) -> u32
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (table 1 funcref)
  (type $nothing (func))
  (tag $exception)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $recurse (param i64) (result i64) (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func $tail (param i32) (return_call $tail (i32.add (local.get 0) (i32.const 1))))
  (func $do (param $kind i32)
    (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 (local.get $kind)))
    (call $act)
    (return))
    (unreachable))
    (drop (call $recurse (i64.const 0)))
    (return))
    (drop (i32.load (i32.const -8)))
    (return))
    (drop (i32.div_u (i32.const 1) (i32.const 0)))
    (return))
    (call_indirect (type $nothing) (i32.const 0))
    (return))
    (loop $for-ever (br $for-ever)))
    (call $tail (i32.const 0)))
    (throw $exception))
  (func (export "test/catcher@1#call") (param $kind i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (loop $again
      (try
        (do
          (try
            (do (call $do (local.get $kind)))
            (catch_all (if (i32.eq (local.get $kind) (i32.const 8)) (then (rethrow 1))) (br $again))))
        (catch_all (return (i32.const 1000)))))
    (i32.load (i32.const 8))))`);

const openCatcher = (stage, method = () => {}, options = {}) => stage.spawn(catcher, { imports: acting(stage, method), ...options });
const atCatcher = { process: 'attacker', function: 'test/catcher@1#call' };

const uncatchable = {
  unreachable: [1, 'trapped', 'trapped in'],
  'endless recursion': [2, 'overflow', 'used up the stack in'],
  'a load outside of memory': [3, 'trapped', 'trapped in'],
  'a division by zero': [4, 'trapped', 'trapped in'],
  'a null reference': [5, 'trapped', 'trapped in'],
};

for (const [what, [kind, code, says]] of Object.entries(uncatchable)) {
  attacks.push(
    attack(37, `\`catch_all\` around ${what}`, {
      expect: killed({ ...atCatcher, code, says: [says] }, { caller: 'trapped' }),
      run: async (stage) => (await openCatcher(stage)).call('test/catcher@1#call', [kind]),
    }),
  );
}

const thrown = {
  'an error': () => new Error('not so'),
  'a trap of JavaScript’s making': () => new WebAssembly.RuntimeError('unreachable'),
  nothing: () => undefined,
  'a thing without a prototype': () => Object.create(null),
  'a thing that throws when it is looked at': () => new Proxy({}, {
    get() {
      throw new Error('looked at');
    },
    getPrototypeOf() {
      throw new Error('looked at');
    },
  }),
};

for (const [what, make] of Object.entries(thrown)) {
  attacks.push(
    attack(37, `\`catch_all\` around a call of the application, which throws ${what}`, {
      expect: told('host'),
      async run(stage) {
        const process = await openCatcher(stage, () => {
          throw make();
        });
        const number = await process.call('test/catcher@1#call', [0]);
        equal(stage.failures().length, 1, 'failures');
        return number;
      },
    }),
  );
}

attacks.push(
  attack(37, '`catch_all` around a call in which the application ends the plugin', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: in the middle'] }, { caller: 'trapped' }),
    async run(stage) {
      const process = await openCatcher(stage, () => process.kill('in the middle'));
      return process.call('test/catcher@1#call', [0]);
    },
  }),
  attack(37, '`catch_all` around a call in which the application ends the plugin and throws', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: in the middle'] }, { caller: 'trapped' }),
    async run(stage) {
      const process = await openCatcher(stage, () => {
        process.kill('in the middle');
        throw new Error('and more');
      });
      try {
        return await process.call('test/catcher@1#call', [0]);
      } finally {
        equal(stage.failures().length, 1, 'failures');
      }
    },
  }),
  attack(37, '`catch_all` around a call of a plugin that traps', {
    expect: killed({ process: 'server', code: 'trapped', function: 'test/host@1#act', says: ['trapped in `test/host@1#act`'] }, { told: 'trapped' }),
    async run(stage) {
      const server = await stage.spawn(trapping, { name: 'server' });
      const process = await stage.spawn(catcher, { imports: { 'test/host@1': server } });
      return process.call('test/catcher@1#call', [0]);
    },
  }),
  attack(37, '`catch_all` around a failing call, with nowhere to be told', {
    expect: killed({ process: 'attacker', code: 'failed', function: 'call', says: ['`test/host@1#act` failed with `host`', 'it has no status word'] }, { caller: 'trapped' }),
    async run(stage) {
      const process = await stage.spawn(silentCatcher, {
        imports: acting(stage, () => {
          throw new Error('not so');
        }),
      });
      try {
        return await process.call('call');
      } finally {
        equal(stage.failures().length, 1, 'failures');
      }
    },
  }),
);

// 38

/** Throws in whatever function it is entered by. */
const thrower = wat('throws', `
;;@ export test/host@1 act: func()
;;@ export test/host@1 give: func() -> list<u8>
;;@ export test/host@1 take: func(list: list<u8>)
(module
  (memory 1)
  (tag $exception (param i32))
  (func $throw (throw $exception (i32.const 42)))
  (func (export "test/host@1#act") (call $throw))
  (func (export "test/host@1#give") (result i32) (i32.const 16))
  (func (export "cabi_post_test/host@1#give") (param i32) (call $throw))
  (func (export "test/host@1#take") (param i32 i32))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $throw) (i32.const 1024)))`);

const trapping = wat('traps', `
;;@ export test/host@1 act: func()
(module (func (export "test/host@1#act") (unreachable)))`);

const silentCatcher = wat('catches-silently', `
;;@ import test/host@1 act: func()
(module
  (import "test/host@1" "act" (func $act))
  (func (export "call") (result i32)
    (try (do (call $act)) (catch_all))
    (i32.const 5)))`);

/** Catches an exception, and throws the same one again in a later call. */
const keeper = wat('rethrows', `
;;@ import test/host@1 act: func()
;;@ export test/keeper@1 call: func() -> u32
;;@ export test/keeper@1 again: func()
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (tag $exception (param i32))
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $kept (mut i32) (i32.const 0))
  (func (export "test/keeper@1#call") (result i32)
    (try
      (do
        (call $act)
        (throw $exception (i32.const 77)))
      (catch $exception (global.set $kept)))
    (global.get $kept))
  (func (export "test/keeper@1#again")
    (try
      (do (throw $exception (global.get $kept)))
      (catch_all (call $act) (rethrow 0)))))`);

const threw = (name, process = 'attacker') => ({ process, code: 'trapped', function: `test/host@1#${name}`, says: [`threw an exception in \`test/host@1#${name}\``] });

attacks.push(
  ...['act', 'give', 'take'].map((name) =>
    attack(38, `an exception that leaves ${{ act: 'a function', give: 'what is called after a return', take: 'an allocator' }[name]}, towards the web app`, {
      expect: killed(threw(name), { caller: 'trapped' }),
      run: async (stage) => (await stage.spawn(thrower)).call(`test/host@1#${name}`, name === 'take' ? [Uint8Array.of(1)] : []),
    }),
  ),
  attack(38, 'an exception that leaves a plugin is not seen by the plugin that called', {
    expect: killed(threw('act', 'server'), { told: 'trapped' }),
    async run(stage) {
      const server = await stage.spawn(thrower, { name: 'server' });
      const process = await stage.spawn(catcher, { imports: { 'test/host@1': server } });
      return process.call('test/catcher@1#call', [0]);
    },
  }),
  attack(38, 'an exception that is caught, kept, and thrown again in a later call', {
    expect: killed({ process: 'attacker', code: 'trapped', function: 'test/keeper@1#again', says: ['threw an exception in'] }, { caller: 'trapped' }),
    async run(stage) {
      let calls = 0;
      const process = await stage.spawn(keeper, { imports: acting(stage, () => void calls++) });
      equal(await process.call('test/keeper@1#call'), 77);
      try {
        return await process.call('test/keeper@1#again');
      } finally {
        equal(calls, 2);
      }
    },
  }),
  attack(38, 'an exception that is caught within the plugin is nobody’s business', {
    expect: shown(1000),
    run: async (stage) => (await openCatcher(stage)).call('test/catcher@1#call', [8]),
  }),
  attack(38, 'a plugin’s exception thrown through the web app’s function', {
    expect: killed(threw('act', 'server'), { told: 'host' }),
    async run(stage) {
      const server = await stage.spawn(thrower, { name: 'server' });
      let inner;
      const process = await openCatcher(stage, () => {
        inner = server.call('test/host@1#act');
        inner.catch(() => {});
        throw new Error('what the server did');
      });
      const number = await process.call('test/catcher@1#call', [0]);
      equal(await inner.catch(({ code }) => code), 'trapped');
      equal(stage.failures().length, 1, 'failures');
      return number;
    },
  }),
);

// 39

const mortal = wat('mortal', `
;;@ export test/mortal@1 thing: resource(1)
;;@ export test/mortal@1 make: func() -> own<thing>
;;@ export test/mortal@1 use: func(thing: borrow<thing>) -> u32
;;@ export test/mortal@1 end: func()
;;@ export test/mortal@1 count: func() -> u32
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/mortal@1#make") (result i32) (call $create (i32.const 1) (i32.const 1)))
  (func (export "test/mortal@1#use") (param i32) (result i32) (local.get 0))
  (func (export "test/mortal@1#end") (unreachable))
  (func (export "test/mortal@1#count") (result i32) (i32.const 3))
  (func (export "test/mortal@1#[dtor]thing") (param i32) (unreachable)))`);

const mortalEnds = { process: 'attacker', code: 'trapped', function: 'test/mortal@1#end', says: ['trapped in `test/mortal@1#end`'] };

async function ended(stage) {
  const process = await stage.spawn(mortal);
  const thing = stage.hold(await process.call('test/mortal@1#make'));
  const methods = process.interface('test/mortal@1');
  await process.call('test/mortal@1#end').catch(() => {});
  return { process, thing, methods };
}

/** What is tried with a process that has trapped. */
const afterwards = {
  'its functions by name': ['dead', ({ process }) => process.call('test/mortal@1#count')],
  'its functions as methods': ['dead', ({ methods }) => methods.count()],
  'its objects': ['dead', ({ methods, thing }) => methods.use(thing)],
  'a function that it has not': ['dead', ({ process }) => process.call('nothing')],
  'replacing it': ['dead', ({ process }, stage) => stage.bytes(mortal).then((bytes) => process.replace(bytes))],
  'granting it to another plugin': ['dead', ({ process }, stage) => stage.spawn(user, { imports: { 'test/mortal@1': process } })],
};

const user = wat('mortal-user', `
;;@ import test/mortal@1 count: func() -> u32
;;@ export test/user@1 call: func() -> tuple<u32, u32>
(module
  (import "test/mortal@1" "count" (func $count (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/user@1#call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (i32.store (i32.const 16) (call $count))
    (i32.store (i32.const 20) (i32.load (i32.const 8)))
    (i32.const 16)))`);

for (const [what, [code, action]] of Object.entries(afterwards)) {
  const says = what.startsWith('granting') ? ['the process granted as provider of `test/mortal@1` is dead'] : undefined;
  attacks.push(attack(39, what, { expect: killed(mortalEnds, { caller: code, says }), run: async (stage) => action(await ended(stage), stage) }));
}

attacks.push(
  attack(39, 'its functions by a plugin that was connected before', {
    expect: killed(mortalEnds, { gives: [[3, 0], [0, 'dead'], [0, 'dead']] }),
    async run(stage) {
      const process = await stage.spawn(mortal);
      const asking = await stage.spawn(user, { name: 'user', imports: { 'test/mortal@1': process } });
      const ask = async () => {
        const [value, code] = await asking.call('test/user@1#call');
        return [value, code === 0 ? 0 : stage.named(code)];
      };
      const before = await ask();
      await process.call('test/mortal@1#end').catch(() => {});
      return [before, await ask(), await ask()];
    },
  }),
  attack(39, 'its destructors do not run', {
    expect: killed(mortalEnds, { gives: [false, 0, 'dead'] }),
    async run(stage) {
      const { process, thing, methods } = await ended(stage);
      thing.release();
      return [thing.alive, process.memoryBytes, await methods.count().catch(({ code }) => code)];
    },
  }),
);

// 40

/** Ends when the depth is used up, in one of several ways; otherwise hands the call on. */
const link = wat('chain-link', `
;;@ import test/link@1 call: func(depth: u32, way: u32) -> u32
;;@ export test/link@1 call: func(depth: u32, way: u32) -> u32
(module
  (import "test/link@1" "call" (func $call (param i32 i32) (result i32)))
  (memory 1)
  (tag $exception)
  (global (export "portcullis_status") i32 (i32.const 8))
  (global $served (mut i32) (i32.const 0))
  (func $recurse (param i64) (result i64) (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func (export "served") (result i32) (global.get $served))
  ;; What the next one gives, or 100 and the number of the error that came of it.
  (func (export "test/link@1#call") (param $depth i32) (param $way i32) (result i32)
    (local $value i32)
    (global.set $served (i32.add (global.get $served) (i32.const 1)))
    (if (i32.eqz (local.get $depth))
      (then
        (if (i32.eq (local.get $way) (i32.const 0)) (then (unreachable)))
        (if (i32.eq (local.get $way) (i32.const 1)) (then (drop (call $recurse (i64.const 0)))))
        (if (i32.eq (local.get $way) (i32.const 2)) (then (throw $exception)))
        (drop (i32.load (i32.const -4)))))
    (i32.store (i32.const 8) (i32.const 0))
    (local.set $value (call $call (i32.sub (local.get $depth) (i32.const 1)) (local.get $way)))
    (if (i32.load (i32.const 8))
      (then (return (i32.add (i32.const 100) (i32.load (i32.const 8))))))
    (local.get $value)))`);

/** So many processes, each bound to the next; the last one to the application. */
async function chain(stage, length, last = () => 7) {
  let provider = stage.provide('test/link@1', 'call: func(depth: u32, way: u32) -> u32', { call: last });
  const compiled = await stage.compile(link);
  const links = [];
  for (let index = length - 1; index >= 0; index--) {
    provider = await stage.spawn(compiled, { name: `link ${index}`, imports: { 'test/link@1': provider } });
    links.unshift(provider);
  }
  return links;
}

const ways = { unreachable: 'trapped', 'endless recursion': 'overflow', 'an exception': 'trapped', 'a load outside of memory': 'trapped' };

for (const [way, [what, code]] of Object.entries(ways).entries()) {
  attacks.push(
    attack(40, `C ends by ${what}: B is told, A goes on`, {
      expect: killed({ process: 'link 2', code, function: 'test/link@1#call' }, { gives: [['link 0 and link 1 are', true, true], 'trapped', 'dead', [2, 2]] }),
      async run(stage) {
        const links = await chain(stage, 3);
        const first = (await links[0].call('test/link@1#call', [2, way])) - 100;
        const second = (await links[0].call('test/link@1#call', [2, way])) - 100;
        const served = [await links[0].call('served'), await links[1].call('served')];
        return [['link 0 and link 1 are', links[0].alive, links[1].alive], stage.named(first), stage.named(second), served];
      },
    }),
    attack(40, `B ends by ${what}: A is told, C goes on`, {
      expect: killed({ process: 'link 1', code, function: 'test/link@1#call' }, { gives: ['trapped', 0] }),
      async run(stage) {
        const links = await chain(stage, 3);
        const number = (await links[0].call('test/link@1#call', [1, way])) - 100;
        return [stage.named(number), await links[2].call('served')];
      },
    }),
  );
}

// 41

for (const [what, options, expected] of [
  ['allowed', {}, [4242, 'no error', 'no error']],
  ['refused where one call at a time is allowed', { calls: 1 }, [0, 'no error', 'busy']],
]) {
  attacks.push(
    attack(41, `a plugin that is called back through another one: ${what}`, {
      expect: expected[2] === 'busy' ? shown(expected) : carriedOn(expected),
      async run(stage) {
        const dispatcher = await stage.spawn('dispatcher', { name: 'dispatcher', imports: { 'test/counter@1': 'object' } });
        const process = await stage.spawn('re-enterer', { imports: { 'test/dispatcher@1': dispatcher }, ...options });
        const [value, code, theirs] = await process.call('test/re-enterer@1#run');
        return [value, stage.named(code), stage.named(theirs)];
      },
    }),
  );
}

for (const depth of [1, 2, 40]) {
  attacks.push(
    attack(41, `a plugin that is called back by the application, ${depth} deep`, {
      expect: carriedOn([1, depth + 1]),
      async run(stage) {
        let left = depth;
        const links = await chain(stage, 1, (next, way) => {
          if (left-- > 0) links[0].call('test/link@1#call', [next, way]).catch(() => {});
          return 1;
        });
        return [await links[0].call('test/link@1#call', [1_000, 0]), await links[0].call('served')];
      },
    }),
  );
}

attacks.push(
  attack(41, 'a plugin that is called back without end', {
    expect: shown(['busy', 64]),
    async run(stage) {
      const codes = [];
      const links = await chain(stage, 1, (next, way) => {
        links[0].call('test/link@1#call', [next, way]).catch(({ code }) => codes.push(code));
        return 1;
      });
      equal(await links[0].call('test/link@1#call', [1_000, 0]), 1);
      // Rejections are told when the call is over.
      await Promise.resolve();
      return [codes.join(), await links[0].call('served')];
    },
  }),
);

// 42

for (let depth = 1; depth <= 16; depth++) {
  attacks.push(
    attack(42, `${depth} deep`, {
      expect: killed({ process: `link ${depth}`, code: 'trapped', function: 'test/link@1#call' }, { gives: ['trapped', 'dead'] }),
      async run(stage) {
        const links = await chain(stage, 17);
        equal(await links[0].call('test/link@1#call', [100, 0]), 7, 'the whole chain');
        const first = (await links[0].call('test/link@1#call', [depth, 0])) - 100;
        equal(links.map(({ alive }) => alive), links.map((_, index) => index !== depth), 'who is alive');
        return [stage.named(first), stage.named((await links[0].call('test/link@1#call', [100, 0])) - 100)];
      },
    }),
  );
}

// 43

/** Asks the application for a value of every type; gives the error. */
const asked = {
  number: ['u8', '(result i32)', '(drop (call $ask))'],
  flag: ['bool', '(result i32)', '(drop (call $ask))'],
  character: ['char', '(result i32)', '(drop (call $ask))'],
  long: ['u64', '(result i64)', '(drop (call $ask))'],
  text: ['string', '(param i32)', '(call $ask (i32.const 64))'],
  list: ['list<u16>', '(param i32)', '(call $ask (i32.const 64))'],
  thing: ['own<thing>', '(result i32)', '(drop (call $ask))'],
  both: ['tuple<u8, string>', '(param i32)', '(call $ask (i32.const 64))'],
  nothing: ['', '', '(call $ask)'],
};

const askers = Object.fromEntries(
  Object.entries(asked).map(([kind, [type, core, call]]) => [
    kind,
    wat(`asks-${kind}`, `
;;@ import test/host@1 ask: func()${type === '' ? '' : ` -> ${type}`}
(module
  (import "test/host@1" "ask" (func $ask ${core}))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    ${call}
    (i32.load (i32.const 8))))`),
  ]),
);

/** What the application's function gives instead, by the type that it should be. */
const wrongAnswers = [
  ['number', 'a number that is too large', () => 256],
  ['number', 'a text', () => '7'],
  ['number', 'nothing', () => undefined],
  ['number', 'a fraction', () => 1.5],
  ['number', 'a bigint', () => 7n],
  ['number', 'something that turns into a number when it is looked at', () => ({ valueOf: () => 7 })],
  ['flag', 'a number', () => 1],
  ['character', 'two characters', () => 'ab'],
  ['character', 'half a surrogate pair', () => '\ud800'],
  ['long', 'a number', () => 7],
  ['long', 'a number that is too large', () => 2n ** 64n],
  ['text', 'a number', () => 7],
  ['list', 'an array of another type', () => new Uint32Array(2)],
  ['list', 'an array with a wrong element', () => [1, 70_000]],
  ['thing', 'nothing', () => null],
  ['thing', 'a number', () => 1],
  ['both', 'one value for two', () => [1]],
  ['both', 'a wrong second value', () => [1, 2]],
  ['both', 'no array', () => 'ab'],
  ['nothing', 'a promise', async () => {}],
  ['nothing', 'a promise that never settles', () => new Promise(() => {})],
  ['number', 'something that can be waited for', () => ({ then() {} })],
  ['number', 'a promise of the right value', async () => 7],
  ['nothing', 'an exception', () => {
    throw new Error('not so');
  }],
  ['text', 'an exception', () => {
    throw new Error('not so');
  }],
];

for (const [kind, what, ask] of wrongAnswers) {
  attacks.push(
    attack(43, `${what} where ${asked[kind][0] || 'nothing'} is due`, {
      expect: told('host'),
      async run(stage) {
        const provided = stage.provide('test/host@1', `ask: func()${asked[kind][0] === '' ? '' : ` -> ${asked[kind][0]}`}`, { ask });
        const process = await stage.spawn(askers[kind], { imports: { 'test/host@1': provided } });
        const number = await process.call('call');
        const failures = stage.failures();
        equal(failures.map(({ label }) => label), ['test/host@1#ask'], 'who failed');
        return number;
      },
    }),
  );
}

attacks.push(
  attack(43, 'a list whose elements call the plugin when they are looked at', {
    expect: told('host'),
    async run(stage) {
      let process;
      const inner = [];
      const list = new Proxy([1, 2, 3], {
        get(target, key) {
          if (inner.length < 5) inner.push(process.call('call').catch(() => {}));
          return Reflect.get(target, key);
        },
      });
      const provided = stage.provide('test/host@1', 'ask: func() -> list<u16>', { ask: () => (inner.length < 5 ? list : 'no list') });
      process = await stage.spawn(askers.list, { imports: { 'test/host@1': provided } });
      const number = await process.call('call');
      await Promise.all(inner);
      stage.failures();
      return stage.named(number) === 'no error' ? stage.number('host') : number;
    },
  }),
  attack(43, 'a handle that was released before', {
    expect: told('host'),
    async run(stage) {
      const { counters } = await stage.server();
      const counter = await counters.create(1);
      counter.release();
      const provided = stage.provide('test/host@1', 'act: func() -> tuple<own<test/counter@1.counter>, u8>', { act: () => [counter, 1] });
      const process = await stage.spawn('pair-taker', { imports: { 'test/host@1': provided } });
      const number = await process.call('test/caller@1#call');
      equal(stage.failures().length, 1);
      return number;
    },
  }),
  attack(43, 'a function that ends the kernel’s other processes', {
    expect: killed({ process: 'server', code: 'killed', function: undefined, says: ['was stopped: by a function of the application'] }, { gives: 0 }),
    async run(stage) {
      const { process: server } = await stage.server();
      const provided = stage.provide('test/host@1', 'ask: func()', { ask: () => server.kill('by a function of the application') });
      const process = await stage.spawn(askers.nothing, { imports: { 'test/host@1': provided } });
      return process.call('call');
    },
  }),
);

export default attacks;
