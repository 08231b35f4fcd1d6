// Bombs of a whole module: many things of a kind, each of them small.

import { Bytes, EMPTY, EXTERNREF, F32, F64, FUNCREF, I32, I64, Module, V128, op } from './encode.mjs';
import { condition, many, preamble, repeat, spin, start } from './shapes.mjs';

const kinds = {};

kinds['tiny functions'] = (n) => many(n, [], new Bytes());
kinds['functions of 1,000 bytes'] = (n) => many(n, [], new Bytes().all([...condition, op.globalSet, 0], 250));
kinds['functions with 49,000 locals'] = (n) => many(n, [[49_000, I32]], new Bytes());
kinds['functions with 49,000 groups of locals'] = (n) => many(n, new Array(49_000).fill([1, I32]), new Bytes());
kinds['functions with 1,000 locals × 30 ifs'] = (n) => many(n, [[1_000, I32]], new Bytes().all([...condition, op.if, EMPTY, op.end], 30));
kinds['all functions are called'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.function(1, [], new Bytes().put(op.nop));
  const body = spin();
  for (let made = 0; made < n; made += 1) body.put(op.call).u(made);
  module.export('run', 0, module.function(0, [], body.put(op.i32Const, 0)));
  return module.bytes;
};
kinds['globals'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.entry('global').put(I32, 0, op.i32Const, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['mutable globals of references'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.entry('global').put(FUNCREF, 1, op.refFunc, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['exports of globals'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.export(`g${made.toString(36)}`, 3, 0);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['exports of one function'] = (n) => {
  const module = start();
  const run = module.function(0, [], preamble().put(op.i32Const, 0));
  for (let made = 0; made < n; made += 1) module.export(`f${made.toString(36)}`, 0, run);
  module.export('run', 0, run);
  return module.bytes;
};
kinds['exports of many functions'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  for (let made = 0; made < n; made += 1) module.export(`f${made.toString(36)}`, 0, module.function(1, [], new Bytes()));
  return module.bytes;
};
kinds['exports of many types'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  for (let made = 0; made < n; made += 1) {
    const parameters = [];
    for (let rest = made; rest > 0; rest = Math.floor(rest / 4)) parameters.push([I32, I64, F32, F64][rest % 4]);
    module.export(`f${made.toString(36)}`, 0, module.function(module.type(parameters, [I32, I32, I32]), [], new Bytes().put(op.unreachable)));
  }
  return module.bytes;
};
kinds['exports with 16 parameters'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  const ty = module.type(repeat(16, F64), [F64]);
  for (let made = 0; made < n; made += 1) module.export(`f${made.toString(36)}`, 0, module.function(ty, [], new Bytes().put(op.unreachable)));
  return module.bytes;
};
kinds['imports with 16 parameters'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  const ty = module.type(repeat(16, F64), [F64]);
  for (let made = 0; made < n; made += 1) module.entry('import').name('bombs/many@1').name(`f${made.toString(36)}`).put(0).u(ty);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.function(0, [], preamble().put(op.i32Const, 0));
  module.export('run', 0, n);
  return module.bytes;
};
kinds['imports declared with 32 strings'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.type([I32], []);
  module.type([I32, I32, I32, I32], [I32]);
  const records = [];
  const parameters = Array.from({ length: 32 }, (_, index) => `a${index}: string`).join(',');
  for (let made = 0; made < n; made += 1) {
    records.push(`import b/m@1 f${made}: func(${parameters})`);
    module.entry('import').name('b/m@1').name(`f${made}`).put(0).u(1);
  }
  module.entry('memory').put(0, 1);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.function(0, [], preamble().put(op.i32Const, 0));
  module.export('run', 0, n);
  module.function(2, [], new Bytes().put(op.i32Const, 8));
  module.export('cabi_realloc', 0, n + 1);
  module.custom('portcullis', new TextEncoder().encode(records.join('\n')));
  return module.bytes;
};
kinds['imports declared with 16 capabilities'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.type(repeat(16, I32), []);
  const records = [];
  const parameters = Array.from({ length: 16 }, (_, index) => `a${index}: own<c>`).join(',');
  for (let made = 0; made < n; made += 1) {
    records.push(`import b/m@1 f${made}: func(${parameters})`);
    module.entry('import').name('b/m@1').name(`f${made}`).put(0).u(1);
  }
  module.entry('memory').put(0, 1);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.function(0, [], preamble().put(op.i32Const, 0));
  module.export('run', 0, n);
  module.custom('portcullis', new TextEncoder().encode(records.join('\n')));
  return module.bytes;
};
kinds['exports declared with 32 strings'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  module.type([I32, I32, I32, I32], [I32]);
  module.export('cabi_realloc', 0, module.function(2, [], new Bytes().put(op.i32Const, 8)));
  const target = module.function(module.type([I32], [I32]), [], new Bytes().put(op.unreachable));
  const parameters = Array.from({ length: 32 }, (_, index) => `a${index}: string`).join(',');
  const records = [];
  for (let made = 0; made < n; made += 1) {
    module.export(`b/m@1#f${made}`, 0, target);
    records.push(`export b/m@1 f${made}: func(${parameters}) -> string`);
  }
  module.custom('portcullis', new TextEncoder().encode(records.join('\n')));
  return module.bytes;
};
kinds['records of nothing'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  module.custom('portcullis', new TextEncoder().encode(Array.from({ length: n }, (_, index) => `import b/m@1 f${index}: func()`).join('\n')));
  return module.bytes;
};
kinds['types'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.type([], []);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['distinct types'] = (n) => {
  const module = start();
  for (let made = 1; made <= n; made += 1) {
    const parameters = [];
    for (let rest = made; rest > 0; rest = Math.floor(rest / 4)) parameters.push([I32, I64, F32, F64][rest % 4]);
    module.type(parameters, []);
  }
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['tags'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.entry('tag').put(0, 1);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
const withTable = (entries) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.type([], []);
  module.entry('table').put(FUNCREF, 0).u(entries);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module;
};
kinds['element segment, one function'] = (n) => {
  const module = withTable(n);
  module.entry('element').put(0, op.i32Const, 0, op.end).u(n).all([0], n);
  return module.bytes;
};
kinds['element segment, many functions'] = (n) => {
  const module = withTable(n);
  const elements = module.entry('element').put(0, op.i32Const, 0, op.end).u(n);
  for (let made = 0; made < n; made += 1) elements.u(module.function(1, [], new Bytes()));
  return module.bytes;
};
kinds['element segments over the same table'] = (n) => {
  const module = withTable(1_000);
  for (let made = 0; made < n; made += 1) module.entry('element').put(0, op.i32Const, 0, op.end, 1, 0);
  return module.bytes;
};
kinds['element segments, empty'] = (n) => {
  const module = withTable(1_000);
  for (let made = 0; made < n; made += 1) module.entry('element').put(0, op.i32Const, 0, op.end, 0);
  return module.bytes;
};
kinds['element segments, passive'] = (n) => {
  const module = withTable(1_000);
  for (let made = 0; made < n; made += 1) module.entry('element').put(1, 0, 1, 0);
  return module.bytes;
};
kinds['element segment, passive, of expressions'] = (n) => {
  const module = withTable(1_000);
  module.entry('element').put(5, FUNCREF).u(n).all([op.refFunc, 0, op.end], n);
  return module.bytes;
};
kinds['table of its largest size'] = (n) => withTable(n * 10).bytes;
kinds['tables'] = (n) => {
  const module = withTable(10);
  for (let made = 0; made < n; made += 1) module.entry('table').put(FUNCREF, 0).u(10);
  return module.bytes;
};
const dataSegments = (n, put, count = true) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  if (count) module.entry('count').u(n);
  for (let made = 0; made < n; made += 1) put(module.entry('data'));
  return module.bytes;
};
kinds['data segments, empty'] = (n) => dataSegments(n, (entry) => entry.put(0, op.i32Const, 0, op.end, 0));
kinds['data segments of a byte'] = (n) => dataSegments(n, (entry) => entry.put(0, op.i32Const, 0, op.end, 1, 7));
kinds['data segments, passive'] = (n) => dataSegments(n, (entry) => entry.put(1, 1, 7));
kinds['data segment'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.entry('memory').put(0).u(20);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  module.entry('data').put(0, op.i32Const, 0, op.end).u(n).all([1], n);
  return module.bytes;
};
kinds['memory of its largest size'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.entry('memory').put(0).u(Math.min(n, 1_024));
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
const addition = (n) => new Bytes().put(op.i32Const, 0).all([op.i32Const, 1, op.i32Add], n).put(op.end);
kinds['long constant expression'] = (n) => {
  const module = start();
  module.entry('global').put(I32, 0).all(addition(n));
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['deep constant expression'] = (n) => {
  const module = start();
  module.entry('global').put(I32, 0).all([op.i32Const, 1], n + 1).all([op.i32Add], n).put(op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['custom sections'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  for (let made = 0; made < n; made += 1) module.custom('a', new Uint8Array());
  return module.bytes;
};
kinds['a name section'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.function(1, [], new Bytes());
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  const names = new Bytes().u(n);
  for (let made = 0; made < n; made += 1) names.u(made).name('a');
  module.custom('name', new Bytes().put(1).u(names.length).all(names));
  return module.bytes;
};
kinds['start function that is large'] = (n) => {
  const module = start();
  const large = module.function(1, [], new Bytes().put(...condition, op.i32Eqz, op.if, EMPTY, op.return, op.end).all([...condition, op.globalSet, 0], n));
  module.entry('start').u(large);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};

export { kinds as modules };
