// Bombs of one function, or of a few: what its code makes a compiler do.

import { Bytes, EMPTY, EXTERNREF, F32, F64, FUNCREF, I32, I64, Module, V128, op } from './encode.mjs';
import { condition, many, preamble, pseudo, repeat, single, start, writingIf } from './shapes.mjs';

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
  const locals = 2_000;
  const body = new Bytes();
  const next = pseudo(7);
  for (let local = 1; local <= locals; local += 1) body.put(...condition, op.localSet).u(local);
  for (let done = 0; done < n; done += 1) {
    body.put(op.localGet).u(1 + (next() % locals)).put(op.localGet).u(1 + (next() % locals)).put(op.i32Mul, op.localSet).u(1 + (next() % locals));
  }
  for (let local = 1; local <= locals; local += 1) body.put(op.localGet).u(local).put(op.globalSet, 0);
  return single([[locals, I32]], body);
};

for (const height of [50, 500, 5_000, 15_000]) {
  kinds[`${height} operands × ifs`] = (n) =>
    single([], new Bytes().all(condition, height).all([...condition, op.if, EMPTY, op.end], n).all([op.drop], height), () => {}, height > 1_000 ? 1 : undefined);
}
kinds['64 operands × blocks with them'] = (n) =>
  single(
    [],
    new Bytes().all(condition, 64).all(new Bytes().put(op.block, 2, ...condition, op.brIf, 0, op.end), n).all([op.drop], 64),
    (module) => module.type(repeat(64, I32), repeat(64, I32)),
  );
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
kinds['rotations'] = (n) => single([[1, I64]], new Bytes().put(op.localGet, 1).all([op.localGet, 1, op.i64Rotl], n).put(op.drop));
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

for (const width of [16, 64]) {
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
  kinds[`functions with ${width} parameters and results`] = (n) => {
    const body = new Bytes();
    for (let local = 0; local < width; local += 1) body.put(op.localGet).u(local);
    return many(n, [], body, { prepare: (module) => module.type(wide, wide), type: 2, before: new Bytes().all(condition, width), after: width });
  };
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

for (const width of [16, 128]) {
  const wide = repeat(width, I32);
  kinds[`br_table with ${width} values`] = (n) =>
    single([], new Bytes().put(op.block, 2).all(condition, width).put(...condition, op.brTable).u(n).all([0], n).put(0, op.end).all([op.drop], width), (module) => module.type([], wide));
  kinds[`br_if with ${width} values`] = (n) =>
    single([], new Bytes().put(op.block, 2).all(condition, width).all([...condition, op.brIf, 0], n).put(op.end).all([op.drop], width), (module) => module.type([], wide));
  kinds[`dead blocks with ${width} results`] = (n) =>
    single([], new Bytes().put(op.unreachable).all(new Bytes().put(op.block, 2, op.unreachable, op.end), n).put(op.unreachable), (module) => module.type([], wide));
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
  const clauses = new Bytes().put(op.block, EMPTY, op.tryTable, EMPTY).u(n).all([2, 0], n).all([op.call, 0], n).put(op.end, op.end);
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

export { kinds as functions };
