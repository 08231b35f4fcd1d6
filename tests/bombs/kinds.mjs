// Compile bombs: modules that are small and valid, and made to cost an engine, or the kernel, as much time as they can.
//
// Each kind makes a module of a scale. All of them export `run: (i32) -> i32`, which loops as often as it is told, so that
// engines find it worth optimising, and then returns before it comes to what the kind is about.

import { Bytes, EMPTY, EXTERNREF, F32, F64, FUNCREF, I32, I64, Module, V128, op } from './encode.mjs';

/** Loops `n` times, then returns unless global 0 is set, which never happens; the engine cannot know. */
function preamble() {
  return new Bytes()
    .put(op.loop, EMPTY, op.localGet, 0, op.i32Const, 1, op.i32Sub, op.localTee, 0, op.i32Const, 0)
    .put(0x4a, op.brIf, 0, op.end) // i32.gt_s
    .put(op.globalGet, 0, op.i32Eqz, op.if, EMPTY, op.i32Const, 7, op.return, op.end);
}

/** A module with what most kinds use: type 0 is of `run`, type 1 is of nothing to nothing, global 0 is mutable. */
function start({ memory = true, table = true } = {}) {
  const module = new Module();
  module.type([I32], [I32]);
  module.type([], []);
  if (table) module.entry('table').put(FUNCREF, 0).u(16);
  if (memory) module.entry('memory').put(0, 1);
  module.entry('global').put(I32, 1, op.i32Const, 0, op.end);
  return module;
}

const repeat = (count, value) => new Array(count).fill(value);

/** So many functions each get the body of a kind that is about functions; one alone may not be large enough. */
const COPIES = 8;

/** A module of functions with these locals and, after the preamble, this body. Whoever calls `run` calls them all. */
function single(locals, body, prepare = () => {}) {
  const module = start();
  prepare(module);
  const whole = new Bytes().all(preamble()).all(body).put(op.i32Const, 0);
  const run = new Bytes();
  for (let made = 0; made < COPIES; made += 1) run.put(op.localGet, 0, op.call).u(module.function(0, locals, whole)).put(op.drop);
  module.export('run', 0, module.function(0, [], run.put(op.i32Const, 0)));
  return module.bytes;
}

/** Many functions that all have the same body; `run` calls each once if asked by global 0. */
function many(count, locals, body, prepare = () => {}, type = 1) {
  const module = start();
  prepare(module);
  const run = module.function(0, [], new Bytes().all(preamble()).put(op.i32Const, 0));
  module.export('run', 0, run);
  for (let made = 0; made < count; made += 1) module.function(type, locals, body);
  return module.bytes;
}

const condition = [op.globalGet, 0];
/** `if` with something in it that is not optimised away: it writes a local. */
const writingIf = (local) => new Bytes().put(...condition, op.if, EMPTY, ...condition, op.localSet).u(local).put(op.end).view;
const pseudo = (seed) => () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8;

const kinds = {};

