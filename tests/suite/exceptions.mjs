// Exceptions of both generations, which plugins may use: they come out metered as they do unmetered and by themselves, and
// nothing that ends a plugin can be caught by it. Where an engine lacks a generation, its modules are refused.

import { equal, ok, refused } from './assert.mjs';
import { flat } from './flat.mjs';
import { besideANeighbour } from './neighbour.mjs';

/** What the types are used for is said where they are used. */
const types = [
  [['i32'], ['i32']],
  [[], []],
  [['i32'], []],
  [['i32', 'i32'], ['i32']],
  [['i32', 'i64', 'f32', 'f64', 'v128', 'funcref', 'externref'], []],
  [[], ['i32']],
];
/** With a number; with nothing; with a value of every type. */
const tags = [2, 1, 4];

const legacy = flat({ types, tags, functions: [{ name: 'f', type: 1, code: 'try void; throw 1; catch_all; end' }] });
const second = flat({ types, tags, functions: [{ name: 'f', type: 1, code: 'block void; try_table void catch_all 0; throw 1; end; end' }] });
/** The generations, and whether this engine has them. */
const has = { legacy: WebAssembly.validate(legacy), second: WebAssembly.validate(second) };

/** What a function calls that goes wrong in the way that the last two bits of its argument say; with 0 it gives 100. */
const throws = {
  name: 'throws',
  type: 0,
  hidden: true,
  code: `local.get 0; i32.const 3; i32.and; i32.const 1; i32.eq; if void; local.get 0; throw 0; end;
    local.get 0; i32.const 3; i32.and; i32.const 2; i32.eq; if void; throw 1; end;
    local.get 0; i32.const 3; i32.and; i32.const 3; i32.eq; if void;
      local.get 0; local.get 0; i64.extend_i32_u; local.get 0; f32.convert_i32_u; local.get 0; f64.convert_i32_u;
      local.get 0; i32x4.splat; ref.null funcref; ref.null externref; throw 2; end;
    i32.const 100`,
};
/** Makes one number of a payload of every type. Local 1 is changed. */
const sum = `ref.is_null; local.set 1; ref.is_null; local.get 1; i32.add; local.set 1; i32x4.extract_lane 2; local.get 1; i32.add; local.set 1;
  i32.trunc_f64_s; local.get 1; i32.add; local.set 1; i32.trunc_f32_s; local.get 1; i32.add; local.set 1;
  i32.wrap_i64; local.get 1; i32.add; i32.add`;

/** Has a loop in which nothing is called, then throws what came of it. */
const computes = {
  name: 'computes',
  type: 0,
  hidden: true,
  locals: ['i32'],
  code: `local.get 0; i32.const 3; i32.add; local.set 0;
    loop void; local.get 1; i32.const 3; i32.mul; local.get 0; i32.add; local.set 1;
      local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end;
    local.get 1; throw 0`,
};
/** As before, and throws from within the loop. */
const stops = {
  name: 'stops',
  type: 0,
  hidden: true,
  locals: ['i32'],
  code: `local.get 0; i32.const 1; i32.add; local.set 0;
    loop void; local.get 1; i32.const 5; i32.mul; local.get 0; i32.add; local.set 1;
      local.get 0; i32.const 2; i32.eq; if void; local.get 1; throw 0; end;
      local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end;
    local.get 1`,
};

/** Adds to local 1, which counts where control came past. */
const mark = (amount) => `local.get 1; i32.const ${amount}; i32.add; local.set 1`;
/** Ends a function that went around often enough. */
const enough = 'local.get 1; i32.const 600; i32.ge_u; if void; local.get 1; return; end';

/** A branch of some kind, with a value if it is to the function's own label. */
function branch(kind, label, outermost) {
  const value = label === outermost ? 'local.get 1;' : '';
  if (kind === 'br') return `${value} br ${label}`;
  return `${value} local.get 0; i32.const 1; i32.and; br_if ${label}; ${value === '' ? '' : 'drop'}`;
}

