// What is granted to plugins that the tool runs: nothing that nobody asked for on the command line.

import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Interface, Process, SpawnOptions } from 'portcullis';
import type { Option } from './command-line.js';
import { Failure, exit, fileFailure, usageFailure } from './failure.js';
import { describeFile, interfacesOf, kernel, refusal } from './kernel.js';
import type { FunctionDescription, Description } from 'portcullis';
import type { PluginFile } from './plugin-file.js';
import { parseSignature } from './signature.js';
import { emptyResult, shown, toJson } from './values.js';

/** The option that grants. */
export const grantOption: Option = {
  name: 'grant',
  value: 'INTERFACE[=PROVIDER]',
  several: true,
  summary: 'grant an interface: of another plugin (=other.wasm), of functions of yours (=functions.mjs), on objects (=object); without a provider, a stand-in that writes down its calls and answers with zeros',
};

/** Who provides an interface. */
type Provider =
  | { readonly kind: 'stand-in' }
  | { readonly kind: 'object' }
  | { readonly kind: 'plugin'; readonly path: string }
  | { readonly kind: 'script'; readonly path: string };

/** What was granted on a command line, by interface. */
export type Grants = ReadonlyMap<string, Provider>;

/** Reads `--grant`. */
export function readGrants(texts: readonly string[]): Grants {
  const grants = new Map<string, Provider>();
  for (const text of texts) {
    const [name = '', ...rest] = text.split('=');
    const path = rest.join('=');
    if (name === '' || (rest.length > 0 && path === '')) throw usageFailure(`--grant takes an interface, such as --grant demo/log@1 or --grant demo/log@1=log.wasm, not ${JSON.stringify(text)}`);
    if (grants.has(name)) throw usageFailure(`${name} is granted twice`);
    grants.set(name, providerOf(path));
  }
  return grants;
}

function providerOf(path: string): Provider {
  if (path === '') return { kind: 'stand-in' };
  if (path === 'object') return { kind: 'object' };
  if (path.endsWith('.wasm')) return { kind: 'plugin', path };
  if (['.js', '.mjs', '.cjs'].includes(extname(path))) return { kind: 'script', path };
  throw usageFailure(`${path} provides nothing: an interface comes from a .wasm file, from a .js, .mjs or .cjs file, or from \`object\``);
}

/** A call of a stand-in. */
export interface StandInCall {
  readonly function: string;
  readonly arguments: readonly unknown[];
}

/** Calls of stand-ins that are told one by one. */
const MOST_CALLS = 1_000;

/** Provides what was granted, to one plugin after another. */
export class Granting {
  readonly #grants: Grants;
  readonly #limits: SpawnOptions;
  readonly #tell: (line: string) => void;
  readonly #servers = new Map<string, Promise<Process>>();
  /** Plugins that are being started because somebody needs them. */
  readonly #under: string[] = [];
  /** Calls of stand-ins, the first thousand. */
  readonly calls: StandInCall[] = [];
  #called = 0;

  constructor(grants: Grants, limits: SpawnOptions, tell: (line: string) => void) {
    this.#grants = grants;
    this.#limits = limits;
    this.#tell = tell;
  }

  /** How often stand-ins were called. */
  get called(): number {
    return this.#called;
  }

  /** The `imports` of a plugin. What was not granted is not among them, and loading says so. */
  async importsOf(description: Description): Promise<NonNullable<SpawnOptions['imports']>> {
    const imports: Record<string, Interface | Process | 'object'> = Object.create(null) as Record<string, Interface>;
    for (const name of interfacesOf(description.imports)) {
      const provider = this.#grants.get(name);
      if (provider === undefined) continue;
      const functions = description.imports.filter((each) => each.interface === name);
      if (provider.kind === 'object') imports[name] = 'object';
      else if (provider.kind === 'stand-in') imports[name] = await this.#standIn(name, functions);
      else if (provider.kind === 'script') imports[name] = await this.#script(name, functions, provider.path);
      else imports[name] = await this.#plugin(provider.path);
    }
    return imports;
  }