for (const locals of [50, 500, 5_000, 49_000]) {
  kinds[`${locals} locals × ifs`] = (n) => {
    const body = new Bytes();
    const next = pseudo(1);
    for (let done = 0; done < n; done += 1) body.all(writingIf(1 + (next() % locals)));
    return single([[locals, I32]], body);
  };
  kinds[`${locals} locals × empty ifs`] = (n) => single([[locals, I32]], new Bytes().all([...condition, op.if, EMPTY, op.end], n));
  kinds[`${locals} locals × loops`] = (n) => {
    const body = new Bytes();
    const next = pseudo(2);
    for (let done = 0; done < n; done += 1) {
      const local = 1 + (next() % locals);
      body.put(op.loop, EMPTY, op.localGet).u(local).put(op.i32Const, 1, op.i32Add, op.localTee).u(local).put(op.brIf, 0, op.end);
    }
    return single([[locals, I32]], body);
  };
  kinds[`${locals} locals × nested loops`] = (n) => {
    const body = new Bytes();
    const next = pseudo(3);
    for (let done = 0; done < n; done += 1) body.put(op.loop, EMPTY);
    for (let done = 0; done < n; done += 1) {
      const local = 1 + (next() % locals);
      body.put(op.localGet).u(local).put(op.i32Const, 1, op.i32Add, op.localTee).u(local).put(op.brIf, 0, op.end);
    }
    return single([[locals, I32]], body);
  };
  kinds[`${locals} locals × blocks, br_if`] = (n) => single([[locals, I64]], new Bytes().all([op.block, EMPTY, ...condition, op.brIf, 0, op.end], n));
  kinds[`${locals} locals × br_table`] = (n) =>
    single([[locals, I32]], new Bytes().all([op.block, EMPTY, op.block, EMPTY, ...condition, op.brTable, 8, 0, 1, 0, 1, 0, 1, 0, 1, 0, op.end, op.end], n));
  kinds[`${locals} locals × calls`] = (n) =>
    single([[locals, I32]], new Bytes().all([...condition, op.call, 0, op.drop], n), (module) => module.function(0, [], new Bytes().put(op.i32Const, 1)));
  kinds[`${locals} locals × try`] = (n) =>
    single([[locals, I32]], new Bytes().all([0x06, EMPTY, op.call, 0, 0x19, op.end], n), (module) => module.function(1, [], new Bytes().put(op.nop)));
}
kinds['49,000 v128 locals × ifs'] = (n) => single([[49_000, V128]], new Bytes().all([...condition, op.if, EMPTY, op.end], n));
kinds['49,000 f64 locals × ifs'] = (n) => single([[49_000, F64]], new Bytes().all([...condition, op.if, EMPTY, op.end], n));
kinds['49,000 externref locals × ifs'] = (n) => single([[49_000, EXTERNREF]], new Bytes().all([...condition, op.if, EMPTY, op.end], n));
kinds['live locals × loops'] = (n) => {
  // Every local is set to something unknown, goes through all loops, and is used at the end.
  const locals = 1_000;
  const body = new Bytes();
  for (let local = 1; local <= locals; local += 1) body.put(...condition, op.localSet).u(local);
  const next = pseudo(5);
  for (let done = 0; done < n; done += 1) {
    body.put(op.loop, EMPTY, op.localGet).u(1 + (next() % locals)).put(op.localSet).u(1 + (next() % locals)).put(...condition, op.brIf, 0, op.end);
  }
  for (let local = 1; local <= locals; local += 1) body.put(op.localGet).u(local).put(op.globalSet, 0);
  return single([[locals, I32]], body);
};
kinds['live locals × everything'] = (n) => {
  const locals = 4_000;
  const body = new Bytes();
  const next = pseudo(7);
  for (let local = 1; local <= locals; local += 1) body.put(...condition, op.localSet).u(local);
  for (let done = 0; done < n; done += 1) {
    body.put(op.localGet).u(1 + (next() % locals)).put(op.localGet).u(1 + (next() % locals)).put(op.i32Mul, op.localSet).u(1 + (next() % locals));
  }
  for (let local = 1; local <= locals; local += 1) body.put(op.localGet).u(local).put(op.globalSet, 0);
  return single([[locals, I32]], body);
};

for (const height of [50, 500, 5_000, 49_000]) {
  kinds[`${height} operands × ifs`] = (n) =>
    single([], new Bytes().all(condition, height).all([...condition, op.if, EMPTY, op.end], n).all([op.drop], height));
  kinds[`${height} operands × blocks with them`] = (n) => {
    if (height > 1_000) return single([], new Bytes());
    return single(
      [],
      new Bytes().all(condition, height).all(new Bytes().put(op.block, 2, ...condition, op.brIf, 0, op.end), n).all([op.drop], height),
      (module) => module.type(repeat(height, I32), repeat(height, I32)),
    );
  };
}
kinds['operands, growing × ifs'] = (n) => single([], new Bytes().all([...condition, ...condition, op.if, EMPTY, op.end], n).all([op.drop], n));
kinds['operand stack'] = (n) => single([], new Bytes().all(condition, n).all([op.drop], n));
kinds['operand stack of constants'] = (n) => single([], new Bytes().all([op.i32Const, 1], n).all([op.drop], n));
kinds['operand stack of calls'] = (n) =>
  single([], new Bytes().all([op.i32Const, 1, op.call, 0], n).all([op.drop], n), (module) => module.function(0, [], new Bytes().put(op.i32Const, 1)));
kinds['operand stack across calls'] = (n) =>
  single([], new Bytes().all(condition, 1_000).all([op.i32Const, 1, op.call, 0, op.drop], n).all([op.drop], 1_000), (module) =>
    module.function(0, [], new Bytes().put(op.i32Const, 1)),
  );
