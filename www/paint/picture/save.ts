// Handing the picture out: as a file and to the clipboard, always as PNG, bit by bit.

import { tell } from '../interface/announce.ts';
import { bytes, stem } from '../interface/text.ts';
import { picture } from './picture.ts';

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