/**
 * Functions that branch to every label out of four blocks and, if wanted, a loop in which nothing is called.
 *
 * @param {string} begin what begins the innermost block
 * @param {string} clause what stands before its end
 * @param {string} [after] what the function ends with
 */
function* branches(prefix, begin, clause, after = 'local.get 1') {
  for (const kind of ['br', 'br_if', 'table']) {
    for (const inLoop of [false, true]) {
      for (const label of kind === 'table' ? [0] : [0, 1, 2, 3, 4]) {
        const deeper = inLoop ? 1 : 0;
        const all = [0, 1, 2, 3].map((to) => to + deeper).join(' ');
        const leave = kind === 'table' ? `local.get 0; br_table ${all} ${1 + deeper}` : branch(kind, label + deeper, 4 + deeper);
        const inner = inLoop ? `loop void; ${mark(3)}; ${enough}; ${leave}; end` : leave;
        yield {
          name: `${prefix}-${kind}-${label}${inLoop ? '-loop' : ''}`,
          type: 0,
          locals: ['i32'],
          code: `block void; loop void; ${mark(1)}; ${enough}; block void; ${begin}; ${inner}; ${clause}; end; ${mark(10)}; end; ${mark(100)};
            end; ${mark(1000)}; end; ${mark(10_000)}; ${after}`,
        };
      }
    }
  }
}

/** Branches with a value through blocks with parameters and results, to every label with `br_table`. */
const carrying = (name, begin, clause) => ({
  name,
  type: 0,
  locals: ['i32'],
  code: `local.get 0; block 0; loop 0; ${mark(1)}; ${enough}; block 0; ${begin}; i32.const 7; i32.add; local.get 0; br_table 0 1 2 3 4 0; ${clause}; end;
    i32.const 10; i32.add; end; i32.const 100; i32.add; end; i32.const 1000; i32.add; end; local.get 1; i32.add`,
});

/** Calls a function and catches a number of it. */
const catching = { legacy: (name) => `try i32; local.get 0; call $${name}; catch 0; i32.const 1; i32.add; end`, second: (name) => `block i32; try_table i32 catch 0 0; local.get 0; call $${name}; end; end` };

/** Functions that throw and have loops with their refill outside, and what catches them. */
function* outside(generation) {
  for (const inner of branches('inner', 'block void', 'nop', 'local.get 1; throw 0')) {
    yield { ...inner, hidden: true };
    yield { name: inner.name.replace('inner', 'throwing'), type: 0, code: catching[generation](inner.name) };
  }
  for (const { name } of [computes, stops]) yield { name: `catch-${name}`, type: 0, code: catching[generation](name) };
}

