// What a strict TypeScript project sees of the package: what it may write, and what the compiler keeps it from.

import {
  Handle,
  Interface,
  Kernel,
  PluginError,
  PortcullisError,
  Process,
  errorCodes,
  type BudgetOptions,
  type BudgetUse,
  type BytesSource,
  type CallArguments,
  type CallOptions,
  type CallResult,
  type Clock,
  type CompileOptions,
  type CompiledPlugin,
  type Description,
  type ErrorCode,
  type ErrorDescription,
  type EventKind,
  type EventProcess,
  type ExitReason,
  type Features,
  type FunctionDescription,
  type Functions,
  type InspectedCapability,
  type InspectedProcess,
  type Inspection,
  type InterfaceNames,
  type KernelEvent,
  type KernelUsage,
  type Limits,
  type LoaderOptions,
  type Methods,
  type NumberArray,
  type PluginSource,
  type Quarantine,
  type QuarantineOptions,
  type QuarantinedPlugin,
  type ReplaceOptions,
  type RespawnOptions,
  type Right,
  type Share,
  type SpawnOptions,
  type StartOptions,
  type Usage,
} from 'portcullis';

export async function sum(bytes: Uint8Array): Promise<unknown> {
  const kernel: Kernel = await Kernel.start();
  try {
    const plugin = await kernel.spawn(bytes, { name: 'adder' });
    return await plugin.call('add', [40, 2]);
  } catch (error) {
    if (error instanceof PortcullisError) return error.code;
    if (error instanceof PluginError) return error.value;
    throw error;
  } finally {
    kernel.close();
  }
}

/** Sources of every kind. */
export async function sources(kernel: Kernel, bytes: Uint8Array<ArrayBuffer>): Promise<Process[]> {
  const compiled: CompiledPlugin = await kernel.compile(fetch('plugin.wasm'), { sha256: 'abc' });
  const given: PluginSource[] = [bytes, bytes.buffer, new Blob([bytes]), new Response(bytes), fetch('a.wasm'), new URL('https://a'), 'a.wasm', compiled];
  return Promise.all(given.map((source) => kernel.spawn(source)));
}

/** Interfaces, grants, limits, methods with types of one's own. */
export async function grants(kernel: Kernel, server: Process, source: BytesSource): Promise<number> {
  const log: Interface = kernel.provide('demo/log@1', 'write: func(line: string)', {
    write(line: string): void {
      console.log(line);
    },
  });
  const options: SpawnOptions = {
    name: 'client',
    imports: { [log.name]: log, 'demo/store@1': server, 'demo/item@1': 'object' },
    memory: { maximum: 1 << 20 },
    handles: 10,
    objects: 10,
    calls: 1,
    sha256: 'abc',
    signatures: 'export - add: func(a: u32, b: u32) -> u32',
  };
  const client = await kernel.spawn(source, options);
  const { size } = client.interface<{ size(of: string): Promise<number> }>('demo/client@1');
  const into = new Uint8Array(10);
  const call: CallOptions = { into };
  const filled = (await client.call('demo/client@1#bytes', [], call)) as Uint8Array;
  await client.replace(source);
  const untyped = client.interface('demo/client@1');
  const unknown: unknown = await untyped['anything']?.(1, 'two');
  return (await size('x')) + filled.length + Number(unknown);
}

/** What `portcullis types` writes. */
type Vector = Handle & { readonly class: 'demo/vector@1.vector' };
type Exports = {
  readonly 'demo/vector@1#create': (x: number, y: number) => Vector;
  readonly 'demo/vector@1#long-length': (self: Vector) => bigint;
  readonly 'demo/vector@1#then': () => void;
  readonly 'demo/other@2#names': () => string[];
  readonly reset: () => void;
};

