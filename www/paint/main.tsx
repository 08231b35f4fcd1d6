// The beginning: everything is fetched at once, the page is drawn, a photograph is opened, filters arrive.

import './styles/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { loadLibrary } from './filters/library.ts';
import './filters/preview.ts';
import { sentence, tellError } from './interface/announce.ts';
import { kernelStarted } from './kernel.ts';
import { openSample, samples } from './picture/open.ts';
import { checksum, picture } from './picture/picture.ts';
import { hasUnsavedChanges, pictureAsPng } from './picture/save.ts';

/** For tests and for the curious: what is in the picture, exactly. The page adds no other global. */
interface PaintInspection {
  /** CRC-32 of the picture's size and pixels, eight hexadecimal digits. A preview does not count. */
  checksum(): string;
  /** The picture as the PNG file that "Save" makes. */
  png(): Uint8Array;
}

declare global {
  interface Window {
    readonly portcullisPaint: PaintInspection;
  }
}

const [first] = samples;
const firstPhotograph = fetch(first.url);

const place = document.getElementById('app');
if (!place) throw new Error('The page has no place for the program.');
render(<App />, place);

Object.defineProperty(window, 'portcullisPaint', { value: Object.freeze({ checksum, png: pictureAsPng }) });

const { dataset } = document.documentElement;

effect(() => {
  const name = picture.value?.name;
  document.title = name ? `${name} – Portcullis Paint` : 'Portcullis Paint';
});

// What nobody else caught is a mistake of the page. It is said, and the page goes on.
addEventListener('error', (event) => tellError(new Error(`The page made a mistake: ${event.message}`)));
addEventListener('unhandledrejection', (event) => tellError(new Error(`The page made a mistake: ${sentence(event.reason)}`)));

addEventListener('beforeunload', (event) => {
  if (hasUnsavedChanges.value) event.preventDefault();
});

const pictureOpen = openSample(first, firstPhotograph)
  .then(() => performance.mark('paint:picture'))
  .catch(tellError);

loadLibrary()
  .then(() => {
    dataset['plugins'] = 'true';
    performance.mark('paint:plugins');
  })
  .catch(tellError);

// Ready: a picture can be worked on and filters can be run. The list of filters may still be growing.
Promise.all([pictureOpen, kernelStarted])
  .then(() => {
    dataset['ready'] = 'true';
    performance.mark('paint:ready');
  })
  .catch((error: unknown) => tellError(new Error(`The kernel could not start: ${sentence(error)}`)));
