// Opening pictures: from files, from the clipboard, and the ones that come with the page.

import astronaut from '../../photos/astronaut.jpg?url';
import coffee from '../../photos/coffee.jpg?url';
import raccoon from '../../photos/raccoon.jpg?url';
import { announce } from '../interface/announce.ts';
import { count } from '../interface/text.ts';
import { Engine, checkSize, engineStarted, probePicture } from './engine.ts';
import { historyBudget, setPicture } from './picture.ts';

/** A photograph that comes with the page. */
export interface Sample {
  readonly name: string;
  readonly file: string;
  readonly url: string;
  readonly note: string;
}

export const samples: readonly [Sample, ...Sample[]] = [
  { name: 'Raccoon', file: 'raccoon.jpg', url: raccoon, note: '1024 × 768, public domain' },
  { name: 'Coffee', file: 'coffee.jpg', url: coffee, note: '600 × 400, Rachel Michetti, CC0' },
  { name: 'Astronaut', file: 'astronaut.jpg', url: astronaut, note: '512 × 512, NASA, public domain' },
];

/** Each attempt to open something; only the newest may replace the picture. */
let attempt = 0;

/** Opens the bytes of a picture file. Throws an error with a sentence; the picture that was open stays then. */
export async function openPicture(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const mine = ++attempt;
  await engineStarted;
  let opened: Awaited<ReturnType<typeof decode>>;
  try {
    opened = await decode(bytes);
  } catch (error) {
    throw new Error(`“${name}” was not opened. ${error instanceof Error ? error.message : ''}`.trim());
  }
  if (mine !== attempt) {
    opened.engine.free();
    return;
  }
  setPicture({ ...opened, name });
  announce(`${name} is open, ${count(opened.engine.width)} by ${count(opened.engine.height)} pixels.`);
}

/** Opens one of the samples. `response` is its download, if that was begun before. */
export async function openSample(sample: Sample, response: Promise<Response> = fetch(sample.url)): Promise<void> {
  const answer = await response;
  if (!answer.ok) throw new Error(`The sample “${sample.name}” could not be loaded (status ${answer.status}).`);
  await openPicture(sample.file, new Uint8Array(await answer.arrayBuffer()));
}

async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<{ engine: Engine; format: string }> {
  const header = probePicture(bytes);
  const format = header.format;
  header.free();
  if (format === 'PNG') {
    // A canvas would multiply colours by alpha and lose bits of translucent pixels.
    const engine = Engine.fromPng(bytes, historyBudget);
    if (engine) return { engine, format };
  }
  const bitmap = await decodeByBrowser(new Blob([bytes]), format);
  try {
    checkSize(bitmap.width, bitmap.height);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('The browser has no memory left for it.');
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { engine: Engine.fromPixels(width, height, pixels, historyBudget), format };
  } finally {
    bitmap.close();
  }
}

async function decodeByBrowser(blob: Blob, format: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, {
      imageOrientation: 'from-image',
      premultiplyAlpha: 'none',
      colorSpaceConversion: 'default',
    });
  } catch {
    throw new Error(`It begins like a ${format} file, but this browser cannot decode it; it may be damaged or cut off.`);
  }
}
