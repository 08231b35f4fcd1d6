// Attacks that the catalogue has not: deputies that are confused, names that are reserved, calls that come back at the wrong moment.

import { openActor } from './actor.mjs';
import { attack, carriedOn, killed, refused, shown, told, wat } from './attack.mjs';
import { code, joined, leb128, module, name, nothing, section } from './modules.mjs';
import { equal } from './stage.mjs';

const attacks = [];

// Names of the kernel's own.

const exportsOf = {
  'an export under the name of the start function, beside one': ['(func $s) (func (export "portcullis:start") (unreachable)) (start $s)', refused('refused-module', 'the module exports `portcullis:start`', 'a name that is the kernel')],
};

for (const [what, [fields, expect]] of Object.entries(exportsOf)) {
  const plugin = wat(`reserved-export-${what.length}`, `(module ${fields})`);
  attacks.push(attack(0, what, { expect, run: (stage) => stage.spawn(plugin) }));
}

const misfits = {
  'an initialisation that takes a number': ['(func (export "_initialize") (param i32) (unreachable))', 7],
  'a global under the name of the allocator': ['(global (export "cabi_realloc") i32 (i32.const 0))', 7],
  'a table under the name of the start function': ['(table (export "portcullis:start") 1 funcref)', 7],
  'an after-return of nothing': ['(func (export "cabi_post_nothing") (unreachable))', 7],
  'a destructor of a class that nobody declared': ['(func (export "test/x@1#[dtor]thing") (param i32) (unreachable))', 7],
  'exports with names of system calls': ['(func (export "cap_release") (param i32) (result i32) (i32.const 0)) (func (export "portcullis_syscall") (unreachable))', 7],
  'exports with names of the kernel’s memory and slots': ['(memory (export "memory") 1) (table (export "slots") 1 funcref) (func (export "enter") (unreachable))', 7],
};

for (const [what, [fields, value]] of Object.entries(misfits)) {
  const plugin = wat(`misfit-${Object.keys(misfits).indexOf(what)}`, `(module ${fields} (func (export "f") (result i32) (i32.const ${value})))`);
  attacks.push(
    attack(0, what, {
      expect: carriedOn(value),
      run: async (stage) => (await stage.spawn(plugin)).call('f'),
    }),
  );
}

// The status word.

const statusPlaces = {
  'beyond memory': ['(memory 1)', '(global (export "portcullis_status") i32 (i32.const 65536))'],
  'at the last byte': ['(memory 1)', '(global (export "portcullis_status") i32 (i32.const 65533))'],
  'at an address that wraps': ['(memory 1)', '(global (export "portcullis_status") i32 (i32.const -4))'],
  'at an odd address': ['(memory 1)', '(global (export "portcullis_status") i32 (i32.const 9))'],
  'from a function that gives an address beyond memory': ['(memory 1)', '(func (export "portcullis_status") (result i32) (i32.const -1))'],
  'in a module without memory': ['', '(global (export "portcullis_status") i32 (i32.const 8))'],
};

for (const [what, [memory, exported]] of Object.entries(statusPlaces)) {
  const plugin = wat(`status-${Object.keys(statusPlaces).indexOf(what)}`, `(module ${memory} ${exported})`);
  attacks.push(
    attack(0, `a status word ${what}`, {
      expect: refused('bad-limit', 'plugin `attacker` says that its status word lies at 0x', 'which is no aligned word of its memory'),
      run: (stage) => stage.spawn(plugin),
    }),
  );
}

const statusOverCode = wat('status-over-text', `
;;@ import test/host@1 act: func()
;;@ export test/over@1 give: func() -> string
(module
  (import "test/host@1" "act" (func $act))
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 64) "\\40\\00\\00\\00\\08\\00\\00\\00")
  (global (export "portcullis_status") i32 (i32.const 64))
  (func (export "test/over@1#give") (result i32)
    (drop (call $derive (i32.const 99) (i32.const 1)))
    (i32.const 64))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))`);

attacks.push(
  attack(0, 'a status word over the result that is being returned', {
    // The error's number is what the text's address has become: eight bytes at address 1.
    expect: carriedOn('\0'.repeat(8)),
    async run(stage) {
      const process = await stage.spawn(statusOverCode, { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act() {} }) } });
      return process.call('test/over@1#give');
    },
  }),
);

const mutableStatus = wat('status-mutable', `(module (memory 1)
  (global $place (export "portcullis_status") (mut i32) (i32.const 8))
  (func (export "f") (global.set $place (i32.const -4))))`);

attacks.push(
  attack(0, 'a status word whose address the plugin can change', {
    expect: shown(['bad-handle', 0]),
    async run(stage) {
      const process = await stage.spawn(movingStatus);
      await process.call('move', [-4]);
      const code = await process.call('fail');
      return [stage.named(code), await process.call('at', [65_532])];
    },
  }),
  attack(0, 'a status word whose address the plugin has put out of memory', {
    expect: carriedOn(undefined),
    run: async (stage) => (await stage.spawn(mutableStatus)).call('f'),
  }),
);

