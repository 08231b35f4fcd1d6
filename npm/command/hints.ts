// What might help, beyond what the kernel says.

import type { Description, PortcullisError } from 'portcullis';
import type { PluginFile } from './plugin-file.js';
import { bytes, number } from './terminal.js';
import type { Parts } from './sections.js';

const WASI = /^wasi_|^wasi:/;
/** What compilers of other worlds call the module of their imports. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [WASI, 'it is built for WASI, which no page has: build it without (Rust: wasm32-unknown-unknown; C: -nostdlib, or no function of the C library that needs a system)'],
  [/^(?:__wbindgen|wbg$|__wbg|\.\/)/, 'it is built with wasm-bindgen, which needs its own JavaScript: use the guest SDK instead'],
  [/^env$/, 'compilers put there what was declared and defined nowhere; the application would have to serve a module of that name'],
];

/** An interface, or a module that an application can serve: docs/abi.md §1 and §5.3. */
const servable = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*@(?:0|[1-9]\d{0,4})$|^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** What might help against a refusal. */
export function hintsFor(error: PortcullisError, file: PluginFile, description?: Description): string[] {
  const { code, message } = error;
  const hints: string[] = [];
  if (code === 'not-wasm') {
    if (message.includes('WebAssembly text')) hints.push(`assemble it first: \`wat2wasm --enable-annotations ${file.path}\`, or \`wasm-tools parse ${file.path} -o ${file.name.replace(/\.wat$/, '')}.wasm\``);
    if (message.includes('component')) hints.push('build a core module: with wasm32-unknown-unknown, or without the step that makes a component of it');
    if (message.includes('gzip')) hints.push('unpack it first: `gunzip`');
  }
  if (code === 'invalid-module' && message.includes('cut short')) hints.push(`the file has ${number(file.bytes.length)} bytes; it was perhaps not written to its end`);
  if (message.includes('`cabi_realloc`')) {
    hints.push('strings and lists are put into memory that the plugin gives: every SDK exports `cabi_realloc`, and in hand-written text it is `(func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $new_size i32) (result i32) …)`');
  }
  if (code === 'unknown-import' && message.includes('global')) hints.push('import functions, one memory, and constants of type i32, i64, f32 or f64');
  if (code === 'bad-metadata') hints.push('the grammar is in docs/abi.md §2.1; a record is `import namespace/name@1 function-name: func(a: u32) -> string`');
  if (code === 'signature-mismatch' && message.includes('no signature record')) hints.push('say what it is in a `portcullis` section, or with --signatures');
  if (code === 'refused-module' && message.includes('`cost`')) hints.push('here that is --cost');
  // The kernel stopped at the first import that it did not understand.
  if (description === undefined && error.function !== undefined) hints.push(...foreignHints([error.function.split('#', 1)[0] ?? '']));
  if (code === 'missing-grant') hints.push(...missingHints(description));
  return hints;
}

function missingHints(description: Description | undefined): string[] {
  const [constant] = description?.constants ?? [];
  const hint = constant === undefined ? [] : [`\`--constant ${constant.name}=1\` gives a constant`];
  return [...hint, ...foreignHints(description?.imports.map((each) => each.interface) ?? [])];
}

function foreignHints(names: readonly string[]): string[] {
  return FOREIGN.flatMap(([pattern, hint]) => {
    const found = names.find((name) => pattern.test(name));
    return found === undefined ? [] : [`\`${found}\`: ${hint}`];
  });
}

/** What an author should know of a plugin that loads. */
export function notesOn(description: Description, parts: Parts): string[] {
  const { imports, exports, systemCalls } = description;
  const notes: string[] = [];
  const undeclared = [...imports, ...exports.filter((each) => each.interface !== '-')].filter((each) => !each.declared);
  if (undeclared.length > 0) {
    const some = undeclared.slice(0, 3).map((each) => `\`${each.interface}#${each.name}\``).join(', ');
    const rest = undeclared.length > 3 ? ` and ${undeclared.length - 3} more` : '';
    const section = parts.sections.some((section) => section.custom && section.name === 'portcullis');
    notes.push(`${section ? '' : 'there is no `portcullis` section; '}${some}${rest} ${undeclared.length === 1 ? 'has' : 'have'} no signature record: numbers only, taken as s32, s64, f32, f64`);
  }
  const names = [...new Set(imports.map((each) => each.interface))];
  const foreign = foreignHints(names);
  notes.push(...foreign);
  const odd = names.filter((name) => !servable.test(name) && !FOREIGN.some(([pattern]) => pattern.test(name)));
  if (odd.length > 0) notes.push(`${odd.map((name) => `\`${name}\``).join(', ')}: no interface or module has such a name, so nobody can provide it; it should be namespace/name@version`);
  if (imports.length + systemCalls.filter((name) => name !== 'fault').length > 0 && !description.hasStatus) {
    notes.push('it exports no `portcullis_status`, so the first call of its own that fails ends it');
  }
  if (exports.length === 0) notes.push('it exports nothing that can be called');
  const debug = parts.sections.filter(({ name, custom }) => custom && (name === 'name' || name.startsWith('.debug') || name === 'sourceMappingURL'));
  const size = debug.reduce((sum, section) => sum + section.bytes, 0);
  if (size > description.size / 4) notes.push(`${bytes(size)} of it are names and debug information, which nobody reads: strip it`);
  return notes;
}