kinds['deep expression'] = (n) => single([], new Bytes().all(condition, n + 1).all([op.i32Add], n).put(op.drop));
kinds['straight line'] = (n) => single([], new Bytes().put(...condition).all([op.globalGet, 0, op.i32Add], n).put(op.drop));
kinds['straight line of constants'] = (n) => single([], new Bytes().put(...condition).all([op.i32Const, 3, op.i32Add], n).put(op.drop));
kinds['loads'] = (n) => single([], new Bytes().put(...condition).all([op.i32Load, 2, 0], n).put(op.drop));
kinds['stores'] = (n) => single([], new Bytes().all([op.i32Const, 0, ...condition, op.i32Store, 2, 0], n));
kinds['divisions'] = (n) => single([[1, I64]], new Bytes().put(op.localGet, 1).all([op.localGet, 1, op.i64DivS], n).put(op.drop));
kinds['conversions'] = (n) => single([[1, F64]], new Bytes().all([op.localGet, 1, op.i64TruncF64, op.drop], n));
kinds['saturating conversions'] = (n) => single([[1, F64]], new Bytes().all([op.localGet, 1, 0xfc, 7, op.drop], n));
kinds['roundings'] = (n) => single([[1, F64]], new Bytes().put(op.localGet, 1).all([op.f64Nearest], n).put(op.drop));
kinds['select'] = (n) => single([], new Bytes().put(...condition).all([...condition, ...condition, op.select], n).put(op.drop));
kinds['drops of constants'] = (n) => single([], new Bytes().all([op.i32Const, 0, op.drop], n));
kinds['nops'] = (n) => single([], new Bytes().all([op.nop], n));
kinds['local to itself'] = (n) => single([], new Bytes().all([op.localGet, 0, op.localSet, 0], n));
kinds['dead code'] = (n) => single([], new Bytes().put(op.unreachable).all([op.i32Add], n).put(op.drop));
kinds['dead ifs'] = (n) => single([], new Bytes().put(op.unreachable).all([op.if, EMPTY, op.end], n));
kinds['dead br_if'] = (n) => single([], new Bytes().put(op.block, EMPTY).put(op.unreachable).all([op.brIf, 0], n).put(op.end));
kinds['SIMD shuffles'] = (n) =>
  single([[1, V128]], new Bytes().put(op.localGet, 1).all([op.localGet, 1, 0xfd, 13, 0, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31], n).put(op.drop));
kinds['SIMD products'] = (n) => single([[1, V128]], new Bytes().put(op.localGet, 1).all([op.localGet, 1, 0xfd, 0xd5, 1], n).put(op.drop));
kinds['SIMD conversions'] = (n) => single([[1, V128]], new Bytes().put(op.localGet, 1).all([0xfd, 0xf9, 1], n).put(op.drop));
kinds['SIMD shifts'] = (n) => single([[1, V128]], new Bytes().put(op.localGet, 1).all([op.localGet, 0, 0xfd, 0x6c], n).put(op.drop));
kinds['SIMD constants'] = (n) => {
  const body = new Bytes();
  const next = pseudo(9);
  for (let done = 0; done < n; done += 1) {
    body.put(0xfd, 12);
    for (let byte = 0; byte < 16; byte += 1) body.put(next() & 255);
    body.put(op.drop);
  }
  return single([], body);
};
kinds['f64 constants'] = (n) => {
  const body = new Bytes();
  const next = pseudo(11);
  for (let done = 0; done < n; done += 1) {
    body.put(op.f64Const);
    for (let byte = 0; byte < 8; byte += 1) body.put(next() & 255);
    body.put(op.drop);
  }
  return single([], body);
};
kinds['memory.grow'] = (n) => single([], new Bytes().all([op.i32Const, 0, op.memoryGrow, 0, op.drop], n));
kinds['memory.copy'] = (n) => single([], new Bytes().all([op.localGet, 0, op.localGet, 0, op.localGet, 0, 0xfc, 10, 0, 0], n));
kinds['memory.fill'] = (n) => single([], new Bytes().all([op.localGet, 0, op.localGet, 0, op.localGet, 0, 0xfc, 11, 0], n));
kinds['table.get and set'] = (n) => single([], new Bytes().all([op.localGet, 0, op.localGet, 0, op.tableGet, 0, op.tableSet, 0], n));
kinds['call_indirect'] = (n) => single([], new Bytes().all([op.localGet, 0, op.callIndirect, 1, 0], n));
kinds['calls'] = (n) => single([], new Bytes().all([op.call, 0], n), (module) => module.function(1, [], new Bytes().put(op.nop)));
kinds['calls that are inlined'] = (n) =>
  single([], new Bytes().all([op.i32Const, 1, op.call, 0, op.drop], n), (module) =>
    module.function(0, [], new Bytes().put(op.localGet, 0).all([op.localGet, 0, op.i32Add], 12)),
  );
