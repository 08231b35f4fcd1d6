// The small changes of mutation testing: cargo-mutants says which there are, and here many of them are put into one program.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cargoToolDirectories } from './cargo-tools.mjs';
import { run, withPath } from './command.mjs';
import { rustEnvironment } from './toolchain.mjs';

/**
 * One change of one file.
 *
 * @typedef {object} Mutant
 * @property {number} number from 1; the same as long as the sources are
 * @property {string} file path in the tree
 * @property {string} name as cargo-mutants writes it, with line and column
 * @property {string} where the same without them: the file, and what is changed in which function; from the second one of the
 *   same words on with its number
 * @property {number} start offset in the file's text of what is replaced
 * @property {number} end offset of its end
 * @property {string} replacement what stands there instead
 * @property {{ start: number, body: number, end: number } | undefined} place where the function begins that holds it, where its
 *   body begins and where that ends, braces left out; absent where it cannot be chosen at run time
 * @property {boolean} opaque whether the function gives something whose type only its body tells
 */

/** Offset of a line and column, both from 1, the column in code points. */
function offsetOf(text, lines, { line, column }) {
  const start = lines[line - 1];
  let offset = start;
  for (const character of text.slice(start, lines[line] ?? text.length)) {
    if (column <= 1) break;
    offset += character.length;
    column -= 1;
  }
  return offset;
}

/** The head of a function, after comments and attributes; a constant function runs when the program is compiled. */
const head = /^[ \t]*(?:pub(?:\([^)]*\))? +)?(const +)?(?:unsafe +)?(?:extern +"[^"]*" +)?fn +\w+/m;

function placeOf(text, start, end) {
  const found = head.exec(text.slice(start, end));
  if (!found || found[1]) return undefined;
  const body = text.indexOf('{', start + found.index + found[0].length) + 1;
  return { start, body, end: end - 1 };
}

/**
 * All changes of some files.
 *
 * @param {string} tree where the sources are
 * @param {string[]} files paths in it, or patterns
 * @returns {Promise<Mutant[]>}
 */
export async function listMutants(tree, files) {
  const env = withPath(cargoToolDirectories(), rustEnvironment());
  const args = ['mutants', '--dir', tree, '--list', '--json', ...files.flatMap((file) => ['--file', file])];
  const { stdout } = await run('cargo', args, { env, cwd: tree });
  const texts = new Map();
  const counts = new Map();
  const where = (name) => {
    const words = name.replace(/:\d+:\d+: /, ': ');
    const count = (counts.get(words) ?? 0) + 1;
    counts.set(words, count);
    return count === 1 ? words : `${words} (${count})`;
  };
  return JSON.parse(stdout).map(({ file, name, span, replacement, function: holder }, index) => {
    if (!texts.has(file)) {
      const text = readFileSync(join(tree, file), 'utf8');
      const lines = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
      texts.set(file, { text, lines });
    }
    const { text, lines } = texts.get(file);
    const at = (position) => offsetOf(text, lines, position);
    return {
      number: index + 1,
      file,
      name,
      where: where(name),
      start: at(span.start),
      end: at(span.end),
      replacement,
      place: holder ? placeOf(text, at(holder.span.start), at(holder.span.end)) : undefined,
      opaque: /\bimpl\b/.test(holder?.return_type ?? ''),
    };
  });
}

/** The text of a file with one change. */
export const changed = (text, { start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end);

/**
 * Where a piece of a woven file came from: bytes, and the change, or the function for what belongs to none.
 *
 * @typedef {{ from: number, to: number, mutants: Mutant[] }} Piece
 */

/**
 * The text of a file with many changes, of which one or none is made while it runs: each function that is to be changed has its
 * body once for each change, and once as it is.
 *
 * @param {string} text
 * @param {Mutant[]} mutants those of this file that have a place
 * @returns {{ text: string, pieces: Piece[] }} pieces that lie within others come after them
 */
export function weave(text, mutants) {
  const functions = new Map();
  for (const mutant of mutants) {
    const { body } = mutant.place;
    if (!functions.has(body)) functions.set(body, []);
    functions.get(body).push(mutant);
  }
  let woven = '';
  let bytes = 0;
  let read = 0;
  const pieces = [];
  const add = (part) => {
    woven += part;
    bytes += Buffer.byteLength(part);
  };
  for (const [body, held] of [...functions].sort(([left], [right]) => left - right)) {
    const { start, end } = held[0].place;
    add(text.slice(read, start));
    const whole = { from: bytes, to: 0, mutants: held };
    pieces.push(whole);
    add(text.slice(start, body));
    add('match crate::mutant::chosen() {');
    for (const mutant of held) {
      const from = bytes;
      add(`${mutant.number} => {${text.slice(body, mutant.start)}${mutant.replacement}${text.slice(mutant.end, end)}}\n`);
      pieces.push({ from, to: bytes, mutants: [mutant] });
    }
    add(`_ => {${text.slice(body, end)}}}`);
    whole.to = bytes;
    read = end;
  }
  add(text.slice(read));
  return { text: woven, pieces };
}

/** Those that can be woven together: a function within another one cannot, for it would be there several times. */
export function weavable(mutants) {
  const inside = (inner, outer) => inner.file === outer.file && inner.place.start > outer.place.start && inner.place.end < outer.place.end;
  const placed = mutants.filter((mutant) => mutant.place);
  return placed.filter((mutant) => !placed.some((other) => inside(mutant, other)));
}

/** The module of the kernel by which a change is chosen: on wasm32 by a call, elsewhere by the environment. */
export const chooser = `//! Which of the changes that are compiled in is made; 0 for none.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

const UNKNOWN: u32 = u32::MAX;
static CHOSEN: AtomicU32 = AtomicU32::new(UNKNOWN);

/// Its number.
pub fn chosen() -> u32 {
    match CHOSEN.load(Relaxed) {
        UNKNOWN => {
            CHOSEN.store(first(), Relaxed);
            CHOSEN.load(Relaxed)
        }
        known => known,
    }
}

#[cfg(target_arch = "wasm32")]
fn first() -> u32 {
    0
}

#[cfg(not(target_arch = "wasm32"))]
fn first() -> u32 {
    std::env::var("PORTCULLIS_MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(target_arch = "wasm32")]
#[unsafe(export_name = "choose_mutant")]
extern "C" fn choose(number: u32) {
    CHOSEN.store(number, Relaxed);
}
`;
