// What a filter says about itself: the types, and the check of an alleged declaration.
//
// A declaration is text from an untrusted plugin. Everything is checked here once, own properties only, and what is
// missing or out of range is refused with a sentence that names it.

/** The value of a parameter, by its kind. */
export type Value = number | boolean | string | readonly number[];

interface Common {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly visible: Condition | undefined;
  readonly enabled: Condition | undefined;
  /** Whether the result depends on it. */
  readonly affects: boolean;
}

/** Holds while another parameter has a value. */
export interface Condition {
  readonly parameter: string;
  readonly equals: number | boolean | string;
}

export type Unit = 'pixel-distance' | 'percent' | 'degrees' | 'none';

export interface NumberParameter extends Common {
  readonly kind: 'int' | 'float' | 'seed';
  readonly minimum: number;
  readonly maximum: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly digits: number;
  readonly unit: Unit;
  readonly default: number;
}

export interface BoolParameter extends Common {
  readonly kind: 'bool';
  readonly default: boolean;
}

export interface ChoiceParameter extends Common {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: number;
}

export interface ColourParameter extends Common {
  readonly kind: 'colour';
  readonly default: readonly number[];
}

export interface PointParameter extends Common {
  readonly kind: 'point';
  readonly default: readonly number[];
}

export interface CurveParameter extends Common {
  readonly kind: 'curve';
  readonly default: readonly number[];
}

export interface TextParameter extends Common {
  readonly kind: 'text';
  readonly default: string;
}

/** A heading. It has no value. */
export interface GroupParameter extends Common {
  readonly kind: 'group';
}

export type Parameter =
  | NumberParameter
  | BoolParameter
  | ChoiceParameter
  | ColourParameter
  | PointParameter
  | CurveParameter
  | TextParameter
  | GroupParameter;

/** How many pixels around its core a tile brings along: a number, or one that follows from a parameter. */
export type Halo = number | { readonly parameter: string; readonly scale: number; readonly offset: number };

export type GeometryKind = 'point' | 'area' | 'whole' | 'generator' | 'analysis';

export interface Declaration {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly geometry: { readonly kind: GeometryKind; readonly halo: Halo };
  readonly parameters: readonly Parameter[];
}

/** The widest halo, in pixels. */
export const widestHalo = 512;

const mostBytes = 64 * 1024;
const mostParameters = 32;
const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Control characters, and those that change the direction of the text around them. */
const forbiddenCharacters = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/u;

/** Why a declaration is refused, as a sentence for a person. */
export class DeclarationError extends Error {}

function refuse(sentence: string): never {
  throw new DeclarationError(sentence);
}

/** Reads the bytes of the custom section `paint/filter`. Throws a {@link DeclarationError}. */
export function readDeclaration(section: Uint8Array | undefined): Declaration {
  if (!section) refuse('It has no section “paint/filter”: it is a plugin, but not a filter.');
  if (section.length > mostBytes) refuse('Its declaration is longer than 64 KiB.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(section);
  } catch {
    refuse('Its declaration is not UTF-8.');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    refuse('Its declaration is not JSON.');
  }
  return checkDeclaration(new Fields('The declaration', json));
}

function checkDeclaration(fields: Fields): Declaration {
  const id = fields.text('id', 64);
  if (!kebabCase.test(id)) refuse('Its “id” is not in kebab-case.');
  const list = fields.list('parameters', mostParameters);
  const parameters = list.map((item, index) => checkParameter(new Fields(`Parameter ${index + 1}`, item)));
  const byKey = new Map<string, Parameter>();
  for (const parameter of parameters) {
    if (byKey.has(parameter.key)) refuse(`Two of its parameters have the key “${parameter.key}”.`);
    byKey.set(parameter.key, parameter);
  }
  for (const { key, visible, enabled } of parameters) {
    for (const condition of [visible, enabled]) {
      if (condition && (condition.parameter === key || !byKey.has(condition.parameter))) {
        refuse(`A condition of parameter “${key}” names “${condition.parameter}”, which is no other parameter.`);
      }
    }
  }
  return {
    id,
    name: fields.text('name', 64),
    group: fields.text('group', 32),
    summary: fields.text('summary', 300, ''),
    geometry: checkGeometry(fields.object('geometry'), byKey),
    parameters,
  };
}

