// Jimp: filters in JavaScript. It changes a picture in place.

import { Jimp } from 'jimp';

const crisp = [[-1, -1, -1], [-1, 16, -1], [-1, -1, -1]].map((row) => row.map((weight) => weight / 8));

const works = {
  invert: (image) => image.invert(),
  box: (image) => image.blur(8),
  sharpen: (image) => image.convolute(crisp),
};

/** A picture, and what applies a filter to it. */
export async function open(_, filter, { width, height, pixels }) {
  const image = new Jimp({ width, height });
  image.bitmap.data.set(pixels);
  return { apply: () => works[filter](image), close() {} };
}
