// The values of a filter's parameters: their limits, and how they are handed to a plugin.

import { type Condition, type Declaration, type NumberParameter, type Parameter, type Value, widestHalo } from './declaration.ts';

/** A value for every parameter that has one, by key. */
export type Values = ReadonlyMap<string, Value>;

/** What every parameter starts with. */
export function defaults(declaration: Declaration): Values {
  return new Map(
    declaration.parameters.flatMap((parameter) => (parameter.kind === 'group' ? [] : [[parameter.key, parameter.default]])),
  );
}

/** The nearest value that a number may have. */
export function limited(parameter: NumberParameter, value: number): number {
  const inside = Math.min(parameter.maximum, Math.max(parameter.minimum, Number.isFinite(value) ? value : parameter.default));
  return parameter.kind === 'float' ? inside : Math.min(parameter.maximum, Math.max(parameter.minimum, Math.round(inside)));
}

/** Whether two values are the same. */
export function same(one: Value | undefined, two: Value | undefined): boolean {
  if (typeof one === 'object' && typeof two === 'object') {
    return one.length === two.length && one.every((number, index) => number === two[index]);
  }
  return one === two;
}

/** Whether a condition holds. One that is not there does. */
export function holds(condition: Condition | undefined, values: Values): boolean {
  if (!condition) return true;
  const value = values.get(condition.parameter);
  // A bool may be compared with 0 and 1, as it is handed to the plugin.
  return value === condition.equals || (typeof value === 'boolean' && Number(value) === condition.equals);
}

/** What a number is in a picture that is `scale` times as large. */
function scaled(parameter: NumberParameter, value: number, scale: number): number {
  return parameter.unit === 'pixel-distance' && scale !== 1 ? limited(parameter, value * scale) : value;
}

/** A parameter's value as the plugin gets it: text, or numbers; nothing for a heading. */
export function forPlugin(parameter: Parameter, values: Values, scale: number): string | Float64Array | undefined {
  const value = values.get(parameter.key);
  switch (parameter.kind) {
    case 'group':
      return undefined;
    case 'text':
      return typeof value === 'string' ? value : parameter.default;
    case 'int':
    case 'float':
    case 'seed':
      return Float64Array.of(scaled(parameter, typeof value === 'number' ? value : parameter.default, scale));
    case 'bool':
    case 'choice':
      return Float64Array.of(Number(value ?? parameter.default));
    case 'colour':
    case 'point':
    case 'curve':
      return Float64Array.from(Array.isArray(value) ? value : parameter.default);
  }
}

/** How many pixels around its core a tile brings along, in a picture that is `scale` times as large. */
export function haloOf({ geometry, parameters }: Declaration, values: Values, scale: number): number {
  if (geometry.kind !== 'area') return 0;
  const { halo } = geometry;
  if (typeof halo === 'number') return halo;
  const source = parameters.find(({ key }) => key === halo.parameter);
  if (source?.kind !== 'int' && source?.kind !== 'float') return 0;
  const value = values.get(source.key);
  const number = scaled(source, typeof value === 'number' ? value : source.default, scale);
  return Math.min(widestHalo, Math.max(0, Math.ceil(halo.scale * number) + Math.ceil(halo.offset)));
}