function checkGeometry(fields: Fields, parameters: Map<string, Parameter>): Declaration['geometry'] {
  const kind = fields.oneOf('kind', ['point', 'area', 'whole', 'generator', 'analysis'] as const);
  if (kind !== 'area') return { kind, halo: 0 };
  if (fields.has('halo') && typeof fields.get('halo') === 'object') {
    const halo = fields.object('halo');
    const parameter = halo.text('parameter', 64);
    const source = parameters.get(parameter);
    if (source?.kind !== 'int' && source?.kind !== 'float') {
      refuse(`Its halo follows from “${parameter}”, which is no int or float parameter.`);
    }
    return {
      kind,
      halo: { parameter, scale: halo.number('scale', 0, widestHalo, 1), offset: halo.number('offset', 0, widestHalo, 0) },
    };
  }
  return { kind, halo: Math.ceil(fields.number('halo', 0, widestHalo)) };
}

function checkParameter(fields: Fields): Parameter {
  const key = fields.text('key', 64);
  if (!kebabCase.test(key)) refuse(`The key “${key}” of a parameter is not in kebab-case.`);
  fields.subject = `Parameter “${key}”`;
  const kind = fields.oneOf('kind', [
    'int',
    'float',
    'bool',
    'choice',
    'colour',
    'point',
    'curve',
    'text',
    'seed',
    'group',
  ] as const);
  const common: Common = {
    key,
    label: fields.text('label', 64),
    hint: fields.text('hint', 300, ''),
    visible: checkCondition(fields, 'visible'),
    enabled: checkCondition(fields, 'enabled'),
    affects: fields.flag('affects', true),
  };
  switch (kind) {
    case 'int':
    case 'float':
    case 'seed':
      return { ...common, ...checkNumber(fields, kind) };
    case 'bool':
      return { ...common, kind, default: fields.flag('default', false) };
    case 'choice': {
      const choices = fields.list('choices', 64).map((item) => checkText(item, `A choice of parameter “${key}”`, 64));
      if (choices.length === 0) refuse(`Parameter “${key}” has no choices.`);
      const initial = fields.number('default', 0, choices.length - 1, 0);
      if (!Number.isInteger(initial)) refuse(`The default of parameter “${key}” is no index.`);
      return { ...common, kind, choices, default: initial };
    }
    case 'colour':
      return { ...common, kind, default: fields.shares('default', 4, [0, 0, 0, 1]) };
    case 'point':
      return { ...common, kind, default: fields.shares('default', 2, [0.5, 0.5]) };
    case 'curve': {
      const initial = fields.shares('default', undefined, [0, 0, 1, 1]);
      const ascending = initial.every((value, index) => index % 2 === 1 || index === 0 || value > (initial[index - 2] ?? 0));
      if (initial.length < 4 || initial.length > 64 || initial.length % 2 === 1 || !ascending) {
        refuse(`The curve of parameter “${key}” needs 2 to 32 points, x ascending.`);
      }
      return { ...common, kind, default: initial };
    }
    case 'text':
      return { ...common, kind, default: fields.text('default', 1000, '') };
    case 'group':
      return { ...common, kind };
  }
}

function checkNumber(fields: Fields, kind: NumberParameter['kind']): Omit<NumberParameter, keyof Common> {
  const widest = kind === 'float' ? Number.MAX_VALUE : 2 ** 53 - 1;
  const seed = kind === 'seed';
  const minimum = fields.number('minimum', -widest, widest, seed ? 0 : undefined);
  const maximum = fields.number('maximum', minimum, widest, seed ? 2 ** 32 - 1 : undefined);
  const from = fields.number('from', minimum, maximum, minimum);
  const to = fields.number('to', from, maximum, maximum);
  const range = to - from;
  const step = fields.number('step', 0, Number.MAX_VALUE, kind === 'float' ? niceStep(range) : 1) || niceStep(range);
  const initial = fields.number('default', minimum, maximum, seed ? minimum : undefined);
  if (kind !== 'float' && ![minimum, maximum, initial].every(Number.isInteger)) {
    refuse(`${fields.subject} is a whole number, but its range or default is not.`);
  }
  const digits = fields.number('digits', 0, 6, kind === 'float' ? Math.min(6, Math.max(0, -Math.floor(Math.log10(step)))) : 0);
  const unit = fields.oneOf('unit', ['none', 'pixel-distance', 'percent', 'degrees'] as const, 'none');
  return { kind, minimum, maximum, from, to, step, digits: Math.floor(digits), unit, default: initial };
}