/** A plugin of which something is known: names, arguments and results are checked. */
export async function known(kernel: Kernel, source: BytesSource): Promise<unknown[]> {
  const plugin: Process<Exports> = await kernel.spawn<Exports>(source, { deadline: 50 });
  const vector: Vector = await plugin.call('demo/vector@1#create', [1, 2], { deadline: 5 });
  const same: Vector = vector.retain();
  const weaker: Vector = vector.derive(['call']);
  const length: bigint = await plugin.call('demo/vector@1#long-length', [vector]);
  const names: string[] = await plugin.call('demo/other@2#names');
  await plugin.call('reset', [], { fuel: 5 });
  const { create, longLength } = plugin.interface('demo/vector@1');
  const again: bigint = await longLength(await create(1, 2));
  const own = plugin.interface<{ size(): Promise<number> }>('demo/vector@1');
  const anything: Process = plugin;
  const grants: SpawnOptions = { imports: { 'demo/vector@1': plugin } };
  const all: readonly Process[] = [plugin, ...kernel.processes];
  const functions: Functions = {} as Exports;
  const interfaces: InterfaceNames<Exports>[] = ['demo/vector@1', 'demo/other@2'];
  const methods: Methods<Exports, 'demo/other@2'> = { names: async () => [] };
  const rest: CallArguments<Exports, 'demo/vector@1#create'> = [[1, 2]];
  const result: CallResult<Exports, 'demo/vector@1#create'> = same;
  // @ts-expect-error there is no such function
  await plugin.call('demo/vector@1#destroy');
  // @ts-expect-error there is one argument too few
  await plugin.call('demo/vector@1#create', [1]);
  // @ts-expect-error there is one argument too many
  await plugin.call('demo/vector@1#create', [1, 2, 3]);
  // @ts-expect-error the arguments are missing
  await plugin.call('demo/vector@1#create');
  // @ts-expect-error it takes numbers
  await plugin.call('demo/vector@1#create', ['1', 2]);
  // @ts-expect-error it gives a bigint
  const number: number = await plugin.call('demo/vector@1#long-length', [vector]);
  // @ts-expect-error a handle of another class
  await plugin.call('demo/vector@1#long-length', [null as unknown as Handle]);
  // @ts-expect-error there is no such method
  plugin.interface('demo/vector@1').destroy;
  // @ts-expect-error what looks like a promise is left out
  plugin.interface('demo/vector@1').then;
  // @ts-expect-error functions are what a plugin has
  await kernel.spawn<{ size: number }>(source);
  return [weaker, length, names, again, own, anything, grants, all, functions, interfaces, methods, rest, result, number];
}

/** Handles are held, derived and let go. */
export function handles(handle: Handle): [string, boolean] {
  const rights: readonly Right[] = ['call', 'grant', 'derive'];
  using weak = handle.derive(rights);
  using again: Handle = weak.retain();
  again.revoke();
  handle.release();
  return [handle.class, handle.alive];
}

/** Every reason is known. */
export function words(reason: ExitReason): string {
  switch (reason.code) {
    case 'trapped':
    case 'overflow':
    case 'exhausted':
    case 'failed':
    case 'deadline':
    case 'fuel':
    case 'cancelled':
    case 'killed':
    case 'replaced':
      return `${reason.message} ${reason.function ?? ''} ${reason.lastWords ?? ''}`;
  }
}

/** What follows a bad end, and what is recorded. */
export async function supervised(kernel: Kernel, source: BytesSource, text: string): Promise<unknown[]> {
  const respawn: RespawnOptions = { delay: 100, factor: 2, longest: 1_000, failures: 5, within: 60_000, calls: 'wait' };
  const quarantine: QuarantineOptions = { failures: 3, within: 60_000 };
  const process = await kernel.spawn(source, { respawn, quarantine, deadline: 1_000, fuel: 1_000_000, metering: true });
  const off: () => void = kernel.on('event', ({ what, process, budget, import: at, respawnIn }: KernelEvent) => {
    const kind: EventKind = what;
    const who: EventProcess | undefined = process;
    const used: BudgetUse | undefined = budget;
    console.log(kind, who?.sha256, used?.what, at, respawnIn?.toFixed());
  });
  off();
  const list: Quarantine = kernel.quarantine;
  list.load(JSON.parse(text));
  const refused: readonly QuarantinedPlugin[] = list.list;
  const lifted: boolean = list.lift('00');
  const clock: Clock = { now: () => Date.now(), after: (milliseconds, action) => clearTimeout.bind(undefined, setTimeout(action, milliseconds)) };
  const start: StartOptions = { clock };
  const budget: BudgetOptions = { deadline: Infinity };
  const features: Features = kernel.features;
  const usage: Usage = process.usage();
  const share: Share = usage.memory;
  const whole: KernelUsage = kernel.usage();
  const limits: Limits = { handles: 5, depth: 2 };
  const state: 'running' | 'respawning' | 'ended' = process.state;
  return [refused, lifted, start, budget, features, share, whole, limits, state, process.returnsIn, process.sha256, kernel.events];
}

