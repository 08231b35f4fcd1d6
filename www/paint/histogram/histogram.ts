// The histogram of what is shown, computed anew at most a few times a second.

import { effect, signal } from '@preact/signals';
import { picture, revision } from '../picture/picture.ts';
import { previewRevision } from '../viewport/pointer.ts';

export interface Histogram {
  readonly red: Uint32Array;
  readonly green: Uint32Array;
  readonly blue: Uint32Array;
  readonly luma: Uint32Array;
}

export const histogram = signal<Histogram | undefined>(undefined);

const pauseBetween = 120;
let last = -Infinity;
let scheduled = false;

effect(() => {
  void [picture.value, revision.value, previewRevision.value];
  if (scheduled) return;
  scheduled = true;
  setTimeout(update, Math.max(0, last + pauseBetween - performance.now()));
});

function update(): void {
  scheduled = false;
  const counts = picture.peek()?.engine.histogram();
  last = performance.now();
  if (!counts) {
    histogram.value = undefined;
    return;
  }
  const channel = (index: number) => counts.subarray(index * 256, (index + 1) * 256);
  histogram.value = { red: channel(0), green: channel(1), blue: channel(2), luma: channel(3) };
}
