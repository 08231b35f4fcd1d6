// The notes at the edge of the picture, and the live region for screen readers.

import type { JSX } from 'preact';
import { announcement, dismissNote, notes } from './announce.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';

export function Notes(): JSX.Element {
  return (
    <div class="notes" data-testid="notes">
      {notes.value.map((note) => (
        <div key={note.id} class={`note note-${note.kind}`} data-testid={`note-${note.kind}`}>
          <Icon name={note.kind === 'error' ? 'warning' : 'check'} />
          <p>{note.text}</p>
          <Button kind="quiet" icon="close" label="Dismiss" onClick={() => dismissNote(note.id)} />
        </div>
      ))}
    </div>
  );
}

export function LiveRegion(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite" data-testid="announcement">
      {announcement.value}
    </div>
  );
}
