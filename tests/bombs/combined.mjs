// Bombs of two things that are harmless alone: what one of them costs grows with how much there is of the other.

import { Bytes, EMPTY, EXTERNREF, F64, FUNCREF, I32, I64, Module, V128, op } from './encode.mjs';
import { callAll, condition, many, preamble, pseudo, repeat, single, start } from './shapes.mjs';

const kinds = {};

/** Function 0 of nothing to nothing, for what calls one. */
const withNothing = (module) => module.function(1, [], new Bytes().put(op.nop));

/** Instructions that an engine does not make code for alone, but calls something of its own; each leaves the stack as it was. */
const calling = {
  call: [op.call, 0],
  call_indirect: [...condition, op.callIndirect, 1, 0],
  'ref.func': [op.refFunc, 0, op.drop],
  'table.get': [...condition, op.tableGet, 0, op.drop],
  'table.set': [...condition, op.refNull, FUNCREF, op.tableSet, 0],
  'table.size': [0xfc, 16, 0, op.drop],
  'elem.drop': [0xfc, 13, 0],
  'memory.grow': [...condition, op.memoryGrow, 0, op.drop],
  'memory.fill': [...condition, ...condition, ...condition, 0xfc, 11, 0],
  load: [...condition, op.i32Load, 2, 0, op.drop],
  division: [...condition, ...condition, op.i32DivS, op.drop],
  conversion: [op.f64Const, 0, 0, 0, 0, 0, 0, 0, 0, op.i64TruncF64, op.drop],
  'setting a global of references': [op.refFunc, 0, op.globalSet, 1],
};

for (const [name, instructions] of Object.entries(calling)) {
  const prepare = (module) => {
    withNothing(module);
    module.entry('global').put(FUNCREF, 1, op.refNull, FUNCREF, op.end);
    module.entry('element').put(3, 0, 1, 0);
  };
  kinds[`49,000 locals × ${name}`] = (n) => single([[49_000, I32]], new Bytes().all(instructions, n), prepare);
  kinds[`49,000 locals of references × ${name}`] = (n) => single([[49_000, EXTERNREF]], new Bytes().all(instructions, n), prepare);
  kinds[`10,000 operands of references × ${name}`] = (n) =>
    single([[1, EXTERNREF]], new Bytes().all([op.localGet, 1], 10_000).all(instructions, n).all([op.drop], 10_000), prepare, 1);
  for (const locals of [50, 1_000, 49_000]) {
    kinds[`${locals} locals × ${name} in one try`] = (n) =>
      single([[locals, I32]], new Bytes().put(0x06, EMPTY).all(instructions, n).put(0x19, op.end), prepare);
  }
  kinds[`1000 locals × ${name} in one try_table`] = (n) =>
    single([[1_000, I32]], new Bytes().put(op.block, EMPTY, op.tryTable, EMPTY, 1, 2, 0).all(instructions, n).put(op.end, op.end), prepare);
}