const legacyFunctions = [
  throws,
  computes,
  stops,
  { name: 'same', type: 0, code: 'try i32; local.get 0; throw 0; catch 0; i32.const 1; i32.add; end' },
  { name: 'uncaught', type: 0, code: 'local.get 0; call $throws' },
  { name: 'payloads', type: 0, locals: ['i32'], code: `try i32; local.get 0; call $throws; catch 0; i32.const 1000; i32.add; catch 1; i32.const 2000; catch 2; ${sum}; end` },
  { name: 'some', type: 0, code: 'try i32; local.get 0; call $throws; catch 1; i32.const 2000; end' },
  { name: 'all', type: 0, code: 'try i32; local.get 0; call $throws; catch_all; i32.const 3000; end' },
  { name: 'indirect', type: 0, code: 'try i32; local.get 0; i32.const 0; call_indirect 0; catch_all; i32.const 3000; end' },
  {
    name: 'rethrow',
    type: 0,
    code: `try i32; try i32; local.get 0; call $throws; catch 0; i32.const 5; i32.add; local.set 0; rethrow 0; catch_all; rethrow 0; end;
      catch 0; local.get 0; i32.add; catch_all; i32.const 4000; end`,
  },
  {
    name: 'rethrow-outer',
    type: 0,
    code: `try i32; try i32; throw 1; catch_all; try i32; local.get 0; throw 0; catch 0; block void; rethrow 2; end; end; end;
      catch 0; catch 1; i32.const 7; end`,
  },
  // WebKit takes no `delegate` to a block or a loop: to the two blocks that are a `try`, and out of the function.
  ...[1, 3, 4].map((depth) => ({
    name: `delegate-${depth}`,
    type: 0,
    locals: ['i32'],
    code: `try i32; loop i32; ${mark(1)}; ${enough}; try i32; block i32; try i32; local.get 0; call $throws; delegate ${depth}; end;
      catch_all; i32.const 40; end; i32.const 1; i32.add; end; catch 0; i32.const 50; i32.add; catch_all; i32.const 60; end; local.get 1; i32.add`,
  })),
  { name: 'parameters', type: 0, code: 'local.get 0; i32.const 7; try 3; i32.add; call $throws; catch 0; i32.const 9; i32.mul; catch_all; i32.const 8; end' },
  {
    name: 'try-in-loop',
    type: 0,
    locals: ['i32', 'i32'],
    code: `loop void; try void; local.get 2; local.get 0; i32.add; call $throws; local.get 1; i32.add; local.set 1;
      catch 0; local.get 1; i32.const 31; i32.mul; i32.add; local.set 1; catch_all; ${mark(77)}; end;
      local.get 2; i32.const 1; i32.add; local.tee 2; i32.const 12; i32.ge_u; i32.eqz; br_if 0; end; local.get 1`,
  },
  {
    name: 'loop-in-try',
    type: 0,
    locals: ['i32'],
    code: `try i32; loop void; ${mark(3)}; ${enough}; local.get 1; local.get 0; i32.add; i32.const 255; i32.ge_u; if void; local.get 1; throw 0; end; br 0; end; i32.const 1;
      catch 0; local.set 1; loop void; ${mark(50)}; ${enough}; br 0; end; i32.const 2; end`,
  },
  { name: 'fill', type: 0, code: 'try void; local.get 0; call $throws; drop; catch_all; i32.const 0; local.get 0; i32.const 60000; memory.fill; end; local.get 0' },
  { name: 'tail', type: 0, hidden: true, code: 'try i32; local.get 0; return_call $throws; catch_all; i32.const 5; end' },
  { name: 'catch-tail', type: 0, code: 'try i32; local.get 0; call $tail; catch_all; i32.const 6; end' },
  {
    name: 'recursion',
    type: 0,
    code: `local.get 0; i32.eqz; if void; i32.const 1; throw 0; end;
      try i32; local.get 0; i32.const 1; i32.sub; call $recursion; catch 0; i32.const 3; i32.mul; throw 0; end`,
  },
  { name: 'catch-recursion', type: 0, code: 'try i32; local.get 0; call $recursion; catch 0; end' },
  ...branches('try', 'try void', 'catch_all'),
  ...branches('catch', 'try void; throw 1; catch_all', 'nop'),
  carrying('carry-try', 'try 0', 'catch_all; i32.const 5'),
  carrying('carry-catch', 'try 0; throw 0; catch 0', 'nop'),
  ...outside('legacy'),
];

/** What the clauses of `try_table` give to their labels: the values, what stands for them, and what makes a number of them. */
const caught = {
  catch: { tag: '0', gives: 6, values: ['i32'], instead: 'i32.const 77', number: '' },
  catch_ref: { tag: '0', gives: 7, values: ['i32', 'exnref'], instead: 'i32.const 77; ref.null exnref', number: 'ref.is_null; i32.add' },
  catch_all: { tag: '', gives: 8, values: [], instead: '', number: 'i32.const 5' },
  catch_all_ref: { tag: '', gives: 9, values: ['exnref'], instead: 'ref.null exnref', number: 'ref.is_null' },
};
/** Those above; `func(i32)` to what each clause gives; what each clause gives from nothing, and to itself. */
const secondTypes = [
  ...types,
  ...Object.values(caught).map(({ values }) => [['i32'], values]),
  ...Object.values(caught).map(({ values }) => [[], values]),
  ...Object.values(caught).map(({ values }) => [values, values]),
  [[], types[4][0]],
];
const markGlobal = (amount) => `global.get 0; i32.const ${amount}; i32.add; global.set 0`;

