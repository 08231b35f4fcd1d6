// Plugins that attack while they are loaded and started: entries 1, 2 and 4 to 12 of the catalogue.

import { outcomeOf, strangers } from './bytes-of-strangers.mjs';
import { attack, carriedOn, failed, killed, refused, shown, stillborn, told, wat } from './attack.mjs';
import { wrong } from './metadata.mjs';
import { code, joined, leb128, module, name, nothing, section, sectionOf } from './modules.mjs';
import { equal, ok } from './stage.mjs';
import { withRecords } from '../suite/bytes.mjs';
import { thrown } from '../suite/assert.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 64 * KIB;

/** What every object of JavaScript has. */
const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

const attacks = [];

// 1

for (const word of inherited) {
  const asModule = wat(`module-${word}`, `(module (import "${word}" "${word}" (func (param i32) (result i32))))`);
  const asName = wat(`name-${word}`, `(module (import "test/host@1" "act" (func)) (import "test/host@1" "${word}" (func)))`);
  const asSystemCall = wat(`call-${word}`, `(module (import "portcullis" "${word}" (func (param i32) (result i32))))`);
  attacks.push(
    attack(1, `\`${word}\` as a module`, {
      expect: refused('missing-grant', 'plugin `attacker` asks for', word, 'which nobody granted'),
      run: (stage) => stage.spawn(asModule, { imports: Object.create(Array.prototype) }),
    }),
    attack(1, `\`${word}\` as a function of an interface`, {
      expect: refused('unknown-import', `\`test/host@1#${word}\` is imported`, 'no function of that name'),
      run: (stage) => stage.spawn(asName, { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act() {} }) } }),
    }),
    attack(1, `\`${word}\` as a system call`, {
      expect: refused('unknown-import', word, 'system call'),
      run: (stage) => stage.spawn(asSystemCall),
    }),
  );
}

/** What the kernel itself puts into a prepared module. */
const reserved = {
  memory: ['(memory 1)', '`memory` from `portcullis`'],
  fuel: ['(global (mut i32))', '`fuel` from `portcullis`'],
  refill: ['(func (param i32) (result i32))', 'the kernel has no system call `refill`'],
};

for (const [word, [type, says]] of Object.entries(reserved)) {
  const plugin = wat(`reserved-${word}`, `(module (import "portcullis" "${word}" ${type}))`);
  attacks.push(
    attack(1, `the kernel’s own \`${word}\``, {
      expect: refused('unknown-import', says),
      run: (stage) => stage.spawn(plugin, { imports: { portcullis: 'object' } }),
    }),
  );
}

// 2

for (const [index, word] of ['then', '__proto__', 'toJSON', 'constructor', 'toString', 'valueOf'].entries()) {
  const value = 41 + index;
  const plugin = wat(`export-${word}`, `(module (func (export "${word}") (param i32) (result i32) (i32.add (local.get 0) (i32.const ${index}))) (func (export "test/odd@1#f") (result i32) (i32.const 9)))`);
  attacks.push(
    attack(2, `an export \`${word}\``, {
      expect: carriedOn([value, 9, false, `{"name":"attacker"}`]),
      async run(stage) {
        const process = await stage.spawn(plugin);
        const methods = await process.interface('test/odd@1');
        const plain = process.interface('test/odd@1');
        return [await process.call(word, [41]), await methods.f(), 'then' in plain, JSON.stringify({ name: process.name })];
      },
    }),
  );
}

// 4

const grower = wat('boundless', `(module
  (memory 1)
  (func (export "grow-all") (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size)))`);

