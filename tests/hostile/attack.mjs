// What an attack is: what the plugin does, and what must come of it. An attack that does not say what must come of it
// cannot be written.

import { catalogue } from './catalogue.mjs';

/**
 * Whom the kernel blames for the end of a process.
 *
 * @typedef {object} Blame
 * @property {string} process the name of the process that ended
 * @property {string} code of the reason: `trapped`, `overflow`, …
 * @property {string | undefined} function the function in which it happened, as the reason has it
 * @property {string} [shown] the name as messages have it, where that is another
 * @property {(string | RegExp)[]} [says] parts of the reason's sentence
 */

/**
 * What must come of an attack.
 *
 * @typedef {object} Outcome
 * @property {'refused' | 'failed' | 'told' | 'stillborn' | 'killed' | 'carried on'} kind
 * @property {string} letter R, E, K or C, as the catalogue has it
 * @property {string} [code] of the error that the web app gets
 * @property {(string | RegExp)[]} [says] parts of that error's message
 * @property {{ process?: string, function?: string }} [at] process and function in that error
 * @property {string | string[]} [codes] names of the errors that the plugin is told
 * @property {unknown} [value] what the attack gives
 * @property {Blame[]} blamed the processes that ended, in their order, and why
 */

const nobody = [];

function someParts(parts, what) {
  if (parts.length === 0 || parts.some((part) => !(part instanceof RegExp) && (typeof part !== 'string' || part === ''))) {
    throw new TypeError(`${what} takes parts of the message that it expects`);
  }
  return parts;
}

/** R: the module is refused with this code, in a message that says what and where. Nobody ends. */
export const refused = (code, ...says) => ({ kind: 'refused', letter: 'R', code, says: someParts(says, 'refused'), blamed: nobody });

/** E: the web app's call fails with this code, and the error names function and process; an error of the web app's own making has none. Nobody ends. */
export function failed(code, at, ...says) {
  if (!('process' in at) || typeof at.function !== 'string') throw new TypeError('failed takes the process and the function that the error names');
  return { kind: 'failed', letter: 'E', code, at, says: someParts(says, 'failed'), blamed: nobody };
}

/** E: the plugin is told these errors, as often as it asked: the attack gives their numbers, or one number. Nobody ends. */
export function told(codes) {
  if (codes === undefined || codes.length === 0) throw new TypeError('told takes the names of errors');
  return { kind: 'told', letter: 'E', codes, blamed: nobody };
}

/** K: the plugin ended while it started; the web app gets `start-trapped`. It was never a process. */
export const stillborn = (process, ...says) => ({
  kind: 'stillborn',
  letter: 'K',
  code: 'start-trapped',
  at: { process, function: undefined },
  says: someParts(says, 'stillborn'),
  blamed: nobody,
});

/**
 * K: these processes end, and no other. What the caller has of it: `caller` is the code of the error that the web app gets,
 * `told` the name of the error that a calling plugin is told, `gives` what the attack gives.
 *
 * @param {Blame | Blame[]} blamed
 * `says` has parts of the message that the web app gets; without it they are those of the blame.
 *
 * @param {{ caller: string, says?: (string | RegExp)[] } | { told: string | string[] } | { gives: unknown }} rest
 */
export function killed(blamed, rest) {
  const all = [blamed].flat();
  if (all.length === 0 || all.some((blame) => !blame.process || !blame.code || !('function' in blame))) {
    throw new TypeError('killed takes process, code and function of everybody that ends');
  }
  if (['caller', 'told', 'gives'].filter((key) => key in (rest ?? {})).length !== 1) throw new TypeError('killed takes what the caller gets: caller, told or gives');
  return { kind: 'killed', letter: 'K', code: rest.caller, says: rest.says, codes: rest.told, value: rest.gives, hasValue: 'gives' in rest, blamed: all };
}

/** C: the attack gives this value, and has had no effect on anybody. */
export function carriedOn(...value) {
  if (value.length !== 1) throw new TypeError('carriedOn takes what the attack gives');
  return { kind: 'carried on', letter: 'C', value: value[0], blamed: nobody };
}

/** An error that the plugin is told and that it reports as this value, where one number does not say it. Nobody ends. */
export function shown(...value) {
  if (value.length !== 1) throw new TypeError('shown takes what the attack gives');
  return { kind: 'carried on', letter: 'E', value: value[0], blamed: nobody };
}

/**
 * An attack.
 *
 * @param {number} entry of the catalogue; 0 for what the catalogue has not
 * @param {string} name which variant, in words
 * @param {object} spec
 * @param {Outcome} spec.expect made by one of the functions above
 * @param {(stage: import('./stage.mjs').Stage) => Promise<unknown>} spec.run
 */
export function attack(entry, name, { expect, run }) {
  if (!catalogue.has(entry)) throw new TypeError(`${name}: the catalogue has no entry ${entry}`);
  if (!expect?.kind || !Array.isArray(expect.blamed)) throw new TypeError(`${entry} ${name}: an attack says what must come of it`);
  if (typeof run !== 'function') throw new TypeError(`${entry} ${name}: an attack does something`);
  if (!catalogue.get(entry).outcomes.includes(expect.letter)) {
    throw new TypeError(`${entry} ${name}: the catalogue allows ${catalogue.get(entry).outcomes}, not ${expect.letter}`);
  }
  return { entry, name, expect, run };
}

/** What comes of an action: `done`, or the code of its error. */
export function outcomeOf(action) {
  try {
    action();
    return 'done';
  } catch (error) {
    return error.code;
  }
}

/** Texts of plugins, by name. They are assembled before the attacks run. */
export const texts = new Map();

/** A plugin from WebAssembly text; lines that begin with `;;@ ` are its metadata. Gives what `Stage.spawn` takes. */
export function wat(name, text) {
  if (texts.has(name)) throw new TypeError(`there are two plugins ${name}`);
  texts.set(name, text);
  return { plugin: name };
}