/** Functions whose clauses have every label around them: two blocks, a loop, another block, and the function. */
function* targets() {
  for (const [clause, { tag, gives, instead, number }] of Object.entries(caught)) {
    const [block, loop] = [gives + 4, gives + 8];
    for (const label of [0, 1, 2, 3, 4]) {
      const name = `${clause}-${label}`;
      yield {
        name: `inner-${name}`,
        type: gives,
        hidden: true,
        code: `block ${block}; ${instead}; loop ${loop}; ${markGlobal(1)}; global.get 0; i32.const 600; i32.ge_u; if void; ${instead}; return; end;
          block ${loop}; block ${loop}; try_table ${loop} ${clause} ${tag} ${label}; local.get 0; call $throws; drop; end; ${markGlobal(10)}; end;
          ${markGlobal(20)}; end; ${markGlobal(100)}; end; ${markGlobal(1000)}; end; ${markGlobal(10_000)}`,
      };
      yield {
        name,
        type: 0,
        code: `i32.const 0; global.set 0; block void; try_table void catch_all 0; local.get 0; call $inner-${name}; ${number}; global.get 0; i32.add; return; end; end; i32.const 9; global.get 0; i32.add`,
      };
    }
  }
}

const secondFunctions = [
  throws,
  computes,
  stops,
  { name: 'same', type: 0, code: 'block i32; try_table i32 catch 0 0; local.get 0; throw 0; end; end; i32.const 1; i32.add' },
  { name: 'uncaught', type: 0, code: 'local.get 0; call $throws' },
  { name: 'payloads', type: 0, locals: ['i32'], code: `block 18; try_table void catch 2 0; local.get 0; call $throws; return; end; i32.const 1; return; end; ${sum}` },
  { name: 'order', type: 0, code: 'block void; block i32; try_table i32 catch 0 0 catch_all 1; local.get 0; call $throws; end; end; return; end; i32.const 3000' },
  { name: 'indirect', type: 0, code: 'block void; try_table void catch_all 0; local.get 0; i32.const 0; call_indirect 0; return; end; end; i32.const 3000' },
  {
    name: 'throw-ref',
    type: 0,
    code: `block void; block i32; try_table i32 catch 0 0 catch_all 1; block exnref; try_table i32 catch_all_ref 0; local.get 0; call $throws; end;
      return; end; throw_ref; end; end; i32.const 11; i32.add; return; end; i32.const 4000`,
  },
  { name: 'parameters', type: 0, code: 'block i32; local.get 0; i32.const 7; try_table 3 catch 0 0; i32.add; call $throws; end; end' },
  {
    name: 'try-in-loop',
    type: 0,
    locals: ['i32', 'i32'],
    code: `loop void; block void; block i32; try_table void catch 0 0 catch_all 1; local.get 2; local.get 0; i32.add; call $throws; local.get 1; i32.add; local.set 1; end; i32.const 4; end;
      local.get 1; i32.const 31; i32.mul; i32.add; local.set 1; end;
      local.get 2; i32.const 1; i32.add; local.tee 2; i32.const 12; i32.ge_u; i32.eqz; br_if 0; end; local.get 1`,
  },
  { name: 'tail', type: 0, hidden: true, code: 'block void; try_table void catch_all 0; local.get 0; return_call $throws; end; end; i32.const 5' },
  { name: 'catch-tail', type: 0, code: 'block void; try_table void catch_all 0; local.get 0; call $tail; return; end; end; i32.const 6' },
  ...targets(),
  ...branches('try', 'try_table void', 'nop'),
  carrying('carry-try', 'try_table 0 catch 0 0', 'nop'),
  ...outside('second'),
];