attacks.push(
  attack(4, 'a memory without a maximum ends at its limit', {
    expect: carriedOn([16, PAGE * 16]),
    async run(stage) {
      const process = await stage.spawn(grower, { memory: { maximum: MIB } });
      return [await process.call('grow-all'), process.memoryBytes];
    },
  }),
  attack(4, 'a memory that starts larger than its limit', {
    expect: refused('bad-limit', 'plugin `attacker` needs', 'its limit is 1024 KiB', 'memory.maximum'),
    run: (stage) => stage.spawn(module(section(5, [1, 0, 17])), { memory: { maximum: MIB } }),
  }),
  attack(4, 'a memory of 4 GiB', {
    expect: refused('bad-limit', 'plugin `attacker` needs', 'of memory to start'),
    run: (stage) => stage.spawn(module(section(5, [1, 0, ...leb128(65_536)]))),
  }),
  attack(4, 'a memory of more than 4 GiB', {
    expect: refused('invalid-module', 'memory'),
    run: (stage) => stage.spawn(module(section(5, [1, 0, ...leb128(65_537)]))),
  }),
  attack(4, 'two memories', {
    expect: refused('refused-module', 'more than one memory'),
    run: (stage) => stage.spawn(module(section(5, [2, 0, 1, 0, 1]))),
  }),
  attack(4, 'an imported memory and another one', {
    expect: refused('refused-module', 'more than one memory'),
    run: (stage) => stage.spawn(module(section(2, [1, ...name('a'), ...name('m'), 2, 0, 1]), section(5, [1, 0, 1]))),
  }),
  attack(4, 'seventeen tables', {
    expect: refused('refused-module', 'more than 16 tables'),
    run: (stage) => stage.spawn(module(sectionOf(4, 17, [0x70, 0, 1]))),
  }),
  attack(4, 'a table of ten million entries', {
    expect: refused('refused-module', 'entries'),
    run: (stage) => stage.spawn(module(section(4, [1, 0x70, 0, ...leb128(10_000_000)]))),
  }),
  attack(4, 'eight tables of ten million entries', {
    expect: refused('refused-module', 'entries'),
    run: (stage) => stage.spawn(module(sectionOf(4, 8, [0x70, 0, ...leb128(10_000_000)]))),
  }),
  attack(4, 'tables whose entries sum up to more than 2³²', {
    expect: refused('refused-module', 'entries'),
    run: (stage) => stage.spawn(module(sectionOf(4, 16, [0x70, 0, ...leb128(2 ** 31)]))),
  }),
);

// 6

const act = 'act: func()';
const starts = (stage, method) => ({ 'test/host@1': stage.provide('test/host@1', act, { act: method }) });

const startTraps = wat('start-unreachable', '(module (func $start (unreachable)) (start $start))');
const startOverflows = wat('start-deep', '(module (func $start (call $start) (call $start)) (start $start))');
const startOutOfBounds = wat('start-outside', '(module (memory 1) (func $start (drop (i32.load (i32.const -1)))) (start $start))');
const startThrows = wat('start-throws', '(module (tag $e) (func $start (throw $e)) (start $start))');
const startCallsTwice = wat('start-calls-twice', `
;;@ import test/host@1 act: func()
(module
  (import "test/host@1" "act" (func $act))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $start (call $act) (call $act))
  (func (export "status") (result i32) (i32.load (i32.const 8)))
  (start $start))`);
const startWithoutStatus = wat('start-silent', `
;;@ import test/host@1 act: func()
(module
  (import "test/host@1" "act" (func $act))
  (start $act))`);
const initialiseTraps = wat('initialise-outside', `(module (memory 1)
  (func (export "_initialize") (i32.store (i32.const -4) (i32.const 1))))`);
const startMints = wat('start-mints', `
;;@ export test/thing@1 thing: resource(1)
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func $start
    (local $left i32)
    (local.set $left (i32.const 100))
    (loop $more
      (drop (call $create (local.get $left) (i32.const 1)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (unreachable))
  (func (export "test/thing@1#[dtor]thing") (param i32))
  (start $start))`);
const statusTraps = wat('status-unreachable', '(module (memory 1) (func (export "portcullis_status") (result i32) (unreachable)))');
const statusOverflows = wat('status-deep', `(module (memory 1)
  (func $deeper (export "portcullis_status") (result i32) (i32.add (call $deeper) (i32.const 1))))`);

