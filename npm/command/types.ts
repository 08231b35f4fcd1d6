// `portcullis types`: declarations with which TypeScript checks calls of a plugin, and what is granted to it.

import type { Description, FunctionDescription } from 'portcullis';
import type { Command } from './command.js';
import { exit } from './failure.js';
import { readText, write } from './files.js';
import { describeFile, interfacesOf, labelOf, readingOf, readingOptions } from './kernel.js';
import type { PluginFile } from './plugin-file.js';
import { parseSignature, type Signature, type Type } from './signature.js';
import { TypeNames, camelCase, comment, parameterName, propertyName, quoted, typeText, valuesText, type ClassType, type Way } from './typescript.js';

/** Classes whose objects are the kernel's own, and what the package gives and takes for them. */
const KERNEL_CLASSES: Readonly<Record<string, Readonly<Record<Way, string>>>> = {
  'portcullis/kernel@1.lease': { given: 'Lease', taken: 'Lease' },
  'portcullis/kernel@1.message': { given: 'OutgoingMessage', taken: 'Message' },
};

/** What the file declares and takes from the package. */
const OWN_NAMES = ['Lease', 'Message', 'OutgoingMessage', 'Exports', 'Imports', 'Constants', 'Classes', 'Objects', 'Handle', 'Interface', 'Process'];

const typesOf = ({ parameters, ok, error }: Signature): Type[] => [...parameters.map(({ type }) => type), ...ok.types, ...(error?.types ?? [])];

const classOfType = (type: Type): string | undefined => ('class' in type ? type.class : undefined);

/** Whether a function is a method: called on an object of its own interface, so that whoever made the object can answer. */
function isMethod({ interface: name, signature }: FunctionDescription): boolean {
  const first = parseSignature(signature).parameters[0]?.type;
  return first?.kind === 'borrow' && first.class.startsWith(`${name}.`);
}

/** Writes the declarations of one plugin. */
class Declarations {
  readonly #description: Description;
  readonly #names = new TypeNames(OWN_NAMES);
  /** Names of the types of classes whose objects the plugin makes. */
  readonly #minted = new Map<string, string>();
  /** Classes whose objects somebody else makes. */
  readonly #others = new Set<string>();
  /** What is taken from the package. */
  readonly taken = new Set<string>();

  constructor(description: Description) {
    this.#description = description;
    const minted = new Set(description.classes.filter((each) => each.minted).map((each) => each.name));
    for (const { signature } of [...description.imports, ...description.exports]) {
      for (const name of typesOf(parseSignature(signature)).map(classOfType)) {
        if (name === undefined || Object.hasOwn(KERNEL_CLASSES, name)) continue;
        if (!minted.has(name)) this.#others.add(name);
        else if (!this.#minted.has(name)) this.#minted.set(name, this.#names.from(name));
      }
    }
  }

  readonly #classType: ClassType = (name, way) => {
    const own = Object.hasOwn(KERNEL_CLASSES, name) ? KERNEL_CLASSES[name]?.[way] : undefined;
    if (own !== undefined) this.taken.add(own);
    return own ?? this.#minted.get(name) ?? `Objects[${quoted(name)}]`;
  };

  /** `<Objects extends Classes = Classes>`, where functions take or give such. */
  #parametersFor(functions: readonly FunctionDescription[]): string {
    const classes = functions.flatMap(({ signature }) => typesOf(parseSignature(signature)).map(classOfType));
    return classes.some((name) => name !== undefined && this.#others.has(name)) ? '<Objects extends Classes = Classes>' : '';
  }

