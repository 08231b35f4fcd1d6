// Signatures as the kernel writes them: `func(image: borrow<paint/image@1.image>, radius: f32) -> result<_, error>`.

/** The type of one value. What a newer kernel knows and this does not is `unknown`, with its text. */
export type Type =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'string' | 'error' }
  | { readonly kind: 'list'; readonly element: ScalarName }
  | { readonly kind: 'borrow' | 'own' | 'option'; readonly class: string }
  | { readonly kind: 'unknown'; readonly text: string };

const scalarNames = ['bool', 'u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64', 'char'] as const;

/** A scalar's name. */
export type ScalarName = (typeof scalarNames)[number];

/** What comes back: nothing, one value, or several as a tuple. */
export interface Values {
  readonly types: readonly Type[];
  readonly tuple: boolean;
}

/** A function. */
export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: Type; readonly text: string }[];
  readonly ok: Values;
  /** The error side of a `result`; undefined where there is none. */
  readonly error: Values | undefined;
}

const isScalar = (name: string): name is ScalarName => (scalarNames as readonly string[]).includes(name);

/** The parts between commas that are in no brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if ('<('.includes(character)) depth += 1;
    else if ('>)'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' && parts.length === 0 ? [] : [...parts, last];
}

/** What stands between the brackets of `name<…>`. */
const inside = (text: string, name: string): string | undefined =>
  text.startsWith(`${name}<`) && text.endsWith('>') ? text.slice(name.length + 1, -1).trim() : undefined;

function parseType(text: string): Type {
  if (isScalar(text)) return { kind: 'scalar', name: text };
  if (text === 'string' || text === 'error') return { kind: text };
  const element = inside(text, 'list');
  if (element !== undefined && isScalar(element)) return { kind: 'list', element };
  const optional = inside(inside(text, 'option') ?? '', 'own');
  if (optional !== undefined) return { kind: 'option', class: optional };
  for (const kind of ['borrow', 'own'] as const) {
    const name = inside(text, kind);
    if (name !== undefined) return { kind, class: name };
  }
  return { kind: 'unknown', text };
}

function parseValues(text: string): Values {
  if (text === '' || text === '_') return { types: [], tuple: false };
  // Several results of a core function stand in round brackets.
  const members = inside(text, 'tuple') ?? (text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : undefined);
  if (members !== undefined) return { types: split(members).map(parseType), tuple: true };
  return { types: [parseType(text)], tuple: false };
}

/** Where the bracket closes that the text begins with. */
function closing(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** Reads a signature. Throws for what is none: the kernel writes no such thing. */
export function parseSignature(text: string): Signature {
  const list = text.slice('func'.length);
  const end = text.startsWith('func(') ? closing(list) : -1;
  if (end < 0) throw new Error(`this is no signature: ${text}`);
  const parameters = split(list.slice(1, end)).map((parameter) => {
    const colon = parameter.indexOf(':');
    const typeText = parameter.slice(colon + 1).trim();
    return { name: parameter.slice(0, colon).trim(), type: parseType(typeText), text: typeText };
  });
  const arrow = list.slice(end + 1).trim();
  const result = arrow.startsWith('->') ? arrow.slice(2).trim() : '';
  const sides = result === 'result' ? '' : inside(result, 'result');
  if (sides === undefined) return { parameters, ok: parseValues(result), error: undefined };
  const [ok = '_', error = '_'] = split(sides);
  return { parameters, ok: parseValues(ok), error: parseValues(error) };
}
