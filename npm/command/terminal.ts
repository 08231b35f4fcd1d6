// Text for a person: colours where they are wanted, and nothing that a plugin could play tricks with.

/** What colours text, or leaves it as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const escape = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string): string => text;

const coloured: Style = { bold: escape(1), dim: escape(2), good: escape(32), bad: escape(31) };
const colourless: Style = { bold: plain, dim: plain, good: plain, bad: plain };

/** Colours for a stream that a person looks at, unless `NO_COLOR` is set to anything. */
export const styleFor = (stream: { readonly isTTY?: boolean }): Style =>
  stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb' ? coloured : colourless;

/** Control characters, and those that change the direction of text or are not seen. */
const unfit = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A text of a plugin's on one line: `·` stands for every character that could make it look like something else. */
export const clean = (text: string): string => text.replace(unfit, '·');

/** A text of a plugin's that may have lines and tabs. */
export const cleanLines = (text: string): string => text.replace(unfit, (character) => (character === '\n' || character === '\t' ? character : '·'));

/** A whole number with commas between thousands. */
export const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** Bytes in words: `1,204 bytes`, `12.3 KiB`. */
export function bytes(value: number): string {
  if (value < 10_000) return `${number(value)} byte${value === 1 ? '' : 's'}`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 * 1024 * 1024) return `${(value / 1024 / 1024).toFixed(1)} MiB`;
  return `${(value / 1024 / 1024 / 1024).toFixed(1)} GiB`;
}

/** Lines with what stands in front of each. */
export const indented = (lines: readonly string[], by = '  '): string[] => lines.map((line) => (line === '' ? '' : by + line));
