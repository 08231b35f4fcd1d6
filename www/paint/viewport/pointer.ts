// The colour under the pointer.

import { computed, signal } from '@preact/signals';
import { picture, pictureSize, revision } from '../picture/picture.ts';
import { screen, splitColumn, toDocument, view } from './view.ts';

/** Where the pointer is on the canvas, in device pixels. */
export const pointerPlace = signal<{ x: number; y: number } | undefined>(undefined);

/** Goes up with every tile of a preview, so that what is under the pointer is read again. */
export const previewRevision = signal(0);

/** The document pixel under the pointer and its colour, as the screen shows it. */
export const underPointer = computed(() => {
  void [revision.value, previewRevision.value, view.value, screen.value];
  const place = pointerPlace.value;
  const engine = picture.value?.engine;
  const size = pictureSize.value;
  if (!place || !engine || !size) return undefined;
  const at = toDocument(place.x, place.y);
  const x = Math.floor(at.x);
  const y = Math.floor(at.y);
  if (x < 0 || y < 0 || x >= size.width || y >= size.height) return undefined;
  const pixel = engine.pixel(place.x < splitColumn.value, x, y);
  return pixel ? { x, y, pixel } : undefined;
});