kinds['calls doubled in each function'] = (n) => {
  const module = start();
  module.function(1, [], new Bytes().all([...condition, op.globalSet, 0], 10));
  for (let made = 1; made < n; made += 1) module.function(1, [], new Bytes().all(new Bytes().put(op.call).u(made - 1), 2));
  const run = module.function(0, [], preamble().put(op.call).u(n - 1).put(op.i32Const, 0));
  module.export('run', 0, run);
  return module.bytes;
};
kinds['return_call'] = (n) => single([], new Bytes().all([...condition, op.if, EMPTY, op.localGet, 0, op.returnCall, 0, op.end], n), (module) => module.function(0, [], new Bytes().put(op.i32Const, 1)));

for (const width of [16, 100, 1_000]) {
  const wide = repeat(width, I32);
  kinds[`calls with ${width} arguments`] = (n) =>
    single([], new Bytes().all(new Bytes().all(condition, width).put(op.call, 0).all([op.drop], width), n), (module) => {
      module.type(wide, wide);
      const body = new Bytes();
      for (let local = 0; local < width; local += 1) body.put(op.localGet).u(local);
      module.function(2, [], body);
    });
  kinds[`calls with ${width} results passed on`] = (n) =>
    single([], new Bytes().all(condition, width).all(new Bytes().put(op.call, 0), n).all([op.drop], width), (module) => {
      module.type(wide, wide);
      const body = new Bytes();
      for (let local = 0; local < width; local += 1) body.put(op.localGet).u(local);
      module.function(2, [], body);
    });
  kinds[`call_indirect with ${width} results passed on`] = (n) =>
    single([], new Bytes().all(condition, width).all([op.localGet, 0, op.callIndirect, 2, 0], n).all([op.drop], width), (module) => module.type(wide, wide));
  kinds[`loops with ${width} parameters`] = (n) =>
    single([], new Bytes().all(condition, width).all([op.loop, 2, ...condition, op.brIf, 0, op.end], n).all([op.drop], width), (module) => module.type(wide, wide));
  kinds[`ifs with ${width} parameters`] = (n) =>
    single([], new Bytes().all(condition, width).all([...condition, op.if, 2, op.end], n).all([op.drop], width), (module) => module.type(wide, wide));
  kinds[`nested blocks with ${width} parameters`] = (n) =>
    single([], new Bytes().all(condition, width).all([op.block, 2], n).all([op.end], n).all([op.drop], width), (module) => module.type(wide, wide));
  kinds[`br_table with ${width} values`] = (n) =>
    single([], new Bytes().put(op.block, 2).all(condition, width).put(...condition, op.brTable).u(n).all([0], n).put(0, op.end).all([op.drop], width), (module) => module.type([], wide));
  kinds[`br_if with ${width} values`] = (n) =>
    single([], new Bytes().put(op.block, 2).all(condition, width).all([...condition, op.brIf, 0], n).put(op.end).all([op.drop], width), (module) => module.type([], wide));
  kinds[`dead blocks with ${width} results`] = (n) =>
    single([], new Bytes().put(op.unreachable).all(new Bytes().put(op.block, 2, op.unreachable, op.end), n).put(op.unreachable), (module) => module.type([], wide));
  kinds[`functions with ${width} parameters and results`] = (n) =>
    many(n, [], new Bytes().put(op.unreachable), (module) => module.type(wide, wide), 2);
  kinds[`types with ${width} parameters`] = (n) => {
    const module = start();
    for (let made = 0; made < n; made += 1) {
      const parameters = [...wide];
      for (let bit = 0; bit < 16; bit += 1) if ((made >> bit) & 1) parameters[bit] = I64;
      module.type(parameters, wide);
    }
    const run = module.function(0, [], preamble().put(op.i32Const, 0));
    module.export('run', 0, run);
    return module.bytes;
  };
}