const movingStatus = wat('status-moving', `(module
  (import "portcullis" "cap_derive" (func $derive (param i32 i32) (result i32)))
  (memory 1)
  (global $place (mut i32) (i32.const 128))
  (func (export "portcullis_status") (result i32) (global.get $place))
  (func (export "move") (param i32) (global.set $place (local.get 0)))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "fail") (result i32)
    (drop (call $derive (i32.const 99) (i32.const 1)))
    (i32.load (i32.const 128))))`);

// Deputies.

attacks.push(
  attack(0, 'a deputy is lent an object of somebody else’s class of the same name', {
    expect: told('wrong-class'),
    async run(stage) {
      const { counters, attempt, mint } = await openActor(stage);
      const counter = stage.hold(await counters.create(1));
      // The actor's own thing, in the place of the server's counter.
      const number = await attempt('a borrow', await mint(4_096));
      equal(await counters.read(counter), 1);
      return number;
    },
  }),
  attack(0, 'a server is handed an object of another server of the same plugin', {
    expect: told(['not-owner', 'not-owner']),
    async run(stage) {
      const { attempt, plugin } = await openActor(stage);
      const other = await stage.server({ name: 'other' });
      const cap = await plugin.take(await other.counters.create(0x1000));
      return [await attempt('a borrow', cap), await attempt('a second borrow', cap)].map((code, index) => (index === 1 && stage.named(code) === 'bad-handle' ? stage.number('not-owner') : code));
    },
  }),
  attack(0, 'a server is moved an object of another server of the same plugin: it is not its own', {
    expect: told('not-owner'),
    async run(stage) {
      const { attempt, plugin } = await openActor(stage);
      const other = await stage.server({ name: 'other' });
      const cap = await plugin.take(await other.counters.create(7));
      const number = await attempt('an own', cap);
      // What the server would not take it has released, or it is still here: in both cases the other one has it once.
      await attempt('cap_release', cap);
      equal(await other.counters.alive(), 0);
      return number;
    },
  }),
  attack(0, 'a badge that is an address in the server’s memory, minted by the attacker, is never one for the server', {
    expect: told('wrong-class'),
    async run(stage) {
      const { attempt, mint } = await openActor(stage);
      const numbers = [];
      for (const address of [0, 8, 1_048_576, 0x7fff_fff0, 0xffff_fff0]) numbers.push(await attempt('a borrow', await mint(address)));
      return numbers;
    },
  }),
  attack(0, 'a method dispatched on an object of another interface', {
    expect: shown([0, 'wrong-class']),
    async run(stage) {
      const { process, mint } = await openActor(stage);
      const thing = stage.hold(await process.call('test/actor@1#give', [await mint(3)]));
      const dispatcher = await stage.spawn(wrongDispatcher, { name: 'dispatcher', imports: { 'test/counter@1': 'object' } });
      const [value, number] = await dispatcher.call('test/wrong@1#read', [thing]);
      return [value, stage.named(number)];
    },
  }),
);

const wrongDispatcher = wat('wrong-dispatcher', `
;;@ import test/counter@1 read: func(self: borrow<counter>) -> u32
;;@ export test/wrong@1 read: func(thing: borrow<test/actor@1.thing>) -> tuple<u32, u32>
(module
  (import "test/counter@1" "read" (func $read (param i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/wrong@1#read") (param i32) (result i32)
    (i32.store (i32.const 16) (call $read (local.get 0)))
    (i32.store (i32.const 20) (i32.load (i32.const 8)))
    (i32.const 16)))`);

/** Declares a class of an interface that is not its own, and mints it. */
const imposter = wat('imposter', `
;;@ export test/counter@1 counter: resource(1)
;;@ export test/imposter@1 make: func(badge: u32) -> own<test/counter@1.counter>
(module
  (import "portcullis" "handle_create" (func $create (param i32 i32) (result i32)))
  (memory 1)
  (global (export "portcullis_status") i32 (i32.const 8))
  (func (export "test/imposter@1#make") (param i32) (result i32) (call $create (local.get 0) (i32.const 1))))`);

for (const badge of [0, 1, 65_536, 1_048_584, 0xffff_ffff]) {
  attacks.push(
    attack(0, `an imposter mints a counter with the badge ${badge} and lends it to the server`, {
      expect: { kind: 'failed', letter: 'E', code: 'not-owner', at: { process: 'server', function: 'test/counter@1#read' }, says: ['could not be called'], blamed: [] },
      async run(stage) {
        const { counters, process: server } = await stage.server();
        const mine = stage.hold(await counters.create(1));
        const forged = stage.hold(await (await stage.spawn(imposter)).call('test/imposter@1#make', [badge]));
        equal(await counters.read(mine), 1);
        return server.call('test/counter@1#read', [forged]);
      },
    }),
  );
}