attacks.push(
  attack(6, 'a start function that traps', {
    expect: stillborn('attacker', 'plugin `attacker` trapped in `start`', 'while it started'),
    run: (stage) => stage.spawn(startTraps),
  }),
  attack(6, 'a start function that uses up the stack', {
    expect: stillborn('attacker', 'plugin `attacker` used up the stack in `start`'),
    run: (stage) => stage.spawn(startOverflows),
  }),
  attack(6, 'a start function that reads outside of its memory', {
    expect: stillborn('attacker', 'plugin `attacker` trapped in `start`'),
    run: (stage) => stage.spawn(startOutOfBounds),
  }),
  attack(6, 'a start function that throws', {
    expect: stillborn('attacker', 'plugin `attacker` threw an exception in `start`'),
    run: (stage) => stage.spawn(startThrows),
  }),
  attack(6, 'an initialisation that writes outside of its memory', {
    expect: stillborn('attacker', 'plugin `attacker` trapped in `start`'),
    run: (stage) => stage.spawn(initialiseTraps),
  }),
  attack(6, 'a start function that mints a hundred objects and traps', {
    expect: stillborn('attacker', 'plugin `attacker` trapped in `start`'),
    run: (stage) => stage.spawn(startMints),
  }),
  attack(6, 'a start function that calls a function of the application, which throws', {
    expect: told('host'),
    async run(stage) {
      const process = await stage.spawn(startCallsTwice, {
        imports: starts(stage, () => {
          throw new Error('not so');
        }),
      });
      equal(stage.failures().length, 2, 'failures');
      return process.call('status');
    },
  }),
  attack(6, 'a start function that is a granted import, which throws, and nowhere to be told', {
    expect: stillborn('attacker', '`test/host@1#act` failed with `host`', 'it has no status word'),
    async run(stage) {
      const failing = () => {
        throw new Error('not so');
      };
      try {
        return await stage.spawn(startWithoutStatus, { imports: starts(stage, failing) });
      } finally {
        equal(stage.failures().length, 1, 'failures');
      }
    },
  }),
  attack(6, 'a status word whose address comes from a function that traps', {
    expect: stillborn('attacker', 'plugin `attacker` trapped'),
    run: (stage) => stage.spawn(statusTraps),
  }),
  attack(6, 'a status word whose address comes from a function without end', {
    expect: stillborn('attacker', 'plugin `attacker` used up the stack'),
    run: (stage) => stage.spawn(statusOverflows),
  }),
);

// 7

const segments = {
  'a data segment one byte too far': ['(memory 1) (data (i32.const 65533) "abcd")'],
  'a data segment at an address that wraps': ['(memory 1) (data (i32.const -1) "ab")'],
  'an element segment one entry too far': ['(table 2 funcref) (elem (i32.const 1) $f $f)'],
  'a good data segment before a bad one': ['(memory 1) (data (i32.const 0) "good") (data (i32.const 65536) "x")'],
  'functions in a table before a bad data segment': ['(memory 1) (table 4 funcref) (elem (i32.const 0) $f $f $f $f) (data (i32.const 65535) "ab")'],
};

for (const [what, [fields]] of Object.entries(segments)) {
  const plugin = wat(`segment-${what.replaceAll(' ', '-')}`, `(module
    (import "test/host@1" "act" (func $f))
    ${fields}
    (func $start (call $f))
    (func (export "test/thing@1#f") (call $f))
    (start $start))`);
  attacks.push(
    attack(7, what, {
      expect: refused('invalid-module', 'plugin attacker could not be instantiated: '),
      async run(stage) {
        let acts = 0;
        try {
          return await stage.spawn(plugin, { imports: starts(stage, () => void acts++) });
        } finally {
          equal(acts, 0, 'calls of what was placed');
        }
      },
    }),
  );
}

// 8

const greeter = wat('bare-greeter', `(module
  (func (export "test/greeter@1#version") (result i32) (i32.const 7))
  (func (export "test/greeter@1#greet") (param i32) (result i32) (local.get 0)))`);

for (const [what, [records, ...parts]] of Object.entries(wrong)) {
  attacks.push(
    attack(8, what, {
      expect: refused('bad-metadata', 'the signature metadata is wrong at line ', ...parts),
      async run(stage) {
        const bytes = withRecords(await stage.bytes(greeter), records);
        const described = await thrown(() => stage.kernel.describe(bytes));
        equal(described.code, 'bad-metadata', 'what a description says');
        return stage.spawn(bytes);
      },
    }),
  );
}

