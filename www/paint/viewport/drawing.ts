// Drawing the visible part of the picture onto the canvas, at most once a frame and only what changed.

import { effect } from '@preact/signals';
import { theme } from '../interface/theme.ts';
import type { Engine, Rect } from '../picture/engine.ts';
import { picture, revision } from '../picture/picture.ts';
import { screen, splitColumn, view } from './view.ts';

/** The greys behind translucent pixels, in light and dark. */
const checkers = { light: [255, 214], dark: [74, 54] } as const;
const checkerSide = 8;

/** More changed places than these are drawn as a whole. */
const mostParts = 24;

let context: CanvasRenderingContext2D | undefined;
let whole = true;
let parts: Rect[] = [];
let scheduled = false;

/** Makes a canvas the one that is drawn on, until the returned function is called. */
export function drawOn(canvas: HTMLCanvasElement): () => void {
  context = canvas.getContext('2d', { alpha: true }) ?? undefined;
  const stop = effect(() => {
    // What the drawing depends on.
    void [picture.value, revision.value, view.value, splitColumn.value, theme.value];
    const { width, height } = screen.value;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      // The canvas is empty now; without this it would flash.
      whole = true;
      draw();
    }
    redraw();
  });
  return () => {
    stop();
    context = undefined;
  };
}

/** Draws everything with the next frame. */
export function redraw(): void {
  whole = true;
  schedule();
}

/** Draws a rectangle of a level of the picture with the next frame. */
export function redrawPart(level: number, part: Rect): void {
  const engine = picture.value?.engine;
  if (!engine || whole) return;
  const { width, height } = screen.value;
  setView(engine);
  const [x = 0, y = 0, w = 0, h = 0] = engine.onScreen(
    level,
    part.x,
    part.y,
    part.width,
    part.height,
    new Uint32Array([width, height]),
  );
  if (w === 0 || h === 0) return;
  // Interpolation reaches into the neighbouring pixel.
  const left = Math.max(0, x - 2);
  const top = Math.max(0, y - 2);
  parts.push({ x: left, y: top, width: Math.min(width, x + w + 2) - left, height: Math.min(height, y + h + 2) - top });
  if (parts.length > mostParts) whole = true;
  schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

function draw(): void {
  const engine = picture.value?.engine;
  const { width, height, ratio } = screen.value;
  if (!context || width === 0 || height === 0) return;
  const areas = whole ? [{ x: 0, y: 0, width, height }] : parts;
  whole = false;
  parts = [];
  if (!engine) {
    context.clearRect(0, 0, width, height);
    return;
  }
  setView(engine);
  const [light, dark] = checkers[theme.value];
  engine.setChecker(light, dark, Math.round(checkerSide * ratio));
  for (const area of areas) engine.draw(context, area.x, area.y, area.width, area.height);
}

function setView(engine: Engine): void {
  const { x, y, zoom } = view.value;
  engine.setView(x, y, zoom, splitColumn.value, true);
}
