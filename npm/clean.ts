// Text from outside, made fit to be shown.

/** Control characters, and those that change the direction of text or are not seen. */
const unfit = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** What nearly all text is. */
const fit = /^[\x20-\x7e]*$/;

/** The text with `·` for every character that could make it look like something else, cut to a number of characters. */
export function clean(text: string, limit: number): string {
  if (text.length <= limit && fit.test(text)) return text;
  // Cut first, for it may be long; twice as many units hold the characters, and one more tells whether there are more.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const kept = characters.slice(0, limit).join('').replace(unfit, '·');
  return characters.length > limit ? `${kept}…` : kept;
}
