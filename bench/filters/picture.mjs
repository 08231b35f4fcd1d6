// The pictures that filters are tried on.

const randomly = (number) => (Math.imul(number, 1664525) + 1013904223) >>> 0;

/** A picture with flat parts, edges and a little noise, as photographs have them. All of it is opaque. */
export function picture(width, height) {
  const pixels = new Uint8Array(width * height * 4);
  let random = 1;
  for (let y = 0, index = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, index += 4) {
      random = randomly(random);
      const noise = (random >>> 24) / 16;
      const shape = ((x >> 7) ^ (y >> 6)) & 1 ? 60 : 0;
      pixels[index] = 40 + shape + (x / width) * 120 + noise;
      pixels[index + 1] = 30 + shape + (y / height) * 120 + noise;
      pixels[index + 2] = 60 + shape + ((x + y) / (width + height)) * 90 + noise;
      pixels[index + 3] = 255;
    }
  }
  return pixels;
}

/** Noise, which is opaque too: nothing in it is easier than in other pictures. */
export function noise(width, height) {
  const pixels = new Uint8Array(width * height * 4);
  let random = 1;
  for (let index = 0; index < pixels.length; index += 1) {
    random = randomly(random);
    pixels[index] = index % 4 === 3 ? 255 : random >>> 24;
  }
  return pixels;
}