const modules = { legacy: flat({ types, tags, functions: legacyFunctions }), second: flat({ types: secondTypes, tags, functions: secondFunctions }) };
const names = { legacy: legacyFunctions, second: secondFunctions };

/** Arguments of every function. */
const inputs = [0, 1, 2, 3, 4, 5, 6, 7, 9, 30];

/** What comes of every function and argument: a number, or `ends`. */
async function outcomes(functions, call) {
  const all = {};
  for (const { name, hidden } of functions) {
    if (hidden) continue;
    all[name] = [];
    for (const input of inputs) {
      let outcome = 'ends';
      try {
        outcome = (await call(name, input)) | 0;
      } catch (error) {
        ok(error instanceof WebAssembly.Exception || error.code === 'trapped', `${name}(${input}): ${error}`);
      }
      all[name].push(outcome);
    }
  }
  return all;
}

const cases = {};
const titles = { legacy: 'exceptions of the first generation', second: 'exceptions of the second generation' };

for (const [generation, title] of Object.entries(titles)) {
  cases[`${title} come out metered as they do by themselves, or are refused where the engine lacks them`] = async ({ kernel }) => {
    const bytes = modules[generation];
    if (!has[generation]) {
      await refused(() => kernel.spawn(bytes, { name: 'exceptions' }), 'invalid-module');
      return;
    }
    const { instance } = await WebAssembly.instantiate(bytes);
    const alone = await outcomes(names[generation], async (name, input) => instance.exports[name](input));
    const seen = Object.values(alone).flat();
    ok(seen.length > 400 && seen.includes('ends') && new Set(seen).size > 50, `${seen.length} calls came to ${new Set(seen).size} different ends`);
    for (const metering of [true, false]) {
      const compiled = await kernel.compile(bytes, { metering });
      let process = await kernel.spawn(compiled, { name: 'exceptions' });
      const here = await outcomes(names[generation], async (name, input) => {
        if (!process.alive) process = await kernel.spawn(compiled, { name: 'exceptions' });
        // More than enough.
        return process.call(name, [input], { fuel: 1e6, deadline: Infinity });
      });
      for (const [name, expected] of Object.entries(alone)) equal(here[name], expected, `${name}, ${metering ? 'metered' : 'not metered'}`);
      if (process.alive) process.kill();
    }
  };
}

/** What never ends by itself, by generation. `act` is the application's. */
const endless = {
  legacy: {
    'a loop that throws and catches': 'loop void; try void; i32.const 1; throw 0; catch 0; drop; end; br 0; end',
    'a loop around a function that throws': 'loop void; try void; i32.const 1; call $throws; drop; catch_all; end; br 0; end',
    'a clause that loops': 'try void; throw 1; catch_all; loop void; br 0; end; end',
    'an endless loop whose end would be caught': 'loop void; try void; loop void; br 0; end; catch_all; end; br 0; end',
    'catching around calls of the application': 'loop void; try void; call $act; catch_all; end; br 0; end',
    'tail calls by throwing': 'try void; throw 1; catch_all; return_call $run; end',
    'delegating round and round': 'loop void; try void; try void; throw 1; delegate 0; catch_all; end; br 0; end',
  },
  second: {
    'a loop that throws and catches': 'loop void; block i32; try_table void catch 0 0; i32.const 1; throw 0; end; br 1; end; drop; br 0; end',
    'a clause that is the loop itself': 'loop void; try_table void catch_all 0; throw 1; end; end',
    'a loop around a function that throws': 'loop void; try_table void catch_all 0; i32.const 1; call $throws; drop; end; end',
    'an endless loop whose end would be caught': 'loop void; try_table void catch_all 0; loop void; br 0; end; end; br 0; end',
    'catching around calls of the application': 'loop void; try_table void catch_all 0; call $act; end; br 0; end',
    'tail calls by throwing': 'block void; try_table void catch_all 0; throw 1; end; end; return_call $run',
  },
};

