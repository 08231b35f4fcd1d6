// Filters of a canvas: `context.filter`. Which processor computes them is the browser's business.

const works = { invert: 'invert(1)', gaussian: 'blur(5px)' };

/** Why there are none, if that is so. */
export function missing() {
  if (typeof document === 'undefined') return 'there is no canvas';
  return 'filter' in CanvasRenderingContext2D.prototype ? undefined : 'its canvas has no `filter`';
}

function canvas(width, height) {
  const element = document.createElement('canvas');
  Object.assign(element, { width, height });
  return element.getContext('2d', { willReadFrequently: true });
}

/** A picture, and what applies a filter to it. */
export async function open(_, filter, { width, height, pixels }) {
  const [source, target] = [canvas(width, height), canvas(width, height)];
  source.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  target.filter = works[filter];
  return {
    apply() {
      target.drawImage(source.canvas, 0, 0);
      // Until somebody wants to see it, it need not have been drawn.
      target.getImageData(width - 1, height - 1, 1, 1);
    },
    close() {},
  };
}
