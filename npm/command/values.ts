// Values between a command line and a call.

import { readFile } from 'node:fs/promises';
import { Handle, errorCodes } from 'portcullis';
import { fileFailure, usageFailure } from './failure.js';
import type { ScalarName, Type, Values } from './signature.js';
import { clean, cleanLines } from './terminal.js';

/** A value that does not fit; the message says what was expected. */
const misfit = (name: string, type: string, expected: string, text: string) =>
  usageFailure(`argument ${name} is a ${type}: expected ${expected}, got ${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}`);

const wide = (name: ScalarName): boolean => name === 'u64' || name === 's64';

/** A number in decimal or hexadecimal digits; `NaN` if it is none. */
function toNumber(text: string): number {
  const plain = text.trim().replaceAll('_', '');
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(plain);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return plain === '' ? NaN : Number(plain);
}

/** A whole number of up to 64 bits; undefined if it is none. */
function toBigInt(text: string): bigint | undefined {
  const found = /^([+-]?)(\d+|0x[\da-f]+)$/i.exec(text.trim().replaceAll('_', ''));
  return found === null ? undefined : BigInt(found[2] ?? '') * (found[1] === '-' ? -1n : 1n);
}

function scalarFrom(scalar: ScalarName, text: string, name: string): unknown {
  switch (scalar) {
    case 'bool':
      if (text !== 'true' && text !== 'false') throw misfit(name, scalar, 'true or false', text);
      return text === 'true';
    case 'char':
      return text;
    case 'f32':
    case 'f64': {
      const value = toNumber(text);
      if (Number.isNaN(value) && text.trim().toLowerCase() !== 'nan') throw misfit(name, scalar, 'a number', text);
      return value;
    }
    default: {
      const value = toBigInt(text);
      if (value === undefined) throw misfit(name, scalar, 'a whole number', text);
      return wide(scalar) ? value : Number(value);
    }
  }
}

/** The value of a constant. */
export const numberFrom = (type: 'i32' | 'i64' | 'f32' | 'f64', text: string, name: string): number | bigint =>
  scalarFrom(type === 'i32' ? 's32' : type === 'i64' ? 's64' : type, text, name) as number | bigint;

/** The members of a JSON array. Whole numbers of 64 bits are read digit by digit: JSON's numbers are not exact there. */
function listFrom(element: ScalarName, text: string, name: string): unknown {
  const type = `list<${element}>`;
  let members: unknown;
  try {
    members = JSON.parse(wide(element) ? text.replace(/"?([+-]?\d+)"?/g, '"$1"') : text);
  } catch {
    throw misfit(name, type, `a JSON array such as ${example(element)}${element === 'u8' ? ', or @ and the name of a file' : ''}`, text);
  }
  if (!Array.isArray(members)) throw misfit(name, type, `a JSON array such as ${example(element)}`, text);
  return members.map((member: unknown, index) => {
    const place = `${name}[${index}]`;
    if (element === 'char' && typeof member === 'string') return member;
    if (element === 'bool' && typeof member === 'boolean') return member;
    if (element === 'bool' || element === 'char' || (typeof member !== 'number' && typeof member !== 'string')) {
      throw misfit(place, element, element === 'char' ? 'a string of one character' : example(element).slice(1, -1).split(', ')[0] ?? '', JSON.stringify(member));
    }
    return scalarFrom(element, String(member), place);
  });
}

const example = (element: ScalarName): string =>
  element === 'bool' ? '[true, false]' : element === 'char' ? '["a", "b"]' : element.startsWith('f') ? '[0.5, 1]' : '[1, 2, 3]';

/** The value that a text on the command line stands for. */
export async function valueFrom(type: Type, text: string, name: string): Promise<unknown> {
  switch (type.kind) {
    case 'scalar':
      return scalarFrom(type.name, text, name);
    case 'string':
      return text;
    case 'error': {
      const value = errorCodes.find((row) => row.name === text)?.number ?? toNumber(text);
      if (!Number.isInteger(value)) throw misfit(name, 'error', 'a number, or a name such as denied', text);
      return value;
    }
    case 'list':
      if (type.element === 'u8' && text.startsWith('@')) {
        try {
          return new Uint8Array(await readFile(text.slice(1)));
        } catch (error) {
          throw fileFailure('read', text.slice(1), error);
        }
      }
      return listFrom(type.element, text, name);
    case 'option':
      if (text === 'none') return undefined;
      throw misfit(name, `option<own<${type.class}>>`, 'none, for handles cannot be given on a command line', text);
    case 'borrow':
    case 'own':
      throw usageFailure(`argument ${name} is a handle of class ${type.class}, and handles cannot be given on a command line`, 'call it from a program: `Kernel.spawn` in Node');
    default:
      throw usageFailure(`argument ${name} is of type ${type.text}, which this tool does not know`);
  }
}

/** A value as JSON has it. Numbers of 64 bits, and those that are no numbers, are strings. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value === undefined) return null;
  if (value instanceof Handle) return { handle: value.class };
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, toJson);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) return { object: 'of the host' };
  return value;
}

/** A value on one line, for a person. */
export function shown(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (value instanceof Handle) return `<handle of ${clean(value.class)}>`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as unknown as Iterable<unknown>, shown).join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'string') return clean(JSON.stringify(value));
  if (typeof value === 'object' && value !== null) return '<object>';
  return value === undefined ? 'none' : String(value);
}

/** What a call gave, for a person: a string by itself as it is, but for what a terminal would take for a command. */
export const resultText = (value: unknown): string => (typeof value === 'string' ? cleanLines(value) : value === undefined ? '' : shown(value));

/** What answers where nobody does: zero, nothing, an empty string, a new object. */
export function emptyOf(type: Type): unknown {
  switch (type.kind) {
    case 'scalar':
      return type.name === 'bool' ? false : type.name === 'char' ? '\0' : wide(type.name) ? 0n : 0;
    case 'string':
      return '';
    case 'list':
      return [];
    case 'own':
      return {};
    case 'error':
      return 0;
    default:
      return undefined;
  }
}

/** {@link emptyOf} for everything that a function gives. */
export const emptyResult = ({ types, tuple }: Values): unknown => (tuple ? types.map(emptyOf) : types[0] && emptyOf(types[0]));