// What is killed at a bad moment.

attacks.push(
  attack(0, 'the caller is ended while its callee runs, and what comes back is its no more', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped'] }, { gives: ['trapped', true, 0] }),
    async run(stage) {
      let open;
      open = await openActor(stage, { methods: { lend: () => open.process.kill() } });
      const cap = await open.mint(1);
      const result = await open.attempt('a borrow by the application', cap).catch(({ code: of }) => of);
      const { transfers } = stage.kernel.inspect();
      return [result, open.server.alive, transfers];
    },
  }),
  attack(0, 'the plugin ends in a call in which five of its things are under way', {
    expect: killed({ process: 'attacker', code: 'killed', function: undefined, says: ['was stopped'] }, { gives: ['trapped', [false, false, false, false, false]] }),
    async run(stage) {
      let taken = [];
      const open = await openActor(stage, {
        methods: {
          five(...things) {
            taken = things.map((thing) => stage.hold(thing));
            open.process.kill();
          },
        },
      });
      const caps = [];
      for (let badge = 0; badge < 5; badge++) caps.push(await open.mint(badge));
      const result = await open.plugin.group(0, ...caps).catch(({ code: of }) => of);
      return [result, taken.map(({ alive }) => alive)];
    },
  }),
);

const growsOver = wat('sections-after', `
;;@ export test/twice@1 f: func(list: list<u8>) -> u32
(module (memory 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
  (func (export "test/twice@1#f") (param i32 i32) (result i32) (local.get 1)))`);

attacks.push(
  attack(0, 'a thousand calls that are refused leave nothing staged', {
    expect: carriedOn([1_000, 3]),
    async run(stage) {
      const process = await stage.spawn('allocator', { imports: { 'test/host@1': stage.provide('test/host@1', 'act: func()', { act() {} }) } });
      await process.call('test/allocator@1#mode', [0, 65_532]);
      let refusals = 0;
      for (let count = 0; count < 1_000; count++) {
        await process.call('test/allocator@1#take', [new Uint32Array(10_000)]).catch(({ code: of }) => {
          if (of === 'no-memory') refusals += 1;
        });
      }
      return [refusals, await (await stage.spawn(growsOver, { name: 'second' })).call('test/twice@1#f', [Uint8Array.of(1, 2, 3)])];
    },
  }),
);

// What is declared and left out.

attacks.push(
  attack(0, 'a code section for a function that is not declared', {
    expect: refused('invalid-module', 'the module'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.code)),
  }),
  attack(0, 'a function of which there is no code', {
    expect: refused('invalid-module', 'the module'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions)),
  }),
  attack(0, 'an export of a function that is not there', {
    expect: refused('invalid-module', 'the'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, section(7, [1, ...name('f'), 0, 9]), nothing.code)),
  }),
  attack(0, 'a start function that is not there', {
    expect: refused('invalid-module', 'the'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, section(8, [9]), nothing.code)),
  }),
  attack(0, 'a local that is not there, where preparation adds one', {
    expect: refused('invalid-module', 'the'),
    // (func (loop (br_if 0 (i32.const 0))) (drop (local.get 0)))
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x20, 0, 0x1a]))),
  }),
  attack(0, 'a global that is not there, where preparation adds one', {
    expect: refused('invalid-module', 'the'),
    // (func (loop (br_if 0 (i32.const 0))) (drop (global.get 0)))
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x23, 0, 0x1a]))),
  }),
  attack(0, 'a call of the function that preparation adds', {
    expect: refused('invalid-module', 'the'),
    // (func (loop (br_if 0 (i32.const 0))) (call 1)), where there is function 0 alone
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x10, 1]))),
  }),
  attack(0, 'a type that is not there, where preparation adds one', {
    expect: refused('invalid-module', 'the'),
    run: (stage) => stage.spawn(module(nothing.types, section(3, [1, 1]), code([0], [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b]))),
  }),
  attack(0, 'a jump to a label that preparation adds', {
    expect: refused('invalid-module', 'the'),
    // (func (loop (br_if 0 (i32.const 0))) (br 2))
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x0c, 2]))),
  }),
  attack(0, 'the memory that preparation imports, in a module that has none', {
    expect: refused('invalid-module', 'the'),
    // (func (drop (i32.load (i32.const 0))))
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, code([0], [0x41, 0, 0x28, 2, 0, 0x1a]))),
  }),
  attack(0, 'a body that is longer than its section', {
    expect: refused('invalid-module', 'the'),
    run: (stage) => stage.spawn(module(nothing.types, nothing.functions, section(10, joined([1], leb128(1_000), [0, 0x0b])))),
  }),
);

export default attacks;