  async #provide(name: string, functions: readonly FunctionDescription[], methods: object): Promise<Interface> {
    return (await kernel()).provide(name, functions.map((each) => `${each.name}: ${each.signature}`).join('\n'), methods);
  }

  #standIn(name: string, functions: readonly FunctionDescription[]): Promise<Interface> {
    const methods = functions.map((each) => {
      const label = `${name}#${each.name}`;
      const { ok } = parseSignature(each.signature);
      const method = (...values: unknown[]): unknown => {
        this.#note(label, values);
        return emptyResult(ok);
      };
      return [each.name, method] as const;
    });
    return this.#provide(name, functions, Object.fromEntries(methods));
  }

  #note(label: string, values: readonly unknown[]): void {
    this.#called += 1;
    if (this.#called <= MOST_CALLS) {
      this.calls.push({ function: label, arguments: values.map(toJson) });
      this.#tell(`${label}(${values.map(shown).join(', ')})`);
    } else if (this.#called === MOST_CALLS + 1) this.#tell('and so on: further calls are not written down');
  }

  async #script(name: string, functions: readonly FunctionDescription[], path: string): Promise<Interface> {
    try {
      await stat(path);
    } catch (error) {
      throw fileFailure('read', path, error);
    }
    let module: { readonly default?: unknown };
    try {
      module = (await import(pathToFileURL(resolve(path)).href)) as typeof module;
    } catch (error) {
      throw new Failure(exit.failed, 'host', `${path} does not run: ${error instanceof Error ? error.message : String(error)}`);
    }
    const methods = typeof module.default === 'object' && module.default !== null ? module.default : module;
    return this.#provide(name, functions, methods);
  }

  #plugin(path: string): Promise<Process> {
    const known = this.#servers.get(path);
    if (known !== undefined && !this.#under.includes(path)) return known;
    if (known !== undefined) throw usageFailure(`the grants go in a circle: ${[...this.#under, path].join(' needs ')}`);
    const server = this.#start(path);
    this.#servers.set(path, server);
    return server;
  }

  async #start(path: string): Promise<Process> {
    this.#under.push(path);
    const { file, description } = await describeFile(path, {});
    const server = await this.spawn(file, description, {});
    this.#under.pop();
    return server;
  }

  /** Starts a plugin with what was granted of what it asks for. */
  async spawn(file: PluginFile, description: Description, options: SpawnOptions): Promise<Process> {
    try {
      const imports = await this.importsOf(description);
      return await (await kernel()).spawn(file.bytes, { ...this.#limits, ...options, name: file.name, imports });
    } catch (error) {
      throw this.#refusal(error, file, description);
    }
  }

  #refusal(error: unknown, file: PluginFile, description: Description): unknown {
    const told = refusal(error, file, description);
    if (!(told instanceof Failure) || told === error || told.code !== 'missing-grant') return told;
    const missing = interfacesOf(description.imports).filter((name) => !this.#grants.has(name));
    if (missing.length === 0) return told;
    return new Failure(told.exitCode, told.code, missingText(file.name, missing, description), [...grantHints(missing), ...told.hints]);
  }
}

/** What is said when something was not granted. */
export function missingText(name: string, missing: readonly string[], description: Description): string {
  const lines = missing.map((interface_) => {
    const functions = description.imports.filter((each) => each.interface === interface_).map((each) => each.name);
    return `${interface_} (${functions.slice(0, 6).join(', ')}${functions.length > 6 ? ', …' : ''})`;
  });
  return `${name} asks for ${lines.join(', and for ')}, which nobody granted`;
}

/** How to grant it. */
export function grantHints(missing: readonly string[]): string[] {
  const [first = ''] = missing;
  const all = missing.map((name) => `--grant ${name}`).join(' ');
  return [`\`${all}\` puts a stand-in there, which writes down its calls and answers with zeros`, `\`--grant ${first}=other.wasm\` takes it from another plugin, \`--grant ${first}=functions.mjs\` from functions of yours`];
}
