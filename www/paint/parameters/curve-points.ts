// The points of a curve: x ascending, everything from 0 to 1.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The least distance of two points in x. */
const gap = 1 / 256;

const share = (value: number) => Math.min(1, Math.max(0, value));

/** The index of the point that is nearest to a place, if it is no farther away than `reach`. */
export function nearest(points: readonly Point[], place: Point, reach: number): number | undefined {
  let found: number | undefined;
  let least = reach;
  for (const [index, { x, y }] of points.entries()) {
    const distance = Math.hypot(x - place.x, y - place.y);
    if (distance <= least) [least, found] = [distance, index];
  }
  return found;
}

/** The points with one moved as far as its neighbours allow. */
export function moved(points: readonly Point[], index: number, { x, y }: Point): Point[] {
  const least = index === 0 ? 0 : (points[index - 1]?.x ?? 0) + gap;
  const most = index === points.length - 1 ? 1 : (points[index + 1]?.x ?? 1) - gap;
  const place = { x: Math.min(most, Math.max(least, x)), y: share(y) };
  return points.map((point, other) => (other === index ? place : point));
}

/** The points with one more. Where there is no room for it, they stay as they are. */
export function withPoint(points: readonly Point[], place: Point): { points: readonly Point[]; index: number } {
  const x = share(place.x);
  const before = points.filter((point) => point.x < x).length;
  const close = nearestInX(points, x);
  if (close !== undefined) return { points, index: close };
  return { points: [...points.slice(0, before), { x, y: share(place.y) }, ...points.slice(before)], index: before };
}

/** The points without one. Two always stay. */
export function withoutPoint(points: readonly Point[], index: number): readonly Point[] {
  return points.length <= 2 ? points : points.filter((_, other) => other !== index);
}

function nearestInX(points: readonly Point[], x: number): number | undefined {
  const index = points.findIndex((point) => Math.abs(point.x - x) < gap);
  return index < 0 ? undefined : index;
}

/** The curve as an SVG path in a square: level before the first and after the last point, monotone between points. */
export function curvePath(points: readonly Point[], side: number): string {
  const at = ({ x, y }: Point) => `${(x * side).toFixed(2)} ${((1 - y) * side).toFixed(2)}`;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  const slopes = tangents(points);
  let path = `M0 ${((1 - first.y) * side).toFixed(2)}L${at(first)}`;
  for (let index = 1; index < points.length; index += 1) {
    const one = points[index - 1] as Point;
    const two = points[index] as Point;
    const third = (two.x - one.x) / 3;
    path += `C${at({ x: one.x + third, y: one.y + third * (slopes[index - 1] ?? 0) })} ${at({ x: two.x - third, y: two.y - third * (slopes[index] ?? 0) })} ${at(two)}`;
  }
  return `${path}L${side} ${((1 - last.y) * side).toFixed(2)}`;
}

/** Slopes at the points that overshoot nowhere (Fritsch and Carlson). */
function tangents(points: readonly Point[]): number[] {
  const secants = points
    .slice(1)
    .map((point, index) => (point.y - (points[index]?.y ?? 0)) / (point.x - (points[index]?.x ?? 0)));
  const slopes = points.map((_, index) => {
    const left = secants[index - 1] ?? secants[index] ?? 0;
    const right = secants[index] ?? left;
    return left * right <= 0 ? 0 : (left + right) / 2;
  });
  for (const [index, secant] of secants.entries()) {
    if (secant === 0) {
      slopes[index] = 0;
      slopes[index + 1] = 0;
      continue;
    }
    const one = (slopes[index] ?? 0) / secant;
    const two = (slopes[index + 1] ?? 0) / secant;
    const length = Math.hypot(one, two);
    if (length > 3) {
      slopes[index] = (3 * one * secant) / length;
      slopes[index + 1] = (3 * two * secant) / length;
    }
  }
  return slopes;
}
