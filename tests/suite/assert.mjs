// Assertions that need nothing but the language, so that they hold in every engine.

/** What an assertion throws. */
export class AssertionError extends Error {
  name = 'AssertionError';
}

function show(value, depth = 0) {
  if (typeof value === 'string') return JSON.stringify(value.length > 300 ? `${value.slice(0, 300)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name} ${value.code ?? ''}: ${value.message}`;
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const shown = Array.from(value.slice(0, 12), (element) => show(element, depth + 1)).join(', ');
    return `${value.constructor.name}(${value.length}) [${shown}${value.length > 12 ? ', …' : ''}]`;
  }
  if (depth > 2) return '{…}';
  const entries = Object.entries(value).slice(0, 20);
  return `{ ${entries.map(([key, entry]) => `${key}: ${show(entry, depth + 1)}`).join(', ')} }`;
}

/** Whether two values are alike: numbers bit for bit but for NaN's payload, arrays by type and elements, plain objects by their keys. */
function alike(left, right) {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (ArrayBuffer.isView(left) || Array.isArray(left)) {
    if (left.constructor !== right.constructor || left.length !== right.length) return false;
    for (let index = 0; index < left.length; index++) if (!alike(left[index], right[index])) return false;
    return true;
  }
  if (Object.getPrototypeOf(left) !== Object.prototype || Object.getPrototypeOf(right) !== Object.prototype) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && alike(left[key], right[key]));
}

/** Throws unless the condition is true. */
export function ok(condition, message) {
  if (!condition) throw new AssertionError(message ?? 'it should be so, and is not');
}

/** Throws unless the values are alike. Objects other than arrays and plain ones have to be the very same. */
export function equal(actual, expected, what = 'the value') {
  if (!alike(actual, expected)) throw new AssertionError(`${what}: got ${show(actual)}, expected ${show(expected)}`);
}

/** Throws unless every part is in the text. */
export function includes(text, ...parts) {
  for (const part of parts) {
    const found = part instanceof RegExp ? part.test(text) : String(text).includes(part);
    if (!found) throw new AssertionError(`${show(text)} does not say ${String(part)}`);
  }
}

/** What a function throws, or the promise that it returns is rejected with. */
export async function thrown(action, what = 'it') {
  let result;
  try {
    result = await action();
  } catch (error) {
    return error;
  }
  throw new AssertionError(`${what} should have been refused, and gave ${show(result)}`);
}

// What would show that a message was put together from something that is not there, or that a plugin's text was let through.
const slips = [/\bundefined\b/, /\[object /, /\bNaN\b/, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/, /\$\{/];

/**
 * Throws unless the action is refused with a `PortcullisError` of this code, whose message is fit for a person and has
 * every part in it.
 *
 * @param {() => unknown} action
 * @param {string} code
 * @param {...(string | RegExp)} parts
 * @returns {Promise<Error>} the error
 */
export async function refused(action, code, ...parts) {
  const error = await thrown(action, `the action that ${code} is expected of`);
  if (error?.name !== 'PortcullisError' || error.code !== code) {
    throw new AssertionError(`expected ${code}, got ${show(error)}\n${error?.stack ?? ''}`);
  }
  includes(error.message, ...parts);
  const slip = slips.find((pattern) => pattern.test(error.message));
  if (slip) throw new AssertionError(`${show(error.message)} is not fit for a person: ${slip}`);
  return error;
}

/**
 * Throws unless the action gives the error side of its `result`.
 *
 * @param {() => unknown} action
 * @param {unknown} value what the error side holds
 */
export async function returnsError(action, value) {
  const error = await thrown(action, 'the call');
  if (error?.name !== 'PluginError') throw new AssertionError(`expected the error side of a result, got ${show(error)}\n${error?.stack ?? ''}`);
  equal(error.value, value, 'the error side');
  return error;
}
