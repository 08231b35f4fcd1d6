// Many changes in one file: what stands where, and whose fault an error is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed, weavable, weave } from '../../xtask/mutant-list.mjs';

const text = `//! Ünïcode.
fn first(a: u32) -> u32 {
    a + 1
}
const LIMIT: u32 = 1 + 2;
fn second() {}
`;

/** A change of what stands in the text once, in the function that begins with some words. */
function mutant(number, found, replacement, begins) {
  const start = text.indexOf(found);
  const head = text.indexOf(begins);
  const end = text.indexOf('}', head);
  return { number, file: 'a.rs', start, end: start + found.length, replacement, place: begins && { start: head, body: text.indexOf('{', head) + 1, end } };
}

const minus = mutant(7, 'a + 1', 'a - 1', 'fn first');
const zero = mutant(8, 'a + 1', '0', 'fn first');
const constant = mutant(9, '1 + 2', '1 - 2', undefined);

test('one change is made in its place', () => {
  assert.equal(changed(text, constant), text.replace('1 + 2', '1 - 2'));
});

test('changes are woven into their function, and the rest stays', () => {
  const { text: woven } = weave(text, [minus, zero]);
  assert.match(woven, /^\/\/! Ünïcode\.\nfn first\(a: u32\) -> u32 \{match crate::mutant::chosen\(\) \{7 => \{/);
  assert.match(woven, /7 => \{\s*a - 1\s*\}\s*8 => \{\s*0\s*\}\s*_ => \{\s*a \+ 1\s*\}\}\}\nconst LIMIT: u32 = 1 \+ 2;\nfn second\(\) \{\}\n$/);
});

test('pieces are counted in bytes, the inner ones last', () => {
  const { text: woven, pieces } = weave(text, [minus, zero]);
  const bytes = Buffer.from(woven);
  const [whole, first, second] = pieces.map(({ from, to }) => bytes.subarray(from, to).toString());
  assert.ok(whole.startsWith('fn first') && whole.includes(first) && whole.includes(second));
  assert.ok(first.startsWith('7 => ') && second.startsWith('8 => '));
  assert.deepEqual(pieces.map(({ mutants }) => mutants), [[minus, zero], [minus], [zero]]);
});

test('what is no part of a function cannot be chosen, nor what is in a function within another one', () => {
  const inner = { ...minus, number: 10, place: { ...minus.place, start: minus.place.start + 4, end: minus.place.end - 1 } };
  assert.deepEqual(weavable([minus, constant]), [minus]);
  assert.deepEqual(weavable([minus, inner]), [minus]);
});