for (const locals of [200, 1_000, 49_000]) {
  for (const set of [20, 40]) {
    kinds[`${locals} locals, of which ${set} are set in turn`] = (n) => {
      const body = new Bytes();
      for (let done = 0; done < n; done += 1) body.put(...condition, op.localSet).u(1 + (done % set));
      return single([[locals, I32]], body);
    };
  }
  kinds[`${locals} locals, set one after another`] = (n) => {
    const body = new Bytes();
    for (let done = 0; done < n; done += 1) body.put(...condition, op.localSet).u(1 + (done % locals));
    return single([[locals, I32]], body);
  };
}
kinds['49000 locals, of which 40 of floating point are set in turn'] = (n) => {
  const body = new Bytes();
  for (let done = 0; done < n; done += 1) body.put(op.localGet).u(41 + (done % 40)).put(op.f64Nearest, op.localSet).u(1 + (done % 40));
  return single([[49_000, F64]], body);
};
for (const [height, copies] of [[1_000, 8], [10_000, 1]]) {
  kinds[`${height} constants on the stack × 40 locals that are set in turn`] = (n) => {
    const body = new Bytes().all([op.i32Const, 1], height);
    for (let done = 0; done < n; done += 1) body.put(...condition, op.localSet).u(1 + (done % 40));
    return single([[40, I32]], body.all([op.drop], height), () => {}, copies);
  };
  kinds[`${height} copies of a local on the stack × another one that is set`] = (n) =>
    single([[2, I32]], new Bytes().all([op.localGet, 1], height).all([...condition, op.localSet, 2], n).all([op.drop], height), () => {}, copies);
  kinds[`${height} copies of two locals on the stack × both are set`] = (n) =>
    single([[2, I32]], new Bytes().all([op.localGet, 1, op.localGet, 2], height / 2).all([...condition, op.localSet, 1, ...condition, op.localSet, 2], n).all([op.drop], height), () => {}, copies);
  kinds[`${height} constants on the stack × deep additions`] = (n) =>
    single([], new Bytes().all([op.i32Const, 1], height).all(new Bytes().all(condition, 30).all([op.i32Add], 29).put(op.drop), n).all([op.drop], height), () => {}, copies);
  kinds[`${height} constants on the stack × vectors that are set in turn`] = (n) => {
    const body = new Bytes().all([op.i32Const, 1], height);
    for (let done = 0; done < n; done += 1) body.put(...condition, 0xfd, 17, op.localSet).u(1 + (done % 40));
    return single([[40, V128]], body.all([op.drop], height), () => {}, copies);
  };
}

for (const width of [16, 64, 127]) {
  const wide = repeat(width, I32);
  kinds[`return_call with ${width} arguments`] = (n) =>
    single(
      [],
      new Bytes().all(new Bytes().put(...condition, op.if, EMPTY).all(condition, width).put(op.returnCall, 0, op.end), n),
      (module) => {
        module.type(wide, [I32]);
        module.function(2, [], new Bytes().put(op.i32Const, 1));
      },
    );
  kinds[`calls with ${width} arguments, the other way round`] = (n) => {
    const body = new Bytes();
    for (let made = 0; made < n; made += 1) {
      for (let local = width; local > 0; local -= 1) body.put(op.localGet).u(local);
      body.put(op.call, 0, op.drop);
    }
    return single([[width, I32]], body, (module) => {
      module.type(wide, [I32]);
      module.function(2, [], new Bytes().put(op.i32Const, 1));
    });
  };
  kinds[`br_table to nested blocks with ${width} values`] = (n) => {
    const body = new Bytes().all(condition, width).all([op.block, 2], n).put(...condition, op.brTable).u(n - 1);
    for (let depth = 0; depth < n; depth += 1) body.u(depth);
    const module = (made) => made.type(repeat(Math.min(64, width), I32), repeat(Math.min(64, width), I32));
    return single([], body.all([op.end], n).all([op.drop], width), module);
  };
  kinds[`throw with ${width} values, caught`] = (n) =>
    single([], new Bytes().all(new Bytes().put(0x06, EMPTY, ...condition, op.if, EMPTY).all(condition, width).put(op.throw, 0, op.end, 0x07, 0).all([op.drop], width).put(op.end), n), (module) => {
      module.type(wide, []);
      module.entry('tag').put(0, 2);
    });
  kinds[`ifs with ${width} results`] = (n) =>
    single([], new Bytes().all(new Bytes().put(...condition, op.if, 2).all(condition, width).put(op.else).all([op.i32Const, 1], width).put(op.end).all([op.drop], width), n), (module) => module.type([], wide));
}

for (const ty of [I32, V128]) {
  const name = ty === I32 ? 'whole numbers' : 'vectors';
  kinds[`loops that keep 48 ${name}`] = (n) => {
    const inside = new Bytes();
    for (let local = 1; local <= 48; local += 1) inside.put(op.localGet).u(local).put(op.drop);
    return single([[48, ty]], new Bytes().all(new Bytes().put(op.loop, EMPTY).all(inside).put(...condition, op.brIf, 0, op.end), n));
  };
}

