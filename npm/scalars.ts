// Scalars and lists between JavaScript and a frame.

import type { ScalarName, ValuePlan } from './plan.js';

/** A typed array that a list of numbers arrives as. */
export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

interface ScalarType {
  /** Inclusive range of integers. */
  readonly range?: readonly [number, number];
  readonly array: new (buffer: ArrayBuffer) => NumberArray;
  readonly bytes: 1 | 2 | 4 | 8;
}

/** What each scalar is in JavaScript. */
export const scalarTypes: Readonly<Record<ScalarName, ScalarType>> = {
  bool: { array: Uint8Array, bytes: 1 },
  u8: { range: [0, 0xff], array: Uint8Array, bytes: 1 },
  s8: { range: [-0x80, 0x7f], array: Int8Array, bytes: 1 },
  u16: { range: [0, 0xffff], array: Uint16Array, bytes: 2 },
  s16: { range: [-0x8000, 0x7fff], array: Int16Array, bytes: 2 },
  u32: { range: [0, 0xffff_ffff], array: Uint32Array, bytes: 4 },
  s32: { range: [-0x8000_0000, 0x7fff_ffff], array: Int32Array, bytes: 4 },
  u64: { array: BigUint64Array, bytes: 8 },
  s64: { array: BigInt64Array, bytes: 8 },
  f32: { array: Float32Array, bytes: 4 },
  f64: { array: Float64Array, bytes: 8 },
  char: { array: Uint32Array, bytes: 4 },
};

/** Why a value does not fit: the text after "expected". */
export class Misfit extends Error {}

const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 30 ? `${value.slice(0, 30)}…` : value);
  if (typeof value === 'object' && value !== null) return `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
  return typeof value === 'function' ? 'a function' : String(value);
};

/** Throws a {@link Misfit}. */
export function misfit(expected: string, value: unknown): never {
  throw new Misfit(`expected ${expected}, got ${show(value)}`);
}

function codePoint(value: unknown): number {
  if (typeof value === 'string') {
    const point = value.codePointAt(0);
    if (point !== undefined && String.fromCodePoint(point) === value && !(point >= 0xd800 && point <= 0xdfff)) return point;
  }
  return misfit('char, a string of one character', value);
}

/** Writes a scalar into a slot. */
export function writeScalar(view: DataView, offset: number, kind: ScalarName | 'error', value: unknown): void {
  switch (kind) {
    case 'bool':
      if (typeof value !== 'boolean') misfit('bool', value);
      view.setUint32(offset, value ? 1 : 0, true);
      return;
    case 'char':
      view.setUint32(offset, codePoint(value), true);
      return;
    case 'u64':
    case 's64': {
      if (typeof value !== 'bigint') misfit(`${kind}, a bigint`, value);
      const fits = kind === 'u64' ? BigInt.asUintN(64, value) === value : BigInt.asIntN(64, value) === value;
      if (!fits) misfit(`${kind}, a bigint of 64 bits`, value);
      view.setBigInt64(offset, BigInt.asIntN(64, value), true);
      return;
    }
    case 'f32':
    case 'f64':
      if (typeof value !== 'number') misfit(`${kind}, a number`, value);
      if (kind === 'f32') view.setFloat32(offset, value, true);
      else view.setFloat64(offset, value, true);
      return;
    default: {
      const [least, most] = scalarTypes[kind === 'error' ? 'u32' : kind].range ?? [0, 0];
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
        misfit(`${kind}, a whole number from ${least} to ${most}`, value);
      }
      view.setInt32(offset, value, true);
    }
  }
}

/** Reads a scalar from a slot. */
export function readScalar(view: DataView, offset: number, kind: ScalarName | 'error'): unknown {
  switch (kind) {
    case 'bool':
      return view.getUint32(offset, true) !== 0;
    case 'char':
      return String.fromCodePoint(view.getUint32(offset, true));
    case 'u64':
      return view.getBigUint64(offset, true);
    case 's64':
      return view.getBigInt64(offset, true);
    case 'f32':
      return view.getFloat32(offset, true);
    case 'f64':
      return view.getFloat64(offset, true);
    case 's8':
    case 's16':
    case 's32':
      return view.getInt32(offset, true);
    default:
      return view.getUint32(offset, true);
  }
}

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function packed(element: ScalarName, values: readonly unknown[]): Uint8Array {
  const { bytes } = scalarTypes[element];
  const buffer = new Uint8Array(values.length * bytes);
  const slot = new DataView(new ArrayBuffer(8));
  values.forEach((value, index) => {
    writeScalar(slot, 0, element, value);
    buffer.set(new Uint8Array(slot.buffer, 0, bytes), index * bytes);
  });
  return buffer;
}

/** The bytes of a list that the host gives. They are the caller's own: read during the call, never kept. */
export function listBytes(plan: ValuePlan, value: unknown): { bytes: Uint8Array; count: number } {
  const element = plan.element ?? 'u8';
  const { array, bytes: size } = scalarTypes[element];
  const whole = (view: Uint8Array) => ({ bytes: view, count: view.length / size });
  if (element !== 'bool' && element !== 'char') {
    if (value instanceof array || (element === 'u8' && value instanceof Uint8ClampedArray)) return whole(bytesOf(value));
    if (element === 'u8' && value instanceof ArrayBuffer) return whole(new Uint8Array(value));
  }
  if (element === 'char' && typeof value === 'string') return whole(packed(element, [...value]));
  if (Array.isArray(value)) return whole(packed(element, value));
  return misfit(`list<${element}>, ${element === 'bool' || element === 'char' ? 'an array' : array.name}`, value);
}

/** A list from bytes that the caller owns. Throws for elements that a `bool` or `char` cannot be. */
export function listValue(plan: ValuePlan, bytes: Uint8Array<ArrayBuffer>): unknown {
  const element = plan.element ?? 'u8';
  const { array: ArrayType } = scalarTypes[element];
  if (element === 'u8') return bytes;
  const array = new ArrayType(bytes.buffer);
  if (element === 'bool') {
    return Array.from(array as Uint8Array, (value) => {
      if (value > 1) throw new Misfit(`${value} is neither 0 nor 1`);
      return value === 1;
    });
  }
  if (element === 'char') {
    return Array.from(array as Uint32Array, (value) => {
      if (value > 0x10_ffff || (value >= 0xd800 && value <= 0xdfff)) throw new Misfit(`${value} is no Unicode scalar value`);
      return String.fromCodePoint(value);
    });
  }
  return array;
}