  #arrow(signature: Signature, separator: ' => ' | ': ', inside: boolean): string {
    // The application gives what a plugin's function takes, and takes what it gives; of its own functions, the other way round.
    const [arguments_, results] = inside ? (['given', 'taken'] as const) : (['taken', 'given'] as const);
    const parameters = signature.parameters.map(({ name, type }, index) => `${parameterName(name, index)}: ${typeText(type, arguments_, this.#classType)}`);
    return `(${parameters.join(', ')})${separator}${valuesText(signature.ok, results, this.#classType)}`;
  }

  #doc(each: FunctionDescription, thrown: string): string {
    const { error } = parseSignature(each.signature);
    const value = error?.types[0];
    const failure = error === undefined ? '' : ` ${thrown} a \`PluginError\`${value === undefined ? '' : ` whose value is a ${typeText(value, 'taken', this.#classType)}`}.`;
    return `/** \`${comment(each.signature)}\`${failure} */`;
  }

  exports(name: string): string[] {
    return [
      `/** What the plugin ${comment(name)} can be called for: \`kernel.spawn<Exports>(…)\`. */`,
      `export type Exports${this.#parametersFor(this.#description.exports)} = {`,
      ...this.#description.exports.flatMap((each) => [`  ${this.#doc(each, 'Rejects with')}`, `  readonly ${quoted(labelOf(each))}: ${this.#arrow(parseSignature(each.signature), ' => ', true)};`]),
      '};',
    ];
  }

  imports(): string[] {
    const { imports } = this.#description;
    const names = interfacesOf(imports);
    const grant = (name: string) => {
      const onObjects = imports.filter((each) => each.interface === name).every(isMethod);
      return `  readonly ${quoted(name)}: Interface | Process | 'later'${onObjects ? " | 'object'" : ''};`;
    };
    if (names.length === 0) return ['/** What has to be granted to it: nothing. */', 'export type Imports = Record<never, never>;'];
    for (const name of ['Interface', 'Process']) this.taken.add(name);
    return ['/** What has to be granted to it, in `imports`. */', 'export type Imports = {', ...names.map(grant), '};'];
  }

  constants(): string[] {
    const { constants } = this.#description;
    if (constants.length === 0) return [];
    const lines = constants.map(({ name, type }) => `  readonly ${quoted(name)}: ${type === 'i64' ? 'bigint' : 'number'};`);
    return ['', '/** The numbers that have to be given to it, in `constants`. */', 'export type Constants = {', ...lines, '};'];
  }

  #provided(name: string): string[] {
    const functions = this.#description.imports.filter((each) => each.interface === name);
    const type = this.#names.from(name);
    return [
      '',
      '/**',
      ` * Serves \`${comment(name)}\`, if the application does: \`kernel.provide(${comment(quoted(name))}, signatures, methods)\` with the signatures`,
      ' * ```',
      ...functions.map((each) => ` * ${comment(`${each.name}: ${each.signature}`)}`),
      ' * ```',
      ' */',
      `export interface ${type}${this.#parametersFor(functions)} {`,
      ...functions.flatMap((each) => [
        ...(parseSignature(each.signature).error === undefined ? [] : [`  ${this.#doc(each, 'Returns an error by throwing')}`]),
        `  ${propertyName(camelCase(each.name))}${this.#arrow(parseSignature(each.signature), ': ', false)};`,
      ]),
      '}',
    ];
  }

  provided(): string[] {
    return interfacesOf(this.#description.imports).flatMap((name) => this.#provided(name));
  }

  classes(): string[] {
    if (this.#minted.size > 0) this.taken.add('Handle');
    const minted = [...this.#minted].flatMap(([name, type]) => [
      '',
      `/** A handle of an object that the plugin made. */`,
      `export type ${type} = Handle & { readonly class: ${quoted(name)} };`,
    ]);
    if (this.#others.size === 0) return minted;
    return [
      ...minted,
      '',
      '/**',
      ' * Objects that others make: the application, which gives its own, or another plugin, of whose objects there are handles.',
      ` * Say what they are: \`<{ ${[...this.#others].map((name) => `${comment(quoted(name))}: …`).join('; ')} }>\`.`,
      ' */',
      'export type Classes = {',
      ...[...this.#others].map((name) => `  readonly ${quoted(name)}: object;`),
      '};',
    ];
  }
}

/** The declarations for a plugin. */
export function declarationsOf(file: PluginFile, description: Description): string {
  const declarations = new Declarations(description);
  const body = [
    ...declarations.exports(file.name),
    '',
    ...declarations.imports(),
    ...declarations.constants(),
    ...declarations.provided(),
    ...declarations.classes(),
  ];
  const taken = [...declarations.taken].sort();
  const lines = [
    `// Made by \`portcullis types\` from the plugin ${comment(file.name)}. Do not edit.`,
    `// SHA-256: ${description.sha256}`,
    ...(taken.length === 0 ? [] : ['', `import type { ${taken.join(', ')} } from 'portcullis';`]),
    '',
    ...body,
  ];
  return `${lines.join('\n')}\n`;
}

/** The command. */
export const types: Command = {
  name: 'types',
  usage: 'FILE.wasm',
  summary: 'TypeScript declarations, with which calls of the plugin are checked',
  details: [
    'Declares Exports for `kernel.spawn<Exports>(…)`, Imports for what has to be granted, and an interface for',
    'each one that the application may serve. Usually: npx portcullis types filter.wasm -o filter.d.ts',
  ],
  options: [...readingOptions, { name: 'output', short: 'o', value: 'FILE', summary: 'write them to a file' }],
  async run(line) {
    const { file, description } = await describeFile(line.values[0], await readingOf(line, readText));
    const declarations = declarationsOf(file, description);
    const output = line.text('output');
    if (output !== undefined) await write(output, declarations);
    return {
      exitCode: exit.ok,
      text: output === undefined ? declarations.trimEnd() : '',
      json: output === undefined ? { declarations } : { output },
    };
  },
};
