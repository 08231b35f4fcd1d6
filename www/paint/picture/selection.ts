// The selected rectangle.

import type { Rect } from './engine.ts';

export type { Rect };

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The whole pixels between two places that are in a picture of this size; nothing if none is. */
export function clampedRect(from: Place, to: Place, size: { width: number; height: number }): Rect | undefined {
  const span = (one: number, two: number, length: number) => {
    const start = Math.min(length, Math.max(0, Math.round(Math.min(one, two))));
    const end = Math.min(length, Math.max(0, Math.round(Math.max(one, two))));
    return [start, end - start] as const;
  };
  const [x, width] = span(from.x, to.x, size.width);
  const [y, height] = span(from.y, to.y, size.height);
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** What is in both. */
export function intersection(one: Rect, two: Rect): Rect {
  const x = Math.max(one.x, two.x);
  const y = Math.max(one.y, two.y);
  const width = Math.max(0, Math.min(one.x + one.width, two.x + two.width) - x);
  const height = Math.max(0, Math.min(one.y + one.height, two.y + two.height) - y);
  return { x, y, width, height };
}