export async function told(kernel: Kernel, process: Process, bytes: Uint8Array): Promise<unknown[]> {
  const off: () => void = kernel.on('exit', (ended: Process, reason: ExitReason) => console.log(ended.name, words(reason)));
  off();
  const inspection: Inspection = kernel.inspect();
  const [host] = inspection.processes;
  const held: readonly InspectedCapability[] = (host as InspectedProcess).capabilities;
  const description: Description = await kernel.describe(bytes, { signatures: '' });
  const wanted: readonly FunctionDescription[] = description.imports;
  const icon: Uint8Array<ArrayBuffer> | undefined = description.customSection('icon');
  const codes: readonly ErrorDescription[] = errorCodes;
  const known: ErrorCode = 'bad-handle';
  const numbers: NumberArray = new BigInt64Array(1);
  const compile: CompileOptions = {};
  const start: StartOptions = { wasm: new URL('https://a'), onHostFailure: (label, error) => console.log(label, error) };
  using alsoAKernel = await Kernel.start(start);
  using alsoAProcess = process;
  return [held, wanted, icon, codes, known, numbers, compile, alsoAKernel, alsoAProcess.functions, await process.exited, process.reason, process.memoryBytes];
}

/** Each of these is wrong. */
export async function mistakes(kernel: Kernel, process: Process, handle: Handle, bytes: Uint8Array, error: PortcullisError): Promise<void> {
  // @ts-expect-error there is no such right
  handle.derive(['fly']);
  // @ts-expect-error handles come from calls
  new Handle(1, 'demo/item@1.item', false);
  // @ts-expect-error handles come from calls
  new Handle();
  // @ts-expect-error processes are spawned
  new Process();
  // @ts-expect-error interfaces are provided
  new Interface();
  // @ts-expect-error the kernel is started
  new Kernel();
  // @ts-expect-error something that looks like a handle is none
  const imitation: Handle = { class: 'a', alive: true, release() {}, retain: () => handle, derive: () => handle, revoke() {} };
  // @ts-expect-error a grant is an interface, a process or 'object'
  await kernel.spawn(bytes, { imports: { 'demo/log@1': 'subject' } });
  // @ts-expect-error an object's methods have to be provided first
  await kernel.spawn(bytes, { imports: { 'demo/log@1': { write() {} } } });
  // @ts-expect-error there is no such setting
  await kernel.spawn(bytes, { maxMemory: 5 });
  // @ts-expect-error the limit is a maximum
  await kernel.spawn(bytes, { memory: 5 });
  // @ts-expect-error a plugin is no number
  await kernel.spawn(5);
  // @ts-expect-error an interface needs methods
  kernel.provide('demo/log@1', 'write: func(line: string)');
  // @ts-expect-error calls fail or wait
  await kernel.spawn(bytes, { respawn: { calls: 'hang' } });
  // @ts-expect-error there is no such event
  kernel.on('start', () => {});
  // @ts-expect-error what a call gives has no type of its own
  const value: number = await process.call('add', [1, 2]);
  // @ts-expect-error arguments are a list
  await process.call('add', 1, 2);
  // @ts-expect-error a result goes into an array of numbers
  await process.call('bytes', [], { into: [1, 2] });
  // @ts-expect-error there is no such code
  if (error.code === 'bad-hair') return;
  // @ts-expect-error its name stays
  process.name = 'other';
  // @ts-expect-error what inspect tells is not to be changed
  kernel.inspect().objects = 0;
  // @ts-expect-error what is the package's own
  handle.cap.toFixed();
  // @ts-expect-error what is the package's own
  process.ended(1, process.reason);
  return void [imitation, value];
}

/** What is shared with a plugin, plugins that start plugins, methods of objects, and a newer build. */
export async function together(kernel: Kernel, source: BytesSource, newer: BytesSource): Promise<readonly string[]> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const math: Interface = kernel.provide('math', 'sin: func(x: f64) -> f64', Math);
  const calculator = await kernel.spawn(source, { imports: { math }, constants: { 'js#data_offset': 1_024, 'js#large': 1n }, memory: { use: memory, maximum: 65_536 } });
  const options: LoaderOptions = { imports: { math, 'demo/tool@1': calculator, 'demo/item@1': 'object' }, processes: 4, memory: 1 << 20, depth: 2, limits: { handles: 100 }, deadline: 100 };
  const loader: Interface = kernel.loader(options);
  const host = await kernel.spawn(source, { imports: { 'portcullis/loader@1': loader, 'demo/tool@1': 'later' } });
  const item = (await host.call('demo/item@1#create')) as Handle;
  const name: unknown = await item.call('name', [], { deadline: 50 });
  const replacing: ReplaceOptions = { state: true };
  await host.replace(newer, replacing);
  const { constants } = await kernel.describe(source);
  return [String(name), ...constants.map(({ name: constant, type }) => `${constant}: ${type}`)];
}
