// wasm-vips: libvips as WebAssembly, told to use one thread. It computes when the result is asked for, which is a copy.

/** A row of ones, and weights that sharpen. */
const ones = (length) => [Array(length).fill(1)];
const crisp = [[-1, -1, -1], [-1, 16, -1], [-1, -1, -1]];

const works = {
  invert: (image) => image.invert(),
  box: (image, vips) => image.convsep(vips.Image.newFromArray(ones(17), 17), { precision: 'integer' }),
  gaussian: (image) => image.gaussblur(5),
  sharpen: (image, vips) => image.conv(vips.Image.newFromArray(crisp, 8), { precision: 'integer' }),
  unsharp: (image) => image.multiply(2).subtract(image.gaussblur(2)).cast('uchar'),
  median: (image) => image.median(3),
  sobel: (image) => image.sobel(),
};

let started;

/** A picture, and what applies a filter to it. */
export async function open({ built, address, features }, filter, { width, height, pixels }) {
  const { default: Vips } = await built(features.node ? 'wasm-vips/vips-node.mjs' : 'wasm-vips/vips-es6.js');
  started ??= Vips({ dynamicLibraries: [], ...(features.node ? {} : { locateFile: (file) => address(`wasm-vips/${file}`) }) });
  const vips = await started;
  vips.concurrency(1);
  // Nothing is remembered from the last time.
  vips.Cache.max(0);
  const image = vips.Image.newFromMemory(pixels, width, height, 4, 'uchar');
  return {
    apply() {
      const result = works[filter](image, vips);
      result.writeToMemory();
      result.delete();
    },
    close: () => image.delete(),
  };
}
