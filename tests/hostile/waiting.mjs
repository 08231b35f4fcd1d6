// Plugins that wait for what a function of the application promises: of entry 43 what is never settled, and entry 48. In an engine
// that cannot suspend a plugin there is nothing to enter again: there it is told `cannot-wait`, and what is left of the case is done.

import { attack, carriedOn, killed, told, wat } from './attack.mjs';
import { equal, ok } from './stage.mjs';

/** Asks, and gives the error; asks for ever; asks with everything caught around it. */
const asker = wat('asks-slowly', `
;;@ import test/host@1 ask: func(text: string) -> string
;;@ export test/asker@1 ask: func(text: string) -> u32
;;@ export test/asker@1 for-ever: func(text: string)
;;@ export test/asker@1 caught: func(text: string) -> u32
;;@ export test/asker@1 spin: func(text: string)
(module
  (import "test/host@1" "ask" (func $ask (param i32 i32 i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $once (param i32 i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (call $ask (local.get 0) (local.get 1) (i32.const 64))
    (i32.load (i32.const 8)))
  (func (export "test/asker@1#ask") (param i32 i32) (result i32)
    (call $once (local.get 0) (local.get 1)))
  (func (export "test/asker@1#for-ever") (param i32 i32)
    (loop $again
      (drop (call $once (local.get 0) (local.get 1)))
      (br $again)))
  (func (export "test/asker@1#caught") (param i32 i32) (result i32)
    (loop $again
      (try
        (do (drop (call $once (local.get 0) (local.get 1))))
        (catch_all))
      (br $again))
    (unreachable))
  (func (export "test/asker@1#spin") (param i32 i32)
    (drop (call $once (local.get 0) (local.get 1)))
    (loop $again (br $again)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))`);

/** Asks a plugin that may be suspended. */
const relayer = wat('asks-a-plugin', `
;;@ import test/asker@1 ask: func(text: string) -> u32
(module
  (import "test/asker@1" "ask" (func $ask (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "call") (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (drop (call $ask (i32.const 0) (i32.const 5000)))
    (i32.load (i32.const 8))))`);

const TEXT = 'x'.repeat(9_000);

/** A process of the asker, and what it asked: `{ resolve, reject, signal }`. */
async function open(stage, options = {}) {
  const asked = [];
  const ask = (_text, signal) => new Promise((resolve, reject) => asked.push({ resolve, reject, signal }));
  const provided = stage.provide('test/host@1', 'ask: async func(text: string) -> string', { ask });
  const process = await stage.spawn(asker, { imports: { 'test/host@1': provided }, ...options });
  const call = (name, given = {}) => process.call(`test/asker@1#${name}`, [TEXT], given);
  return { process, asked, call, suspends: stage.kernel.features.waiting };
}

/** Nothing of a suspended call is left. */
function nothingIsLeft(stage) {
  const { suspendable, content, transfers } = stage.kernel.usage();
  equal([suspendable.used, content.used, transfers.used], [0, 0, 0], 'suspended calls, content, transfers');
}

