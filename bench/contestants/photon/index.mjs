// photon: filters in Rust for pages, in one module with the pictures. It changes a picture in place.

const works = {
  invert: (photon, image) => photon.invert(image),
  gaussian: (photon, image) => photon.gaussian_blur(image, 5),
  sharpen: (photon, image) => photon.sharpen(image),
};

/** A picture, and what applies a filter to it. */
export async function open({ built, file }, filter, { width, height, pixels }) {
  const photon = await built('photon/bindings.js');
  const { instance } = await WebAssembly.instantiate(await file('photon/photon_rs_bg.wasm'), { './photon_rs_bg.js': photon });
  photon.give(instance.exports);
  const image = new photon.PhotonImage(pixels, width, height);
  return { apply: () => works[filter](photon, image), close: () => image.free() };
}