/** Functions that each have little of everything. */
const little = {
  'a try_table': new Bytes().put(op.block, EMPTY, op.tryTable, EMPTY, 1, 2, 0, op.call, 0, op.end, op.end),
  'a try': new Bytes().put(0x06, EMPTY, op.call, 0, 0x19, op.end),
  'a loop': new Bytes().put(op.loop, EMPTY, ...condition, op.brIf, 0, op.end),
  'a call': new Bytes().put(op.call, 0),
  'a call_indirect': new Bytes().put(...condition, op.callIndirect, 1, 0),
  'a switch': new Bytes().put(op.block, EMPTY, op.block, EMPTY, ...condition, op.brTable, 3, 0, 1, 0, 1, op.end, op.end),
  'a constant of 16 bytes': new Bytes().put(0xfd, 12, ...repeat(16, 7), op.drop),
  'a division': new Bytes().put(...condition, op.i32Const, 1, op.i32DivS, op.drop),
  'memory.fill': new Bytes().put(...condition, ...condition, ...condition, 0xfc, 11, 0),
  'ref.func': new Bytes().put(op.refFunc, 0, op.drop),
};
for (const [name, body] of Object.entries(little)) {
  // The first of all is called by the others, and does nothing.
  kinds[`functions with ${name}`] = (n) => {
    const module = start({ entries: n + 1 });
    module.entry('element').put(3, 0, 1, 0);
    const elements = module.entry('element').put(0, op.i32Const, 0, op.end).u(n + 1);
    elements.u(withNothing(module));
    for (let made = 0; made < n; made += 1) elements.u(module.function(1, [], body));
    callAll(module, n + 1);
    return module.bytes;
  };
}
kinds['functions with 20 vectors in locals'] = (n) => many(n, [[20, V128]], new Bytes().put(op.localGet, 1, op.localSet, 2));
kinds['functions with a parameter that is a vector'] = (n) =>
  many(n, [], new Bytes(), { prepare: (module) => module.type([V128], []), type: 2, before: [0xfd, 12, ...repeat(16, 0)] });
kinds['functions with 10 groups of locals'] = (n) => many(n, repeat(5, [[1, I32], [1, F64]]).flat(), new Bytes());
kinds['functions, each of another type'] = (n) => {
  const module = start({ entries: n });
  const elements = module.entry('element').put(0, op.i32Const, 0, op.end).u(n);
  for (let made = 1; made <= n; made += 1) {
    const parameters = [];
    for (let rest = made; rest > 0; rest = Math.floor(rest / 2)) parameters.push([I32, I64][rest % 2]);
    elements.u(module.function(made <= 1_900 ? module.type(parameters, []) : 1, [], new Bytes()));
  }
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};

