// `portcullis types`: what it writes is what TypeScript checks calls by.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../xtask/command.mjs';
import { script } from '../../xtask/npm-packages.mjs';
import { build } from '../../xtask/paths.mjs';
import { pluginsForTests, tool } from './lib/tool.mjs';

const plugins = pluginsForTests('types');
const { folder } = plugins;

/** What TypeScript says of files in the folder, which sees the package as other projects do. */
async function complaints(...files) {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noPropertyAccessFromIndexSignature'];
  const options = ['--noEmit', ...strict, '--target', 'es2022', '--lib', 'es2022,esnext.disposable,dom', '--types', '', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
  const { output } = await run(process.execPath, [script('typescript', 'bin/tsc'), ...options, ...files], { cwd: folder, mayFail: true });
  return output.trim();
}

/** Declares a plugin in a file of the folder. */
async function declare(plugin, file) {
  const output = join(folder, `${file}.d.ts`);
  const { code, stdout, stderr } = await tool(['types', plugin, '-o', output]);
  assert.deepEqual([code, stdout, stderr], [0, '', '']);
  return readFileSync(output, 'utf8');
}

test('it declares what is exported, what is to be granted, and how the application serves that', async () => {
  const text = await declare(plugins.path('greet'), 'greet');
  assert.match(text, /^ {2}readonly 'demo\/greet@1#hello': \(name: string\) => string;$/m);
  assert.match(text, /^ {2}readonly 'demo\/log@1': Interface \| Process \| 'later';$/m);
  assert.match(text, /^export interface DemoLog \{\n {2}write\(line: string\): void;\n\}$/m);
  assert.equal((await tool(['types', plugins.path('greet')])).stdout, text);
  assert.equal((await tool(['types', '--json', plugins.path('greet')])).json.declarations, text);
});

test('calls are checked: names, arguments and results', async () => {
  await declare(plugins.path('greet'), 'checked');
  writeFileSync(
    join(folder, 'use-checked.ts'),
    `import { Kernel } from 'portcullis';
    import type { DemoLog, Exports, Imports } from './checked.d.ts';
    export async function use(kernel: Kernel): Promise<string> {
      const methods: DemoLog = { write: (line) => console.log(line.length) };
      const log = kernel.provide('demo/log@1', 'write: func(line: string)', methods);
      const imports: Imports = { 'demo/log@1': log };
      const greet = await kernel.spawn<Exports>('greet.wasm', { imports });
      const text: string = await greet.call('demo/greet@1#hello', ['Ada'], { deadline: 5 });
      const { hello } = greet.interface('demo/greet@1');
      // @ts-expect-error it takes a string
      await greet.call('demo/greet@1#hello', [5]);
      // @ts-expect-error it takes one
      await greet.call('demo/greet@1#hello', []);
      // @ts-expect-error it takes an argument
      await greet.call('demo/greet@1#hello');
      // @ts-expect-error it gives a string
      const number: number = await greet.call('demo/greet@1#hello', ['Ada']);
      // @ts-expect-error there is no such function
      await greet.call('demo/greet@1#bye', ['Ada']);
      // @ts-expect-error it takes a string
      await hello(5);
      // @ts-expect-error the interface has to be granted
      const lacking: Imports = {};
      // @ts-expect-error the log has to be served whole
      const silent: DemoLog = {};
      // A process that is known goes wherever one does.
      await kernel.spawn('other.wasm', { imports: { 'demo/greet@1': greet } });
      return text + (await hello('Eve')) + [number, lacking, silent].length;
    }`,
  );
  assert.equal(await complaints('use-checked.ts'), '');
});

test('every type of the ABI is declared as the package takes and gives it', async () => {
  await declare(join(build, 'test-plugins/parity-server.wasm'), 'server');
  await declare(join(build, 'test-plugins/parity-client.wasm'), 'client');
  writeFileSync(
    join(folder, 'use-server.ts'),
    `import type { Handle, Process } from 'portcullis';
    import type { Exports, TestCounter } from './server.d.ts';
    import type { Exports as Client, TestCounter as Counters, TestEcho } from './client.d.ts';
    export async function use(server: Process<Exports>, client: Process<Client>): Promise<unknown[]> {
      const counter: TestCounter = await server.call('test/counter@1#create', [5]);
      const again: TestCounter = counter.retain();
      const handle: Handle = counter;
      const value: number = await server.call('test/counter@1#increment', [counter, 2]);
      const none: TestCounter | undefined = await server.call('test/counter@1#give-back');
      await server.call('test/counter@1#finish-if-any', [undefined]);
      const [left, right]: [TestCounter, TestCounter] = await server.call('test/counter@1#create-two', [1, 2]);
      const wide: bigint = await server.call('test/echo@1#echo-u64', [5n]);
      const bytes: Uint8Array<ArrayBuffer> = await server.call('test/echo@1#list-u8', [new Uint8ClampedArray(5)]);
      const letters: string[] = await server.call('test/echo@1#list-char', ['abc']);
      const error: number = await server.call('test/echo@1#result-error', [0]);
      const pair: [number, number] = await server.call('test/echo@1#result-tuple', [true]);
      const counters = server.interface('test/counter@1');
      const made: TestCounter | undefined = await counters.maybeCreate(true, 1);
      // @ts-expect-error a number is no bigint
      await server.call('test/echo@1#echo-u64', [5]);
      // @ts-expect-error a handle of any class will not do
      await server.call('test/counter@1#read', [handle]);
      // @ts-expect-error a number is no handle
      await server.call('test/counter@1#read', [5]);
      return [again, value, none, left, right, wide, bytes, letters, error, pair, made, client];
    }
    class Count {}
    export const served: Pick<Counters<{ 'test/counter@1.counter': Count; 'test/fail@1.bomb': object }>, 'create' | 'read'> = {
      create: (start: number) => new Count(),
      read: (self: Count) => 5,
    };
    export const echo: Pick<TestEcho, 'listU64' | 'tuple'> = {
      listU64: (value: BigUint64Array) => [...value],
      tuple: (a: number, b: string, c: bigint, d: Uint16Array) => [a, b, c, [...d]],
    };`,
  );
  assert.equal(await complaints('use-server.ts'), '');
});

test('leases, messages and constants have types, too', async () => {
  const lender = plugins.assemble(
    'lender',
    `;;@ export demo/fill@1 fill: func(into: borrow<portcullis/kernel@1.lease>) -> u32
    ;;@ export demo/fill@1 ask: func(message: borrow<portcullis/kernel@1.message>) -> u32
    (module
      (import "js" "base" (global i64))
      (func (export "demo/fill@1#ask") (param i32) (result i32) (i32.const 0))
      (func (export "demo/fill@1#fill") (param i32) (result i32) (i32.const 0)))`,
  );
  const text = await declare(lender, 'lender');
  assert.match(text, /^import type \{ Lease, OutgoingMessage \} from 'portcullis';$/m);
  writeFileSync(
    join(folder, 'use-lender.ts'),
    `import type { Kernel } from 'portcullis';
    import type { Constants, Exports } from './lender.d.ts';
    export async function use(kernel: Kernel): Promise<number> {
      const constants: Constants = { 'js#base': 5n };
      const lender = await kernel.spawn<Exports>('lender.wasm', { constants });
      const lease = kernel.lease(new Uint8Array(5), 'write');
      // @ts-expect-error bytes are no lease
      await lender.call('demo/fill@1#fill', [new Uint8Array(5)]);
      await lender.call('demo/fill@1#ask', [{ data: new Uint8Array(5), reply: 16 }]);
      // @ts-expect-error a handle is no message
      await lender.call('demo/fill@1#ask', [5]);
      return lender.call('demo/fill@1#fill', [lease.retain()]);
    }`,
  );
  assert.equal(await complaints('use-lender.ts'), '');
});

test('names that a plugin makes up declare nothing else', async () => {
  const hostile = plugins.assemble(
    'hostile',
    `;;@ export demo/odd@1 new: func(class: string, delete: u32, a: u8) -> error
    ;;@ import demo/odd-one@1 constructor: func()
    ;;@ import demo/odd-one@2 go: func()
    (module
      (import "*/ declare const evil: any; /*" "x'];}export const y: any;//" (func))
      (import "demo/odd-one@1" "constructor" (func))
      (import "demo/odd-one@2" "go" (func))
      (import "__proto__" "__proto__" (func))
      (import "js" "x': any; evil: '" (global i64))
      (memory 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "demo/odd@1#new") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "'; */ } declare const worse: any; /*\\0a\\e2\\80\\a8\\5c"))
      (func (export "\`\${}")))`,
  );
  const text = await declare(hostile, 'hostile');
  assert.doesNotMatch(text.replaceAll(/'(?:[^'\\]|\\.)*'|\/\*\*?[^]*?\*\//g, ''), /evil|worse|const y/);
  writeFileSync(join(folder, 'use-hostile.ts'), `import type { Exports } from './hostile.d.ts';\nexport const names: keyof Exports = 'demo/odd@1#new';\n`);
  assert.equal(await complaints('use-hostile.ts'), '');
});

test('a plugin without imports or exports is declared, too', async () => {
  const text = await declare(plugins.assemble('empty', '(module)'), 'empty');
  assert.match(text, /export type Exports = \{\n\};/);
  writeFileSync(join(folder, 'use-empty.ts'), `import type { Imports } from './empty.d.ts';\nexport const imports: Imports = {};\n`);
  assert.equal(await complaints('use-empty.ts', 'empty.d.ts'), '');
});
