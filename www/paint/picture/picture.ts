// The open picture, and what changes it.

import { batch, computed, signal } from '@preact/signals';
import type { Engine, Rect } from './engine.ts';

/** What is open. Its engine holds the pixels; `revision` goes up whenever one of them may have changed. */
export interface Picture {
  readonly engine: Engine;
  /** The file's name, or what the page calls it. */
  readonly name: string;
  readonly format: string;
}

export const picture = signal<Picture | undefined>(undefined);
export const revision = signal(0);

/** The selected part of the picture, in its pixels; everything if undefined. */
export const selection = signal<Rect | undefined>(undefined);

/** Pixels in a row and rows. */
export const pictureSize = computed(() => {
  void revision.value;
  const engine = picture.value?.engine;
  return engine ? { width: engine.width, height: engine.height } : undefined;
});

/** Undo steps, for the list and the buttons. */
export const historyState = computed(() => {
  void revision.value;
  const engine = picture.value?.engine;
  if (!engine) return { steps: [], position: 0, forgotten: 0, bytes: 0 };
  const sizes = engine.historyBytes;
  const steps = engine.historyLabels.map((label, index) => ({ label, bytes: sizes[index] ?? 0 }));
  return {
    steps,
    position: engine.historyPosition,
    forgotten: engine.historyForgotten,
    bytes: steps.reduce((sum, step) => sum + step.bytes, 0),
  };
});

/** How many bytes of pixels undo steps may hold. */
export const historyBudget = budgetFor(navigator as { deviceMemory?: number });

function budgetFor({ deviceMemory = 4 }: { deviceMemory?: number }): number {
  return Math.min(768, Math.max(192, deviceMemory * 96)) * 1_000_000;
}

/** Replaces the open picture. The engine belongs to this module from now on. */
export function setPicture(next: Picture): void {
  const last = picture.value;
  batch(() => {
    picture.value = next;
    selection.value = undefined;
    revision.value += 1;
  });
  last?.engine.free();
}

/** Says that pixels, size or history changed. */
export function pictureChanged(): void {
  const size = pictureSize.value;
  batch(() => {
    revision.value += 1;
    const now = pictureSize.value;
    if (size && now && (size.width !== now.width || size.height !== now.height)) selection.value = undefined;
  });
}

/** The picture's checksum as eight hexadecimal digits, or nothing without a picture. */
export function checksum(): string {
  const engine = picture.value?.engine;
  return engine ? engine.checksum().toString(16).padStart(8, '0') : '';
}
