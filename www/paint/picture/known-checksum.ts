// The checksum of the picture as the page last changed it, computed while nothing else is to be done.

import { effect } from '@preact/signals';
import { checksum, picture, revision } from './picture.ts';

let known: { readonly revision: number; readonly checksum: string } | undefined;

effect(() => {
  const now = revision.value;
  if (!picture.value) return;
  whenIdle(() => {
    if (revision.peek() === now && picture.peek()) known = { revision: now, checksum: checksum() };
  });
});

/** The checksum that the picture has to have, if there was time to compute it. */
export function knownChecksum(): string | undefined {
  return known?.revision === revision.peek() ? known.checksum : undefined;
}

function whenIdle(task: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(task);
  else setTimeout(task, 200);
}