attacks.push(
  attack(8, 'records for a function that the module has not', {
    expect: refused('bad-metadata', '`test/greeter@1#vanish` is declared as an export', 'exports no such function'),
    run: async (stage) => stage.spawn(withRecords(await stage.bytes(greeter), 'export test/greeter@1 vanish: func()')),
  }),
  attack(8, 'types nested 30,000 deep', {
    expect: refused('bad-metadata', 'line 1', 'a list holds'),
    run: async (stage) => stage.spawn(withRecords(await stage.bytes(greeter), `export test/greeter@1 greet: func(x: ${'list<'.repeat(10_000)}`)),
  }),
  attack(8, 'text that is no UTF-8', {
    expect: refused('bad-metadata', 'byte 0 is not part of a UTF-8 text'),
    run: async (stage) => stage.spawn(withRecords(await stage.bytes(greeter), Uint8Array.of(0xc3, 0x28))),
  }),
  attack(8, 'a record that is cut by the end of the module', {
    expect: refused('invalid-module', 'the module is cut short at byte '),
    async run(stage) {
      const bytes = withRecords(await stage.bytes(greeter), 'export test/greeter@1 version: func() -> u32');
      return stage.spawn(bytes.subarray(0, bytes.length - 5));
    },
  }),
  attack(8, 'a record for the kernel’s own allocator', {
    expect: refused('bad-metadata', '`cabi_realloc` is declared as an export, but the module exports no such function'),
    run: async (stage) => stage.spawn(withRecords(await stage.bytes(greeter), 'export - cabi_realloc: func()')),
  }),
);

// 9

const differing = {
  'an export with another parameter': ['export test/greeter@1 greet: func(times: u64) -> u32', '`test/greeter@1#greet`', '(i64) -> (i32)'],
  'an export with a parameter less': ['export test/greeter@1 greet: func() -> u32', '`test/greeter@1#greet`', '() -> (i32)'],
  'an export with another result': ['export test/greeter@1 version: func() -> f32', '`test/greeter@1#version`', '() -> (f32)'],
  'an export without its result': ['export test/greeter@1 version: func()', '`test/greeter@1#version`', '() -> ()'],
  'an export that takes a number for a string': ['export test/greeter@1 greet: func(name: string) -> u32', '`test/greeter@1#greet`', '(i32, i32) -> (i32)'],
};

for (const [what, [record, ...parts]] of Object.entries(differing)) {
  attacks.push(
    attack(9, what, {
      expect: refused('signature-mismatch', 'is declared as', 'but the module has', ...parts),
      run: async (stage) => stage.spawn(withRecords(await stage.bytes(greeter), record)),
    }),
  );
}

const support = {
  'an allocator of another type': ['(func (export "cabi_realloc") (param i32) (result i32) (i32.const 0))', 'cabi_realloc'],
  'no allocator': ['', 'cabi_realloc', 'does not export it'],
};

for (const [what, [field, ...parts]] of Object.entries(support)) {
  const plugin = wat(`support-${what.replaceAll(' ', '-')}`, `
;;@ export test/greeter@1 greet: func(name: string) -> u32
(module (memory 1) ${field}
  (func (export "test/greeter@1#greet") (param i32 i32) (result i32) (i32.const 1)))`);
  attacks.push(attack(9, what, { expect: refused('signature-mismatch', ...parts), run: (stage) => stage.spawn(plugin) }));
}

const oddSupport = {
  'an after-return of another type': ['cabi_post_test/greeter@1#version', '(param i64)'],
  'a destructor of another type': ['test/greeter@1#[dtor]thing', '(param i64)'],
};

for (const [what, [exported, parameters]] of Object.entries(oddSupport)) {
  const plugin = wat(`support-${what.replaceAll(' ', '-')}`, `
;;@ export test/greeter@1 version: func() -> u32
;;@ export test/greeter@1 thing: resource(1)
(module
  (func (export "${exported}") ${parameters})
  (func (export "test/greeter@1#version") (result i32) (i32.const 1)))`);
  attacks.push(attack(9, what, { expect: refused('signature-mismatch', exported), run: (stage) => stage.spawn(plugin) }));
}

const asking = wat('asking', `
;;@ import test/counter@1 create: func(start: u64) -> own<counter>
(module (import "test/counter@1" "create" (func (param i64) (result i32))))`);
const importDiffers = wat('import-differs', `
;;@ import test/counter@1 create: func(start: u64) -> own<counter>
(module (import "test/counter@1" "create" (func (param i32) (result i32))))`);

attacks.push(
  attack(9, 'an import that its provider has otherwise', {
    expect: refused('signature-mismatch', 'test/counter@1#create', 'u64', 'u32'),
    async run(stage) {
      const server = await stage.server();
      return stage.spawn(asking, { imports: { 'test/counter@1': server.process } });
    },
  }),
  attack(9, 'an import that is declared as it is not', {
    expect: refused('signature-mismatch', 'import `test/counter@1#create` is declared as', '(i64) -> (i32)', '(i32) -> (i32)'),
    run: (stage) => stage.spawn(importDiffers),
  }),
);