/** A hundredth to a thousandth of the range, a power of ten. */
function niceStep(range: number): number {
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 100)) : 1;
}

function checkCondition(fields: Fields, name: string): Condition | undefined {
  if (!fields.has(name)) return undefined;
  const condition = fields.object(name);
  const parameter = condition.text('parameter', 64);
  const equals = condition.get('equals');
  if (typeof equals !== 'number' && typeof equals !== 'boolean' && typeof equals !== 'string') {
    refuse(`${fields.subject}: the condition “${name}” has no “equals”.`);
  }
  return { parameter, equals };
}

function checkText(value: unknown, subject: string, longest: number): string {
  if (typeof value !== 'string') refuse(`${subject} is not a text.`);
  if (value.length > longest) refuse(`${subject} is longer than ${longest} characters.`);
  if (forbiddenCharacters.test(value)) refuse(`${subject} has control characters in it.`);
  return value;
}

/** The members of an alleged JSON object, read one by one. A member without default must be there. */
class Fields {
  subject: string;
  readonly #object: object;

  constructor(subject: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${subject} is not an object.`);
    this.subject = subject;
    this.#object = value;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  get(name: string): unknown {
    return this.has(name) ? (this.#object as Record<string, unknown>)[name] : undefined;
  }

  object(name: string): Fields {
    return new Fields(`${this.subject}: “${name}”`, this.get(name));
  }

  list(name: string, most: number): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) refuse(`${this.subject} has no list “${name}”.`);
    if (value.length > most) refuse(`${this.subject} has ${value.length} ${name}; ${most} is the most.`);
    return value;
  }

  text(name: string, longest: number, initial?: string): string {
    if (!this.has(name) && initial !== undefined) return initial;
    const value = this.get(name);
    if (value === undefined || (value === '' && initial === undefined)) refuse(`${this.subject} has no “${name}”.`);
    return checkText(value, `${this.subject}: “${name}”`, longest);
  }

  number(name: string, minimum: number, maximum: number, initial?: number): number {
    if (!this.has(name) && initial !== undefined) return initial;
    const value = this.get(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(`${this.subject} has no number “${name}”.`);
    if (value < minimum || value > maximum) {
      refuse(`${this.subject}: “${name}” is ${value}, but must be from ${minimum} to ${maximum}.`);
    }
    return value;
  }

  flag(name: string, initial: boolean): boolean {
    if (!this.has(name)) return initial;
    const value = this.get(name);
    if (typeof value !== 'boolean') refuse(`${this.subject}: “${name}” is neither true nor false.`);
    return value;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[], initial?: Word): Word {
    if (!this.has(name) && initial !== undefined) return initial;
    const word = words.find((candidate) => candidate === this.get(name));
    if (word === undefined) refuse(`${this.subject}: “${name}” is none of ${words.join(', ')}.`);
    return word;
  }

  /** A list of numbers from 0 to 1. */
  shares(name: string, length: number | undefined, initial: readonly number[]): readonly number[] {
    if (!this.has(name)) return initial;
    const list = this.list(name, 128);
    const shares = list.filter((value): value is number => typeof value === 'number' && value >= 0 && value <= 1);
    if (shares.length !== list.length || (length !== undefined && list.length !== length)) {
      refuse(`${this.subject}: “${name}” is not a list of ${length ?? 'some'} numbers from 0 to 1.`);
    }
    return shares;
  }
}
