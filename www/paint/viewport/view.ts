// Which part of the picture is on the screen, and how large.
//
// Three kinds of coordinates: document pixels, device pixels of the canvas, and CSS pixels of the page
// (device pixels = CSS pixels × ratio). A zoom of 1 shows a document pixel as one device pixel.

import { batch, computed, effect, signal } from '@preact/signals';
import type { Rect } from '../picture/engine.ts';
import { pictureSize } from '../picture/picture.ts';

/** The document's place at the canvas's left upper corner, and device pixels per document pixel. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The canvas: its size in device pixels, and device pixels per CSS pixel. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

const greatestZoom = 64;
const wheelStep = 1.0015;
/** Zooms that the buttons and keys stop at. */
const stops = [
  1 / 32,
  1 / 24,
  1 / 16,
  1 / 12,
  1 / 8,
  1 / 6,
  1 / 4,
  1 / 3,
  1 / 2,
  2 / 3,
  1,
  1.5,
  2,
  3,
  4,
  6,
  8,
  12,
  16,
  24,
  32,
  48,
  64,
];

export const screen = signal<Screen>({ width: 0, height: 0, ratio: 1 });
export const view = signal<View>({ x: 0, y: 0, zoom: 1 });

/** Whether the picture is kept fitting into the window, until the person zooms or pans. */
export const fitting = signal(true);

/** How much the split covers: the share of the canvas, from the left, that shows the state before; or nothing. */
export const split = signal<number | undefined>(undefined);

/** Whether the state before is shown everywhere, while a key or button is held. */
export const showingBefore = signal(false);

/** The first device column that shows the state after. */
export const splitColumn = computed(() => {
  if (showingBefore.value) return screen.value.width;
  return split.value === undefined ? 0 : Math.round(split.value * screen.value.width);
});

// Another size of picture or window fits anew.
effect(() => {
  const size = pictureSize.value;
  if (size && fitting.value && screen.value.width > 0) view.value = fitted(size, screen.value);
});

let lastSize: { width: number; height: number } | undefined;
effect(() => {
  const size = pictureSize.value;
  if (!size) return;
  if (lastSize && (lastSize.width !== size.width || lastSize.height !== size.height)) fitting.value = true;
  lastSize = size;
});

/** Fits the picture into the window, and keeps it so. */
export function fit(): void {
  fitting.value = true;
}

/** Zooms so that a device pixel shows `1 / zoom` document pixels, with the middle of the window in its place. */
export function zoomTo(zoom: number): void {
  const { width, height } = screen.value;
  zoomAt(zoom, width / 2, height / 2);
}

/** Zooms with the document's place under a device pixel kept there. */
export function zoomAt(zoom: number, x: number, y: number): void {
  const old = view.value;
  const next = Math.min(greatestZoom, Math.max(leastZoom(), zoom));
  const snapped = Math.abs(next - 1) < 0.004 ? 1 : next;
  move({ x: old.x + x / old.zoom - x / snapped, y: old.y + y / old.zoom - y / snapped, zoom: snapped });
}

/** Zooms by a turn of the wheel, `delta` in CSS pixels of scrolling. */
export function zoomByWheel(delta: number, x: number, y: number): void {
  zoomAt(view.value.zoom * wheelStep ** -delta, x, y);
}

/** The next zoom of the buttons in a direction: 1 in, -1 out. */
export function zoomStep(direction: 1 | -1): void {
  const { zoom } = view.value;
  const next = direction > 0 ? stops.find((stop) => stop > zoom * 1.01) : stops.findLast((stop) => stop < zoom / 1.01);
  if (next !== undefined) zoomTo(next);
}

/** Moves the picture by device pixels. */
export function pan(x: number, y: number): void {
  const old = view.value;
  move({ ...old, x: old.x - x / old.zoom, y: old.y - y / old.zoom });
}

/** The document's place at a device pixel, in fractions of document pixels. */
export function toDocument(x: number, y: number): { x: number; y: number } {
  const { x: left, y: top, zoom } = view.value;
  return { x: left + x / zoom, y: top + y / zoom };
}

/** The device pixel at a place of the document. */
export function toScreen(x: number, y: number): { x: number; y: number } {
  const { x: left, y: top, zoom } = view.value;
  return { x: (x - left) * zoom, y: (y - top) * zoom };
}

/** The part of the picture that is visible, in whole document pixels. */
export const visiblePart = computed<Rect>(() => {
  const size = pictureSize.value ?? { width: 0, height: 0 };
  const { width, height } = screen.value;
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  const { x: left, y: top, zoom } = view.value;
  const x = clamp(Math.floor(left), size.width);
  const y = clamp(Math.floor(top), size.height);
  const right = clamp(Math.ceil(left + width / zoom), size.width);
  const bottom = clamp(Math.ceil(top + height / zoom), size.height);
  return { x, y, width: right - x, height: bottom - y };
});

function move(next: View): void {
  batch(() => {
    fitting.value = false;
    view.value = contained(next);
  });
}

/** Whole device pixels, and never so far away that the picture is lost. */
function contained({ x, y, zoom }: View): View {
  const size = pictureSize.value ?? { width: 1, height: 1 };
  const { width, height } = screen.value;
  const limit = (start: number, length: number, window: number) => {
    const margin = window / zoom / 2;
    const inside = Math.min(length - margin, Math.max(-margin, start));
    return Math.round(inside * zoom) / zoom;
  };
  return { x: limit(x, size.width, width), y: limit(y, size.height, height), zoom };
}

function leastZoom(): number {
  const size = pictureSize.value ?? { width: 1, height: 1 };
  return Math.min(fitted(size, screen.value).zoom, 1 / 32, 32 / Math.max(size.width, size.height));
}

/** The whole picture with a margin, at most at four CSS pixels a pixel. Small pictures are shown at whole magnifications. */
function fitted(size: { width: number; height: number }, { width, height, ratio }: Screen): View {
  const margin = Math.min(48 * ratio, 0.04 * Math.min(width, height));
  // The strip of tools lies over the lower edge.
  const strip = Math.min(44 * ratio, 0.08 * height);
  const room = Math.min((width - 2 * margin) / size.width, (height - 2 * margin - strip) / size.height);
  const zoom =
    room >= 2
      ? Math.min(Math.floor(room), 4 * ratio * Math.max(1, 16 / Math.max(size.width, size.height)))
      : Math.max(room, 1e-4);
  return {
    x: Math.round((size.width * zoom - width) / 2) / zoom,
    y: Math.round((size.height * zoom - height + strip) / 2) / zoom,
    zoom,
  };
}