// 10

/** An escape sequence, a line end, a change of direction, a zero, and words of the kernel. */
const disguise = 'a\u001b[31m\nportcullis: plugin `host` trapped\u202e\0';
const cleaned = 'a·[31m·portcullis: plugin `host` trapped··';
const disguisedExport = wat('disguised-export', '(module (func (export "a\\1b[31m\\nportcullis: plugin `host` trapped\\e2\\80\\ae\\00") (unreachable)))');
const disguisedImport = wat('disguised-import', '(module (import "x\\1b[2J\\n" "y\\e2\\80\\ae" (func)))');
const disguisedFunction = wat('disguised-function', '(module (import "test/host@1" "y\\1b[2J\\n\\e2\\80\\ae" (func)))');
const plain = wat('plain-trap', '(module (func (export "f") (unreachable)))');
const twin = wat('a-twin', '(module (func (export "f") (result i32) (i32.const 1)))');
const named = module(nothing.types, nothing.functions, section(7, [1, ...name('f'), 0, 0]), code([0], [0x00]), section(0, [...name('name'), 1, ...(() => {
  const map = [1, 0, ...name('at portcullis (native)\n    at kernel.js:1:1\u001b[31m')];
  return [...leb128(map.length), ...map];
})()]));


const spoken = wat('disguised-words', `(module
  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (memory 1)
  (data (i32.const 16) "a\\1b[31m\\nportcullis: plugin \`host\` trapped\\e2\\80\\ae\\00")
  (func (export "f") (call $fault (i32.const 16) (i32.const 44)) (unreachable)))`);
const endlessWords = wat('endless-words', `(module
  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (memory 1)
  (func $start (memory.fill (i32.const 0) (i32.const 0x1b) (i32.const 65536)))
  (func (export "f") (call $fault (i32.const 0) (i32.const 65536)) (unreachable))
  (start $start))`);
const longExport = wat('long-export', `(module (func (export "${'x'.repeat(50_000)}") (unreachable)))`);

attacks.push(
  attack(10, 'the name of a process', {
    expect: killed({ process: disguise, shown: cleaned, code: 'trapped', function: 'f', says: ['trapped in `f`'] }, { caller: 'trapped' }),
    run: async (stage) => (await stage.spawn(plain, { name: disguise })).call('f'),
  }),
  attack(10, 'the name of an export that traps', {
    expect: killed({ process: 'attacker', code: 'trapped', function: disguise, says: [`trapped in \`${cleaned}\``] }, { caller: 'trapped' }),
    run: async (stage) => (await stage.spawn(disguisedExport)).call(disguise),
  }),
  attack(10, 'the name of an export that is called wrongly', {
    expect: failed('bad-argument', { process: 'attacker', function: disguise }, `${cleaned} takes 0 arguments`),
    run: async (stage) => (await stage.spawn(disguisedExport)).call(disguise, [1]),
  }),
  attack(10, 'names of exports in the list of what there is', {
    expect: failed('unknown-export', { process: 'attacker', function: 'g' }, `it has ${cleaned}`),
    run: async (stage) => (await stage.spawn(disguisedExport)).call('g'),
  }),
  attack(10, 'the name of an interface that is imported', {
    expect: refused('missing-grant', 'plugin `attacker` asks for `x·[2J·`, which nobody granted'),
    run: (stage) => stage.spawn(disguisedImport),
  }),
  attack(10, 'the name of a function that is imported', {
    expect: refused('unknown-import', '`test/host@1#y·[2J··` is imported'),
    run: (stage) => stage.spawn(disguisedFunction, { imports: starts(stage, () => {}) }),
  }),
  attack(10, 'last words', {
    expect: killed({ process: 'attacker', code: 'trapped', function: 'f' }, { caller: 'trapped' }),
    async run(stage) {
      const process = await stage.spawn(spoken);
      try {
        await process.call('f');
      } finally {
        equal(process.reason.lastWords, cleaned, 'its last words');
      }
    },
  }),
  attack(10, '64 KiB of escape characters as last words', {
    expect: killed({ process: 'attacker', code: 'trapped', function: 'f' }, { caller: 'trapped' }),
    async run(stage) {
      const process = await stage.spawn(endlessWords);
      try {
        await process.call('f');
      } finally {
        equal(process.reason.lastWords, '·'.repeat(1024), 'its last words');
      }
    },
  }),
  attack(10, 'a name of 50,000 characters', {
    expect: killed({ process: 'attacker', code: 'trapped', function: 'x'.repeat(50_000), says: [`${'x'.repeat(120)}…`] }, { caller: 'trapped' }),
    async run(stage) {
      const process = await stage.spawn(longExport);
      try {
        await process.call('x'.repeat(50_000));
      } finally {
        ok(process.reason.message.length < 500, `a message of ${process.reason.message.length} characters`);
      }
    },
  }),
  attack(10, 'the names of two processes are the same', {
    expect: carriedOn([1, 1, true]),
    async run(stage) {
      const [first, second] = [await stage.spawn(twin), await stage.spawn(twin)];
      return [await first.call('f'), await second.call('f'), first.id !== second.id];
    },
  }),
  attack(10, 'names for stack traces that look like frames of the kernel', {
    expect: killed({ process: 'attacker', code: 'trapped', function: 'f' }, { caller: 'trapped' }),
    async run(stage) {
      const process = await stage.spawn(named);
      try {
        await process.call('f');
      } catch (error) {
        for (const text of [error.message, process.reason.message, String(error.cause?.stack ?? '')]) ok(!text.includes('native'), text);
        throw error;
      }
    },
  }),
  attack(10, 'a name that the engine repeats when it refuses the module', {
    expect: refused('invalid-module', 'the engine refuses the module'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, section(7, [2, ...name(disguise), 0, 0, ...name(disguise), 0, 0]), nothing.code)),
  }),
);