kinds['nested blocks'] = (n) => single([], new Bytes().all([op.block, EMPTY], n).all([op.end], n));
kinds['nested blocks, br_if to each'] = (n) => {
  const body = new Bytes().all([op.block, EMPTY], n);
  for (let depth = 0; depth < n; depth += 1) body.put(...condition, op.brIf).u(depth);
  return single([], body.all([op.end], n));
};
kinds['nested blocks, br_table to each'] = (n) => {
  const body = new Bytes().all([op.block, EMPTY], n).put(...condition, op.brTable).u(n - 1);
  for (let depth = 0; depth < n; depth += 1) body.u(depth);
  return single([], body.all([op.end], n));
};
kinds['nested ifs'] = (n) => single([], new Bytes().all([...condition, op.if, EMPTY], n).all([op.end], n));
kinds['nested ifs with else'] = (n) => single([], new Bytes().all([...condition, op.if, EMPTY], n).all([op.else, op.end], n));
kinds['nested loops'] = (n) => single([], new Bytes().all([op.loop, EMPTY], n).all([...condition, op.brIf, 0, op.end], n));
kinds['nested loops, br_if to each'] = (n) => {
  const body = new Bytes().all([op.loop, EMPTY], n);
  for (let depth = 0; depth < n; depth += 1) body.put(...condition, op.brIf).u(depth);
  return single([], body.all([op.end], n));
};
kinds['nested try'] = (n) =>
  single([], new Bytes().all([0x06, EMPTY], n).put(op.call, 0).all([0x19, op.end], n), (module) => module.function(1, [], new Bytes().put(op.nop)));
kinds['nested try_table'] = (n) =>
  single([], new Bytes().all([op.block, EMPTY, op.tryTable, EMPTY, 1, 2, 0], n).put(op.call, 0).all([op.end, op.end], n), (module) =>
    module.function(1, [], new Bytes().put(op.nop)),
  );
kinds['nested try_table, calls in each'] = (n) =>
  single([], new Bytes().all([op.block, EMPTY, op.tryTable, EMPTY, 1, 2, 0], n).all([op.call, 0, op.end, op.end], n), (module) =>
    module.function(1, [], new Bytes().put(op.nop)),
  );
kinds['try_table × catches'] = (n) => {
  const clauses = new Bytes().put(op.block, EMPTY, op.tryTable, EMPTY).u(n).all([2, 0], n).put(op.call, 0, op.end, op.end);
  return single([], clauses, (module) => module.function(1, [], new Bytes().put(op.nop)));
};
kinds['try_table × catches × calls'] = (n) => {
  const side = Math.ceil(Math.sqrt(n));
  const clauses = new Bytes().put(op.block, EMPTY, op.tryTable, EMPTY).u(side).all([2, 0], side).all([op.call, 0], side).put(op.end, op.end);
  return single([], clauses, (module) => module.function(1, [], new Bytes().put(op.nop)));
};
kinds['try × catches'] = (n) =>
  single([], new Bytes().put(0x06, EMPTY, op.call, 0).all([0x07, 0], n).put(op.end), (module) => {
    module.entry('tag').put(0, 1);
    module.function(1, [], new Bytes().put(op.nop));
  });
