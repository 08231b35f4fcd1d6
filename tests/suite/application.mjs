// The interfaces of tests/plugins/parity-server, served by the application instead of a plugin.

const elements = ['bool', 'u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64', 'char'];

const many = 'a: u8, b: s64, c: f32, d: string, e: list<u32>, f: bool, g: char, h: f64, i: u16, j: s8, k: string, l: u64, m: s32, n: list<f64>';

const echoSignatures = `
  // What comes in goes out.
  ${elements.map((type) => `echo-${type}: func(value: ${type}) -> ${type}`).join('\n')}
  echo-string: func(value: string) -> string
  echo-error: func(value: error) -> error
  ${elements.map((type) => `list-${type}: func(value: list<${type}>) -> list<${type}>`).join('\n')}
  tuple: func(a: u8, b: string, c: s64, d: list<u16>) -> tuple<u8, string, s64, list<u16>>
  many: func(${many}) -> tuple<${many.replaceAll(/\w+: /g, '')}>
  result-empty: func(ok: bool) -> result
  result-value: func(ok: bool) -> result<u64>
  result-error: func(code: error) -> result<u32, error>
  result-text: func(ok: bool, value: string) -> result<string, string>
  result-tuple: func(ok: bool) -> result<tuple<u8, f64>, u16>
  nothing: func()
`;

export const counterSignatures = `
  create: func(start: u32) -> own<counter>
  try-create: func(start: u32) -> result<own<counter>, string>
  maybe-create: func(wanted: bool, start: u32) -> option<own<counter>>
  create-two: func(first: u32, second: u32) -> tuple<own<counter>, own<counter>>
  increment: func(self: borrow<counter>, by: u32) -> u32
  read: func(self: borrow<counter>) -> u32
  clone: func(self: borrow<counter>) -> own<counter>
  same: func(self: borrow<counter>, other: borrow<counter>) -> bool
  finish: func(counter: own<counter>) -> result<u32, error>
  finish-if-any: func(counter: option<own<counter>>) -> result<u32, error>
  keep: func(counter: own<counter>)
  kept: func() -> u32
  give-back: func() -> option<own<counter>>
  alive: func() -> u32
`;

const failSignatures = `
  panic: func(message: string)
  refuse: func(code: error) -> result<_, error>
  complain: func(text: string) -> result<_, string>
  recurse: func(depth: u32) -> u32
  spin: func()
  make-bomb: func() -> result<own<bomb>, error>
`;

const camelCase = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** What `test/echo@1` does, by the package's `PluginError`. */
function echo({ PluginError }) {
  const failed = (value) => {
    throw new PluginError(value);
  };
  const methods = {
    tuple: (...values) => values,
    many: (...values) => values,
    resultEmpty: (wanted) => (wanted ? undefined : failed()),
    resultValue: (wanted) => (wanted ? 2n ** 64n - 1n : failed()),
    resultError: (code) => (code === 0 ? 7 : failed(code)),
    resultText: (wanted, value) => (wanted ? value : failed(value)),
    resultTuple: (wanted) => (wanted ? [200, -0.5] : failed(65_535)),
    nothing() {},
    echoString: (value) => value,
    echoError: (value) => value,
  };
  for (const type of elements) {
    methods[camelCase(`echo-${type}`)] = (value) => value;
    methods[camelCase(`list-${type}`)] = (value) => value;
  }
  return methods;
}

/** A counter that is an object like any other. */
export class Counter {
  value;

  constructor(value) {
    this.value = value;
  }
}

/** What `test/counter@1` does. */
export function counters({ kernel, PluginError }) {
  const kept = [];
  return {
    create: (start) => new Counter(start),
    tryCreate(start) {
      if (start > 1_000) throw new PluginError('too large');
      return new Counter(start);
    },
    maybeCreate: (wanted, start) => (wanted ? new Counter(start) : undefined),
    createTwo: (first, second) => [new Counter(first), new Counter(second)],
    increment(self, by) {
      self.value = (self.value + by) >>> 0;
      return self.value;
    },
    read: (self) => self.value,
    clone: (self) => new Counter(self.value),
    same: (self, other) => self === other,
    finish: (counter) => counter.value,
    finishIfAny: (counter) => counter?.value ?? 0,
    keep(counter) {
      kept.push(counter);
    },
    kept: () => kept.length,
    giveBack: () => kept.pop(),
    // Those that somebody holds a handle of.
    alive: () => kernel.inspect().processes[0].objects,
  };
}

/** The interfaces that `parity-client` imports, as grants. */
export function provideAll(context, changes = {}) {
  const { kernel, PluginError } = context;
  const fail = {
    panic(message) {
      throw new TypeError(message);
    },
    refuse(code) {
      if (code !== 0) throw new PluginError(code);
    },
    complain(text) {
      throw new PluginError(text);
    },
    recurse: (depth) => depth,
    spin() {},
    makeBomb: () => ({ bomb: true }),
    ...changes.fail,
  };
  return {
    'test/echo@1': kernel.provide('test/echo@1', echoSignatures, { ...echo(context), ...changes.echo }),
    'test/counter@1': kernel.provide('test/counter@1', counterSignatures, { ...counters(context), ...changes.counter }),
    'test/fail@1': kernel.provide('test/fail@1', failSignatures, fail),
  };
}

/** The client, with the application as provider of everything. */
export async function spawnServedClient(context, changes, options = {}) {
  const { kernel, plugin } = context;
  return kernel.spawn(await plugin('parity-client'), { name: 'parity-client', imports: provideAll(context, changes), ...options });
}
