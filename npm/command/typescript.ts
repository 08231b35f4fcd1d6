// Pieces of TypeScript: names, comments, and the types of values.

import type { Type, Values } from './signature.js';
import { clean } from './terminal.js';

/** Which way a value goes: into a function of somebody else's, or out of it. Arguments may be more than what arrives. */
export type Way = 'given' | 'taken';

const lists: Readonly<Record<string, string>> = {
  u8: 'Uint8Array',
  s8: 'Int8Array',
  u16: 'Uint16Array',
  s16: 'Int16Array',
  u32: 'Uint32Array',
  s32: 'Int32Array',
  u64: 'BigUint64Array',
  s64: 'BigInt64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
};

const scalar = (name: string): string => (name === 'bool' ? 'boolean' : name === 'char' ? 'string' : name === 'u64' || name === 's64' ? 'bigint' : 'number');

function listType(element: string, way: Way): string {
  const array = lists[element];
  if (array === undefined) return way === 'taken' ? `${scalar(element)}[]` : element === 'char' ? 'string | readonly string[]' : 'readonly boolean[]';
  if (way === 'taken') return `${array}<ArrayBuffer>`;
  return `${array}${element === 'u8' ? ' | Uint8ClampedArray | ArrayBuffer' : ''} | readonly ${scalar(element)}[]`;
}

/** What stands for a class. */
export type ClassType = (name: string, way: Way) => string;

/** The type of a value. */
export function typeText(type: Type, way: Way, classOf: ClassType): string {
  switch (type.kind) {
    case 'scalar':
      return scalar(type.name);
    case 'string':
      return 'string';
    case 'error':
      return 'number';
    case 'list':
      return listType(type.element, way);
    case 'borrow':
    case 'own':
      return classOf(type.class, way);
    case 'option':
      return `${classOf(type.class, way)} | undefined${way === 'given' ? ' | null' : ''}`;
    default:
      return 'unknown';
  }
}

/** The type of what comes back. */
export function valuesText({ types, tuple }: Values, way: Way, classOf: ClassType): string {
  const texts = types.map((type) => typeText(type, way, classOf));
  if (tuple) return `${way === 'given' ? 'readonly ' : ''}[${texts.join(', ')}]`;
  return texts[0] ?? 'void';
}

/** A name as a string literal. Nothing in it can end the literal. */
export const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;

/** Text for a comment. Nothing in it can end the comment. */
export const comment = (text: string): string => clean(text).replaceAll('*/', '*·/');

/** Words that no parameter can have for a name. */
const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(' '),
);

/** `set-size` as JavaScript writes it. */
export const camelCase = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A parameter's name. */
export function parameterName(name: string, index: number): string {
  const camel = camelCase(name);
  if (!/^[a-zA-Z_$][\w$]*$/.test(camel)) return `p${index}`;
  return reserved.has(camel) ? `${camel}_` : camel;
}

/** A property's name, quoted where it has to be. */
export const propertyName = (name: string): string => (/^[a-zA-Z_$][\w$]*$/.test(name) && name !== '__proto__' && name !== 'constructor' ? name : quoted(name));

/** Names of types, each of which is given once. */
export class TypeNames {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** A name from that of an interface or class: `paint/canvas@1` becomes `PaintCanvas`, or with a number if that is taken. */
  from(text: string): string {
    const words = text.replace(/@\d+/, '').split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
    // `demo/vector@1.vector` need not say it twice.
    if (words.length > 1 && words.at(-1) === words.at(-2)) words.pop();
    const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    const base = /^[A-Z]/.test(pascal) ? pascal : `Interface${pascal}`;
    let name = base;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}${number}`;
    this.#taken.add(name);
    return name;
  }
}
