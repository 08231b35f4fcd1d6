// Handing the picture out: as a file and to the clipboard, always as PNG, bit by bit.

import { computed, signal } from '@preact/signals';
import { tell } from '../interface/announce.ts';
import { bytes, stem } from '../interface/text.ts';
import { historyState, picture } from './picture.ts';

/** The state that was saved last: the engine that holds the picture and the place in its history. */
const saved = signal<{ readonly engine: object; readonly position: number } | undefined>(undefined);

/** Whether something was done to the picture that is in no file. */
export const hasUnsavedChanges = computed(() => {
  const { position } = historyState.value;
  const last = saved.value?.engine === picture.value?.engine ? (saved.value?.position ?? 0) : 0;
  return position !== last;
});

/** The picture as a PNG file. */
export function pictureAsPng(): Uint8Array<ArrayBuffer> {
  const engine = picture.value?.engine;
  if (!engine) throw new Error('There is no picture open.');
  return engine.encodePng() as Uint8Array<ArrayBuffer>;
}

/** Downloads the picture. */
export function savePicture(): void {
  const file = pictureAsPng();
  const name = `${stem(picture.value?.name ?? 'picture')}.png`;
  const url = URL.createObjectURL(new Blob([file], { type: 'image/png' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the blob by then; a page that stays open for long should not keep it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  if (picture.value) saved.value = { engine: picture.value.engine, position: historyState.value.position };
  tell(`Saved as ${name}, ${bytes(file.length)}.`);
}

/** Puts the picture on the clipboard. */
export async function copyPicture(): Promise<void> {
  if (!('clipboard' in navigator) || typeof ClipboardItem === 'undefined') {
    throw new Error('This browser does not let a page copy pictures. Save the picture instead.');
  }
  const blob = new Blob([pictureAsPng()], { type: 'image/png' });
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
  } catch {
    throw new Error('The browser did not allow copying. Save the picture instead.');
  }
  tell('The picture is on the clipboard.');
}