/** A plugin whose `run` has such code. Its `safe` calls `run` and catches everything for ever. */
function runaway(generation, code) {
  const around = { legacy: 'loop void; try void; call $run; catch_all; end; br 0; end', second: 'loop void; try_table void catch_all 0; call $run; end; br 0; end' };
  const functions = [throws, { name: 'run', type: 1, code }, { name: 'safe', type: 1, code: around[generation] }];
  return flat({ types, tags, imports: [['test/host@1', 'act', 1]], functions });
}

for (const [generation, codes] of Object.entries(endless)) {
  for (const [what, code] of Object.entries(codes)) {
    cases[`${titles[generation]}: ${what} ends when its fuel is used up, and catches no end`] = (context) =>
      besideANeighbour(
        context,
        async () => {
          const { kernel } = context;
          const bytes = runaway(generation, code);
          const host = kernel.provide('test/host@1', 'act: func()', { act() {} });
          const spawn = () => kernel.spawn(bytes, { name: 'runaway', imports: { 'test/host@1': host } });
          if (!has[generation]) {
            await refused(spawn, 'invalid-module');
            return;
          }
          for (const name of ['run', 'safe']) {
            const process = await spawn();
            await refused(() => process.call(name, [], { fuel: 100_000, deadline: Infinity }), 'fuel', 'plugin `runaway` used', 'the call had 100,000');
            equal((await process.exited).code, 'fuel');
            await refused(() => process.call(name), 'dead');
          }
        },
        1,
      );
  }
}

cases['recursion by throwing and catching ends when its fuel is used up'] = (context) =>
  besideANeighbour(context, async () => {
    const { kernel } = context;
    if (!has.legacy) return;
    // It goes two hundred deep, throws all the way up, and begins again: little of the stack, and no end.
    const deeper = { name: 'deeper', type: 0, hidden: true, code: 'local.get 0; i32.eqz; if void; throw 1; end; try i32; local.get 0; i32.const 1; i32.sub; call $deeper; catch_all; throw 1; end' };
    const run = { name: 'run', type: 1, code: 'loop void; try void; i32.const 200; call $deeper; drop; catch_all; end; br 0; end' };
    const process = await kernel.spawn(flat({ types, tags, functions: [deeper, run] }), { name: 'runaway' });
    await refused(() => process.call('run', [], { fuel: 1_000_000, deadline: Infinity }), 'fuel', 'the call had 1,000,000');
    equal((await process.exited).code, 'fuel');
  });

for (const [generation, title] of Object.entries(titles)) {
  cases[`${title}: what a function used before it threw is not given back to who catches it`] = async ({ kernel }) => {
    const spend = { name: 'spend', type: 1, hidden: true, locals: ['i32'], code: 'i32.const 1000; local.set 0; loop void; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end; throw 1' };
    const attempt = { legacy: 'try void; call $spend; catch_all; end', second: 'block void; try_table void catch_all 0; call $spend; end; end' };
    // A hundred rounds, of which each is a thousand times around.
    const code = `i32.const 100; local.set 0; loop void; ${attempt[generation]}; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end`;
    const bytes = flat({ types, tags, functions: [spend, { name: 'run', type: 1, locals: ['i32'], code }] });
    if (!has[generation]) {
      await refused(() => kernel.spawn(bytes, { name: 'spender' }), 'invalid-module');
      return;
    }
    const process = await kernel.spawn(bytes, { name: 'spender' });
    await process.call('run', [], { fuel: 1_000_000, deadline: Infinity });
    await refused(() => process.call('run', [], { fuel: 100_000, deadline: Infinity }), 'fuel');
  };
}

cases['a tag that is imported is refused'] = async ({ kernel }) => {
  const bytes = flat({ types, importedTags: [['test/host@1', 'tag', 2]], functions: [throws].map((entry) => ({ ...entry, code: 'local.get 0; throw 0' })) });
  await refused(() => kernel.compile(bytes), 'unknown-import', 'the module imports a tag `tag` from `test/host@1`');
};

export default cases;