// 11

const reExporter = wat('re-exports', `
;;@ import test/host@1 act: func()
;;@ import test/host@1 allocate: func(old: u32, old-size: u32, align: u32, size: u32) -> u32
;;@ export test/re@1 act: func()
;;@ export test/re@1 length: func(list: list<u8>) -> u32
(module
  (import "test/host@1" "act" (func $act))
  (import "test/host@1" "allocate" (func $allocate (param i32 i32 i32 i32) (result i32)))
  (import "portcullis" "cap_release" (func $release (param i32) (result i32)))
  (import "portcullis" "handle_badge" (func $badge (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (export "test/re@1#act" (func $act))
  (export "cabi_realloc" (func $allocate))
  (export "release" (func $release))
  (export "badge" (func $badge))
  (func (export "status") (result i32) (i32.load (i32.const 8)))
  (func (export "test/re@1#length") (param i32 i32) (result i32) (local.get 1)))`);
const asSupport = wat('system-call-as-support', `
;;@ export test/re@1 thing: resource(1)
;;@ export test/re@1 value: func() -> u32
;;@ export test/re@1 make: func() -> own<thing>
(module
  (import "portcullis" "fault" (func $fault (param i32 i32)))
  (import "portcullis" "cap_class" (func $class (param i32) (result i32)))
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (export "test/re@1#value" (func $value))
  (export "class" (func $class))
  (func $value (result i32) (i32.const 5))
  (func (export "test/re@1#make") (result i32) (call $create (i32.const 1) (i32.const 1))))`);
const startIsImport = wat('start-is-import', `
;;@ import test/counter@1 create: func(start: u32) -> own<counter>
;;@ import test/counter@1 alive: func() -> u32
(module
  (import "test/counter@1" "alive" (func $alive (result i32)))
  (import "test/counter@1" "create" (func $create (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (export "alive" (func $alive))
  (export "create" (func $create)))`);

const openReExporter = async (stage, allocate) => {
  const signatures = 'act: func()\nallocate: func(old: u32, old-size: u32, align: u32, size: u32) -> u32';
  return stage.spawn(reExporter, { imports: { 'test/host@1': stage.provide('test/host@1', signatures, { act() {}, allocate }) } });
};