kinds['br_table'] = (n) => single([], new Bytes().put(op.block, EMPTY, ...condition, op.brTable).u(n).all([0], n).put(0, op.end));
for (const targets of [10, 1_000]) {
  kinds[`br_tables of ${targets}`] = (n) =>
    single([], new Bytes().all(new Bytes().put(op.block, EMPTY, op.block, EMPTY, ...condition, op.brTable).u(targets).all([0, 1], targets / 2).put(0, op.end, op.end), n));
}
kinds['br_table, blocks in a row'] = (n) => {
  // A switch as compilers make it: n cases, each with code.
  const body = new Bytes().all([op.block, EMPTY], n).put(...condition, op.brTable).u(n - 1);
  for (let depth = 0; depth < n; depth += 1) body.u(depth);
  body.put(op.end);
  for (let depth = 1; depth < n; depth += 1) body.put(...condition, op.globalSet, 0, op.br).u(n - 1 - depth).put(op.end);
  return single([], body);
};
kinds['loop around a switch (interpreter)'] = (n) => {
  const locals = 100;
  const body = new Bytes().put(op.loop, EMPTY).all([op.block, EMPTY], n).put(...condition, op.brTable).u(n - 1);
  for (let depth = 0; depth < n; depth += 1) body.u(depth);
  body.put(op.end);
  const next = pseudo(13);
  for (let depth = 1; depth < n; depth += 1) body.put(...condition, op.localSet).u(1 + (next() % locals)).put(op.br).u(n - depth).put(op.end);
  return single([[locals, I32]], body.put(op.end));
};
kinds['ifs in a row'] = (n) => single([], new Bytes().all([...condition, op.if, EMPTY, ...condition, op.globalSet, 0, op.end], n));
kinds['loops in a row'] = (n) => single([], new Bytes().all([op.loop, EMPTY, ...condition, op.brIf, 0, op.end], n));
kinds['br_if in one block'] = (n) => single([], new Bytes().put(op.block, EMPTY).all([...condition, op.brIf, 0], n).put(op.end));
kinds['returns'] = (n) => single([], new Bytes().all([...condition, op.if, EMPTY, op.i32Const, 1, op.return, op.end], n));

kinds['tiny functions'] = (n) => many(n, [], new Bytes());
kinds['functions of 1,000 bytes'] = (n) => many(n, [], new Bytes().all([...condition, op.globalSet, 0], 250));
kinds['functions with 49,000 locals'] = (n) => many(n, [[49_000, I32]], new Bytes());
kinds['functions with 49,000 groups of locals'] = (n) => many(n, new Array(49_000).fill([1, I32]), new Bytes());
kinds['functions with 1,000 locals × 30 ifs'] = (n) => many(n, [[1_000, I32]], new Bytes().all([...condition, op.if, EMPTY, op.end], 30));
kinds['all functions are called'] = (n) => {
  const module = start();
  for (let made = 0; made < n; made += 1) module.function(1, [], new Bytes().put(op.nop));
  const body = new Bytes().put(...new Bytes().all(preamble()).view);
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
kinds['exports with 32 parameters and 16 results'] = (n) => {
  const module = start();
  module.export('run', 0, module.function(0, [], preamble().put(op.i32Const, 0)));
  const ty = module.type(repeat(32, F64), repeat(16, F64));
  for (let made = 0; made < n; made += 1) module.export(`f${made.toString(36)}`, 0, module.function(ty, [], new Bytes().put(op.unreachable)));
  return module.bytes;
};
kinds['imports with 32 parameters and 16 results'] = (n) => {
  const module = new Module();
  module.type([I32], [I32]);
  const ty = module.type(repeat(32, F64), repeat(16, F64));
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

/** All kinds, by name: functions of a scale, a whole number from 1 up, that give a module's bytes. */
export { kinds };

/**
 * The scale of a kind whose module has about so many bytes, and not more. Sizes grow about in proportion.
 *
 * @param {(scale: number) => Uint8Array} make
 * @param {number} bytes
 */
function scaleOfSize(make, bytes) {
  const [small, large] = [make(64).length, make(128).length];
  if (small === large) return 2 ** 20;
  let scale = Math.min(2 ** 20, 64 + Math.floor((Math.max(0, bytes - small) * 64) / (large - small)));
  for (;;) {
    const { length } = make(scale);
    if (length <= bytes || scale === 1) return scale;
    scale = Math.max(1, Math.floor(scale * Math.min(0.97, bytes / length)));
  }
}

/**
 * The largest module of a kind for which something holds, about; it is assumed to hold for all smaller ones.
 *
 * @param {(scale: number) => Uint8Array} make
 * @param {number} most bytes that the module may have
 * @param {(bytes: Uint8Array) => Promise<boolean>} holds
 * @returns {Promise<number>} its scale, 0 if it does not hold for 1
 */
export async function largest(make, most, holds) {
  let high = scaleOfSize(make, most);
  if (await holds(make(high))) return high;
  if (!(await holds(make(1)))) return 0;
  let low = 1;
  while (high - low > Math.max(1, low / 16)) {
    const middle = Math.floor(Math.sqrt(low * (high + 1)));
    const next = Math.min(high - 1, Math.max(low + 1, middle));
    if (await holds(make(next))) low = next;
    else high = next;
  }
  return low;
}
