// Reads PNG files of 8-bit RGBA without interlacing, as the reference vectors are.

import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const RGBA = 6;

/**
 * @param {string} path
 * @returns {{ width: number, height: number, pixels: Uint8Array }} rows of RGBA
 */
export function readPng(path) {
  const file = readFileSync(path);
  const chunks = [...readChunks(file)];
  const header = chunks.find(({ type }) => type === 'IHDR').data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, , , interlace] = header.subarray(8);
  if (depth !== 8 || colour !== RGBA || interlace !== 0) throw new Error(`${path} is not plain 8-bit RGBA`);
  const data = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  return { width, height, pixels: unfilter(data, width, height) };
}

function* readChunks(file) {
  for (let offset = 8; offset < file.length; ) {
    const length = file.readUInt32BE(offset);
    const type = file.toString('latin1', offset + 4, offset + 8);
    yield { type, data: file.subarray(offset + 8, offset + 8 + length) };
    offset += length + 12;
  }
}

/** Undoes the filter of every row: each byte was stored as its difference to a guess from its neighbours. */
function unfilter(data, width, height) {
  const stride = width * 4;
  const pixels = new Uint8Array(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = data[row * (stride + 1)];
    for (let column = 0; column < stride; column += 1) {
      const index = row * stride + column;
      const left = column >= 4 ? pixels[index - 4] : 0;
      const above = row > 0 ? pixels[index - stride] : 0;
      const corner = column >= 4 && row > 0 ? pixels[index - stride - 4] : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      pixels[index] = data[row * (stride + 1) + 1 + column] + guess;
    }
  }
  return pixels;
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(guess - value));
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
