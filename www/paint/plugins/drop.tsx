// Dropping and pasting files, anywhere on the page.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Icon } from '../interface/icons.tsx';
import { takeFiles } from './intake.ts';

/** Whether files are being dragged over the page. */
const dragging = signal(false);

/** Listens for the whole page, until the returned function is called. */
export function listenToDrops(): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  // Entering a child and leaving its parent come in pairs.
  let depth = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  addEventListener(
    'dragenter',
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth += 1;
      dragging.value = true;
    },
    { signal },
  );
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault(), { signal });
  addEventListener(
    'dragleave',
    (event) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      dragging.value = depth > 0;
    },
    { signal },
  );
  addEventListener(
    'drop',
    (event) => {
      depth = 0;
      dragging.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void takeFiles([...(event.dataTransfer?.files ?? [])]);
    },
    { signal },
  );
  addEventListener(
    'paste',
    (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void takeFiles(files);
    },
    { signal },
  );
  return () => listening.abort();
}

export function DropHint(): JSX.Element | null {
  if (!dragging.value) return null;
  return (
    <div class="drop-hint" aria-hidden="true">
      <div>
        <Icon name="picture" size={32} />
        <p>Drop a picture to open it, or a plugin to look at it</p>
      </div>
    </div>
  );
}