const attacks = [
  attack(43, 'a promise that is never settled, until the deadline', {
    expect: told('cancelled'),
    async run(stage) {
      const { asked, call, suspends } = await open(stage);
      const number = await call('ask', { deadline: 30 });
      if (!suspends) equal([asked.length, stage.named(number)], [0, 'cannot-wait']);
      else ok(asked[0].signal.aborted, 'the function was told');
      // Too late, and of no effect.
      for (const { resolve } of asked) resolve(TEXT);
      nothingIsLeft(stage);
      return suspends ? number : stage.number('cancelled');
    },
  }),

  attack(43, 'a plugin that asks again and again for what is never settled', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/asker@1#for-ever' }, { caller: 'deadline' }),
    async run(stage) {
      const { asked, call, suspends } = await open(stage);
      try {
        return await call('for-ever', { deadline: 30 });
      } finally {
        equal(asked.length, suspends ? 1 : 0, 'how often the function was called');
        nothingIsLeft(stage);
      }
    },
  }),

  attack(43, 'a plugin that loops when the waiting is over', {
    expect: killed({ process: 'attacker', code: 'deadline', function: 'test/asker@1#spin' }, { caller: 'deadline' }),
    run: async (stage) => (await open(stage)).call('spin', { deadline: 30 }),
  }),

  attack(43, 'a promise that gives something else, a while later', {
    expect: told('host'),
    async run(stage) {
      const { asked, call, suspends } = await open(stage);
      const called = call('ask');
      asked[0]?.resolve(7);
      const number = await called;
      equal(stage.failures().map(({ label }) => label), suspends ? ['test/host@1#ask'] : []);
      nothingIsLeft(stage);
      return suspends ? number : stage.number('host');
    },
  }),

  attack(43, 'something whose `then` throws, calls twice, and calls the plugin', {
    expect: carriedOn('it goes on'),
    async run(stage) {
      const inner = [];
      let process;
      const answers = [
        {
          get then() {
            throw new Error('not so');
          },
        },
        {
          then(resolve, reject) {
            resolve('once');
            resolve('twice');
            reject(new Error('thrice'));
            throw new Error('and again');
          },
        },
        {
          then(resolve) {
            inner.push(process.call('test/asker@1#ask', [TEXT]).catch((error) => error.code));
            resolve('called');
          },
        },
      ];
      let next = 0;
      const provided = stage.provide('test/host@1', 'ask: async func(text: string) -> string', { ask: () => answers[next++] ?? 'at once' });
      process = await stage.spawn(asker, { imports: { 'test/host@1': provided } });
      const numbers = [];
      for (let round = 0; round < answers.length; round++) numbers.push(stage.named(await process.call('test/asker@1#ask', [TEXT])));
      const refused = await Promise.all(inner);
      stage.failures();
      if (stage.kernel.features.waiting) equal([numbers, refused], [['host', 'no error', 'no error'], ['busy']]);
      nothingIsLeft(stage);
      return 'it goes on';
    },
  }),

  attack(48, 'calls of the application to a plugin that is suspended', {
    expect: told('busy'),
    async run(stage) {
      const { asked, call, suspends } = await open(stage);
      const called = call('ask');
      const codes = await Promise.all(Array.from({ length: 200 }, () => call('ask').then((number) => stage.named(number), (error) => error.code)));
      equal([...new Set(codes)], [suspends ? 'busy' : 'cannot-wait']);
      asked[0]?.resolve(TEXT);
      await called;
      equal(asked.length, suspends ? 1 : 0);
      nothingIsLeft(stage);
      return stage.number('busy');
    },
  }),

  attack(48, 'calls of another plugin to one that is suspended', {
    expect: told('busy'),
    async run(stage) {
      const { process, asked, call, suspends } = await open(stage);
      const relay = await stage.spawn(
        relayer,
        { name: 'relay', imports: { 'test/asker@1': process } },
      );
      const called = call('ask');
      const number = await relay.call('call');
      asked[0]?.resolve(TEXT);
      equal(stage.named(await called), suspends ? 'no error' : 'cannot-wait');
      nothingIsLeft(stage);
      return suspends ? number : stage.number('busy');
    },
  }),

  attack(48, 'a suspended plugin is killed, and what it waited for comes', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: while it waited'] }, { gives: 'over' }),
    async run(stage) {
      const { process, asked, call, suspends } = await open(stage);
      const called = call('ask').then(() => 'told', (error) => error.code);
      process.kill('while it waited');
      for (const { resolve } of asked) resolve(TEXT);
      equal(await called, suspends ? 'trapped' : 'told');
      nothingIsLeft(stage);
      return 'over';
    },
  }),

  attack(48, 'a suspended plugin that catches everything is killed', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped: while it waited'] }, { gives: 'over' }),
    async run(stage) {
      const { process, asked, call, suspends } = await open(stage);
      // Where nothing waits, it would loop.
      const called = suspends ? call('caught').catch((error) => error.code) : Promise.resolve('trapped');
      process.kill('while it waited');
      equal(await called, 'trapped');
      equal(asked.length, suspends ? 1 : 0, 'it did not ask again');
      nothingIsLeft(stage);
      return 'over';
    },
  }),

  attack(48, 'a function that kills the plugin and then lets it wait', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined }, { gives: 'over' }),
    async run(stage) {
      let process;
      const ask = () => {
        process.kill();
        return new Promise(() => {});
      };
      const provided = stage.provide('test/host@1', 'ask: async func(text: string) -> string', { ask });
      process = await stage.spawn(asker, { imports: { 'test/host@1': provided } });
      const code = await process.call('test/asker@1#ask', [TEXT]).then((number) => stage.named(number), (error) => error.code);
      if (!stage.kernel.features.waiting) {
        equal(code, 'cannot-wait');
        process.kill();
      } else equal(code, 'trapped');
      nothingIsLeft(stage);
      return 'over';
    },
  }),

  attack(48, 'many suspended plugins are killed in the middle of each other', {
    expect: carriedOn('over'),
    async run(stage) {
      const compiled = await stage.compile(asker);
      const asked = [];
      const provided = stage.provide('test/host@1', 'ask: async func(text: string) -> string', { ask: () => new Promise((resolve) => asked.push(resolve)) });
      const all = [];
      for (let index = 0; index < 12; index++) all.push(await stage.spawn(compiled, { name: `attacker ${index}`, imports: { 'test/host@1': provided } }));
      for (const process of all) stage.setAside.add(process);
      const calls = all.map((process) => process.call('test/asker@1#ask', [TEXT]).catch((error) => error.code));
      for (const [index, process] of all.entries()) {
        if (index % 3 === 0) process.kill();
        else if (index % 3 === 1) asked[index]?.(TEXT);
        else {
          asked[index]?.(TEXT);
          await null;
          process.kill();
        }
      }
      await Promise.all(calls);
      for (const process of all) process.kill();
      stage.processes.splice(0);
      nothingIsLeft(stage);
      return 'over';
    },
  }),
];

export default attacks;