kinds['element segment of expressions, many functions'] = (n) => {
  const functions = 5_000;
  const module = start({ entries: 16 });
  for (let made = 0; made < functions; made += 1) module.function(1, [], new Bytes());
  const elements = module.entry('element').put(5, FUNCREF).u(n);
  for (let made = 0; made < n; made += 1) elements.put(op.refFunc).u(made % functions).put(op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['table of expressions, many functions'] = (n) => {
  const module = start({ entries: n });
  const elements = module.entry('element').put(4, op.i32Const, 0, op.end).u(n);
  for (let made = 0; made < n; made += 1) elements.put(op.refFunc).u(made).put(op.end);
  for (let made = 0; made < n; made += 1) module.function(1, [], new Bytes());
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['table of expressions, no functions'] = (n) => {
  const module = start({ entries: n });
  module.entry('element').put(4, op.i32Const, 0, op.end).u(n).all([op.refNull, FUNCREF, op.end], n);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['globals of references to many functions'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) {
    module.function(1, [], new Bytes());
    module.entry('global').put(FUNCREF, 1, op.refFunc).u(made).put(op.end);
  }
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};
kinds['references to many functions'] = (n) => {
  const module = start();
  const declared = module.entry('element').put(3, 0).u(n);
  for (let made = 0; made < n; made += 1) declared.u(module.function(1, [], new Bytes()));
  const callers = Math.ceil(n / 5_000);
  for (let made = 0; made < callers; made += 1) {
    const body = new Bytes();
    for (let index = made * 5_000; index < Math.min(n, (made + 1) * 5_000); index += 1) body.put(op.refFunc).u(index).put(op.drop);
    module.function(1, [], body);
  }
  const run = new Bytes();
  for (let made = 0; made < callers; made += 1) run.put(op.call).u(n + made);
  module.export('run', 0, module.function(0, [], run.put(op.i32Const, 0)));
  return module.bytes;
};
kinds['table.init of many functions'] = (n) => {
  const module = start({ entries: n });
  const elements = module.entry('element').put(1, 0).u(n);
  for (let made = 0; made < n; made += 1) elements.u(module.function(1, [], new Bytes()));
  module.export('run', 0, module.function(0, [], new Bytes().put(op.i32Const, 0, op.i32Const, 0, op.i32Const).s(n).put(0xfc, 12, 0, 0, op.i32Const, 0)));
  return module.bytes;
};
kinds['data segments over the same place'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.entry('memory').put(0).u(64);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  for (let made = 0; made < Math.min(n, 9_900); made += 1) module.entry('data').put(0, op.i32Const).s((made % 400) * 4_096).put(op.end).u(90).all([1], 90);
  return module.bytes;
};
kinds['imports, each of another type'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  const next = pseudo(17);
  for (let made = 0; made < n; made += 1) {
    const ty = module.type(Array.from({ length: 16 }, () => [I32, I64, F64][next() % 3]), [I32]);
    module.entry('import').name('bombs/many@1').name(`f${made.toString(36)}`).put(0).u(ty);
  }
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.function(0, [], preamble().put(op.i32Const, 0));
  module.export('run', 0, n);
  return module.bytes;
};
kinds['exports with long names'] = (n) => {
  const module = start();
  const run = module.function(0, [], preamble().put(op.i32Const, 0));
  const prefix = 'a'.repeat(90);
  for (let made = 0; made < n; made += 1) module.export(`${prefix}${made.toString(36)}`, 3, 0);
  module.export('run', 0, run);
  return module.bytes;
};
kinds['one export with a long name'] = (n) => {
  const module = start();
  module.export('é'.repeat(n), 3, 0);
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  return module.bytes;
};

const text = (records) => new TextEncoder().encode(records.join('\n'));
/** A module that declares what records say, and has `run`. */
const declared = (records, imports = []) => {
  const module = new Module();
  module.type([I32], [I32]);
  module.type([I32], []);
  module.type([I32, I32, I32, I32], [I32]);
  for (const name of imports) module.entry('import').name('b/m@1').name(name).put(0).u(1);
  module.entry('memory').put(0, 1);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  module.function(0, [], preamble().put(op.i32Const, 0));
  module.export('run', 0, imports.length);
  module.function(2, [], new Bytes().put(op.i32Const, 8));
  module.export('cabi_realloc', 0, imports.length + 1);
  module.custom('portcullis', text(records));
  return module.bytes;
};
kinds['imports declared with wide results'] = (n) => {
  const tuple = `tuple<${repeat(16, 'string').join(',')}>`;
  const names = Array.from({ length: n }, (_, index) => `f${index}`);
  return declared(names.map((name) => `import b/m@1 ${name}: func() -> ${tuple}`), names);
};
kinds['imports declared in many interfaces'] = (n) => declared(Array.from({ length: n }, (_, index) => `import b/m${index}@1 f: func(a: own<c${index}>)`));
kinds['a record that is long'] = (n) => declared([`import b/m@1 f: func(${'a'.repeat(n)}: u32)`]);
kinds['custom sections with metadata'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  for (let made = 0; made < n; made += 1) module.custom('portcullis', text([`import b/m@1 f${made}: func()`]));
  return module.bytes;
};

export { kinds as combined };
