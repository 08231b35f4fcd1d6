// Runs attacks one after the other, in Node and in pages alike.

import { attacks } from './attacks.mjs';
import { runAttack } from './stage.mjs';

/** Whether an attack is one of those that were asked for: an entry's number, or a part of a name; nothing asks for all. */
export function isWanted({ entry, name }, wanted) {
  return wanted.length === 0 || wanted.some((word) => (/^\d+$/.test(word) ? Number(word) === entry : name.includes(word)));
}

/**
 * Runs attacks from an index on.
 *
 * @param {object} environment what `runAttack` takes
 * @param {number} from
 * @param {string[]} wanted
 * @param {(index: number, failure: string | null | undefined) => void} tell an attack begins (undefined), passed (null) or failed
 */
export async function perform(environment, from, wanted, tell) {
  for (const [index, attack] of attacks.entries()) {
    if (index < from || !isWanted(attack, wanted)) continue;
    tell(index, undefined);
    // Engines collect memories that are gone only when the event loop turns, and have a limit for them.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      await runAttack(attack, environment);
      tell(index, null);
    } catch (error) {
      const text = String(error);
      const stack = String(error?.stack ?? '');
      // Not every engine repeats the message in the stack.
      tell(index, stack.includes(text) ? stack : `${text}\n${stack}`);
    }
  }
}