attacks.push(
  attack(11, 'a system call as an export, with a number that stands for nothing', {
    expect: told('bad-handle'),
    run: async (stage) => (await openReExporter(stage, () => 1024)).call('release', [1]),
  }),
  attack(11, 'a system call as an export that reports by the status word', {
    expect: told(['bad-class']),
    async run(stage) {
      const process = await openReExporter(stage, () => 1024);
      equal(await process.call('badge', [1, 1]), 0);
      return [await process.call('status')];
    },
  }),
  attack(11, 'a function of the application as the allocator, with addresses that are none', {
    expect: failed('no-memory', { process: 'attacker', function: 'test/re@1#length' }, 'test/re@1#length of plugin attacker could not be called'),
    async run(stage) {
      let address = 1024;
      const process = await openReExporter(stage, () => address);
      equal(await process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]), 3, 'a good address');
      address = PAGE - 2;
      return process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]);
    },
  }),
  attack(11, 'a function of the application as the allocator, which throws', {
    expect: failed('no-memory', { process: 'attacker', function: 'test/re@1#length' }, 'test/re@1#length of plugin attacker could not be called'),
    async run(stage) {
      const process = await openReExporter(stage, () => {
        throw new Error('not so');
      });
      try {
        return await process.call('test/re@1#length', [Uint8Array.of(1, 2, 3)]);
      } finally {
        equal(stage.failures().length, 1, 'failures');
      }
    },
  }),
  attack(11, 'a system call that asks about what the web app holds', {
    expect: shown([5, 0, 0]),
    async run(stage) {
      const process = await stage.spawn(asSupport);
      const thing = await process.call('test/re@1#make');
      const values = [await process.call('test/re@1#value'), await process.call('class', [1]), await process.call('class', [2])];
      thing.release();
      return values;
    },
  }),
  attack(11, 'a granted import as an export: it is called as this plugin, and what it gives is this plugin’s', {
    expect: shown([1, 1, 1]),
    async run(stage) {
      const server = await stage.server();
      const process = await stage.spawn(startIsImport, { imports: { 'test/counter@1': server.process } });
      equal(await process.call('alive'), 0);
      const cap = await process.call('create', [4]);
      return [cap, await process.call('alive'), stage.inspect(process).capabilities.length];
    },
  }),
);

// 12

for (const [what, [bytes, part]] of Object.entries(strangers)) {
  attacks.push(
    attack(12, what, {
      expect: refused('not-wasm', part),
      async run(stage) {
        for (const action of [() => stage.kernel.describe(bytes), () => stage.kernel.compile(bytes)]) equal((await thrown(action)).code, 'not-wasm');
        return stage.spawn(bytes);
      },
    }),
  );
}

attacks.push(
  attack(12, 'code that does not validate', {
    expect: refused('invalid-module', 'the engine refuses the module: '),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x42, 0, 0x41, 0, 0x6a, 0x1a]))),
  }),
  attack(12, 'sections in the wrong order', {
    expect: refused('invalid-module', /order/),
    run: (stage) => stage.spawn(module(nothing.functions, nothing.types, nothing.code)),
  }),
  attack(12, 'a section that is longer than the module', {
    expect: refused('invalid-module', 'at byte '),
    run: (stage) => stage.spawn(module(joined([1], leb128(1_000_000), [1]))),
  }),
  attack(12, 'a number without end', {
    expect: refused('invalid-module', 'at byte '),
    run: (stage) => stage.spawn(module([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01])),
  }),
  attack(12, 'a count of four billion types in a section of a byte', {
    expect: refused('refused-module', 'type'),
    run: (stage) => stage.spawn(module(section(1, leb128(0xffff_ffff)))),
  }),
  attack(12, 'a name of four billion bytes', {
    expect: refused('invalid-module', 'at byte '),
    run: (stage) => stage.spawn(module(section(7, [1, ...leb128(0xffff_fff0), 0x61]))),
  }),
);

for (const source of ['minter', 'start-calls']) {
  attacks.push(
    attack(12, `${source}.wat, cut after every one of its bytes`, {
      expect: refused('invalid-module', 'the module is cut short at byte '),
      async run(stage) {
        const whole = await stage.bytes(source);
        for (let length = 8; length < whole.length - 1; length++) await outcomeOf(stage, whole.subarray(0, length));
        return stage.spawn(whole.subarray(0, whole.length - 1));
      },
    }),
    ...[0, 3, 6].map((round) => attack(12, `${source}.wat, a bit of each of its bytes flipped, round ${round}`, {
      expect: refused('not-wasm', 'it does not start with the WebAssembly header'),
      async run(stage) {
        const whole = await stage.bytes(source);
        const first = whole.slice();
        first[0] ^= 1;
        for (let byte = whole.length - 1; byte >= 8; byte--) {
          const flipped = whole.slice();
          flipped[byte] ^= 1 << (byte + round) % 8;
          await outcomeOf(stage, flipped);
        }
        return stage.spawn(first);
      },
    })),
  );
}

export default attacks;
