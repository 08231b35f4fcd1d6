// What the compiler needs for plugins: `asc --transform …/transform/index.mjs`. It turns the decorators `imports`, `tries`, `exports` and
// `object` into functions of the kernel's form, and writes the records of them into the module.

import { posix } from 'node:path';
import { NodeKind, Parser, SourceKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';
import { exported, imported, tried } from './generate.mjs';
import { parse } from './signature.mjs';

const decorators = new Set(['imports', 'tries', 'exports', 'object']);

/** `setSize` as signatures write it: `set-size`. */
const kebabCase = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** The strings that a decorator has as arguments. */
function argumentsOf(decorator) {
  return (decorator.args ?? []).map((argument) => {
    const { value } = argument;
    if (typeof value === 'string') return value;
    throw new Error(`${decorator.range.source.normalizedPath}: @${decorator.name.text} takes strings, not ${argument.range.toString()}`);
  });
}

/** What generated code uses. */
const uses = `import {
  refused as __portcullis_refused, liftString as __portcullis_liftString, liftList as __portcullis_liftList,
  lowerString as __portcullis_lowerString, storeString as __portcullis_storeString, storeList as __portcullis_storeList,
  freeStored as __portcullis_freeStored
} from "portcullis-glue";
import { handle_create as __portcullis_create, handle_badge as __portcullis_badge } from "portcullis-system";`;

/** The statements of a text. */
function statements(text, source) {
  const parser = new Parser();
  parser.parseFile(text, source.normalizedPath, true);
  const [found] = parser.diagnostics;
  if (found) throw new Error(`the generated code cannot be read: ${found.message}\n${text}`);
  return parser.sources[0].statements;
}

export default class PortcullisTransform extends Transform {
  #records = [];
  #exports = [];
  #classes = 0;
  #number = 0;

  afterParse(parser) {
    const entry = parser.sources.find(({ sourceKind }) => sourceKind === SourceKind.UserEntry);
    for (const source of parser.sources) {
      if (source.isLibrary) continue;
      const before = this.#number;
      source.statements = source.statements.flatMap((statement) => this.#statement(statement, source));
      if (this.#number > before) source.statements.unshift(...statements(uses, source));
    }
    entry.statements.unshift(...statements(this.#exported(entry), entry));
    // What a failed assertion and `throw` come to.
    const { options } = this.program;
    options.globalAliases ??= new Map();
    if (!options.globalAliases.has('abort')) options.globalAliases.set('abort', '~lib/portcullis-abort/abort');
  }

  /** Only what the entry file exports is compiled. */
  #exported(entry) {
    const lines = ['export { cabi_realloc, portcullis_status } from "portcullis-runtime";', 'import "portcullis-abort";'];
    for (const { source, from } of this.#exports) {
      if (source === entry) continue;
      const path = posix.relative(posix.dirname(entry.internalPath), source.internalPath);
      lines.push(`export { ${from} } from "${path.startsWith('.') ? path : `./${path}`}";`);
    }
    return lines.join('\n');
  }

  /** What stands for a statement. */
  #statement(statement, source) {
    const decorator = statement.decorators?.find(({ name }) => decorators.has(name.text));
    if (decorator === undefined) return [statement];
    statement.decorators = statement.decorators.filter((other) => other !== decorator);
    if (statement.decorators.length === 0) statement.decorators = null;
    this.#number += 1;
    const name = statement.name.text;
    try {
      if (decorator.name.text === 'object') return this.#object(statement, source, argumentsOf(decorator));
      if (statement.kind !== NodeKind.FunctionDeclaration) throw new Error('it is no function');
      const [interfaceName, text, given = kebabCase(name)] = argumentsOf(decorator);
      if (interfaceName === undefined || text === undefined) throw new Error('it takes an interface and a signature');
      const wanted = { interfaceName, name: given, signature: parse(text), number: this.#number, declaration: statement };
      if (decorator.name.text === 'exports') {
        this.#records.push(`export ${interfaceName} ${given}: ${text}`);
        const { code, names } = exported(wanted);
        this.#exports.push(...names.map(([from, to]) => ({ source, from, to })));
        return [statement, ...statements(code, source)];
      }
      this.#records.push(`import ${interfaceName} ${given}: ${text}`);
      return statements((decorator.name.text === 'tries' ? tried : imported)(wanted), source);
    } catch (error) {
      throw new Error(`${source.normalizedPath}: @${decorator.name.text} of ${name}: ${error.message}`, { cause: error });
    }
  }

  /** A class whose objects others can hold: it gets `mint` and `of`, and a destructor. */
  #object(statement, source, [interfaceName, given]) {
    if (statement.kind !== NodeKind.ClassDeclaration) throw new Error('it is no class');
    const name = statement.name.text;
    const className = given ?? kebabCase(name);
    this.#classes += 1;
    const number = this.#classes;
    this.#records.push(`export ${interfaceName} ${className}: resource(${number})`);
    const [{ members }] = statements(
      `class ${name} {
        /** A handle of it. */
        static mint(value: ${name}): u32 {
          __pin(changetype<usize>(value));
          const cap = __portcullis_create(changetype<usize>(value), ${number});
          __portcullis_refused("a handle of ${interfaceName}.${className}");
          return cap;
        }
        /** What a handle of this process's is of. */
        static of(cap: u32): ${name} {
          const badge = __portcullis_badge(cap, ${number});
          __portcullis_refused("an object of ${interfaceName}.${className}");
          return changetype<${name}>(badge);
        }
      }`,
      source,
    );
    statement.members.push(...members);
    const hears = statement.members.some((member) => member.kind === NodeKind.MethodDeclaration && member.name.text === 'dropped');
    const drop = `__portcullis_d${number}`;
    this.#exports.push({ source, from: drop, to: `${interfaceName}#[dtor]${className}` });
    const code = `export function ${drop}(badge: usize): void {
      ${hears ? `changetype<${name}>(badge).dropped();` : ''}
      __unpin(badge);
    }`;
    return [statement, ...statements(code, source)];
  }

  afterCompile(module) {
    for (const { source, from, to } of this.#exports) {
      module.removeExport(from);
      module.addFunctionExport(`${source.internalPath}/${from}`, to);
    }
    module.addCustomSection('portcullis', new TextEncoder().encode(this.#records.map((record) => `${record}\n`).join('')));
  }
}
