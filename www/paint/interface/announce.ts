// What the page says: aloud to screen readers, and in short notes at the edge of the picture.

import { signal } from '@preact/signals';

/** The last sentence for screen readers. */
export const announcement = signal('');

/** A short note. Errors stay until they are dismissed; the others go by themselves. */
export interface Note {
  readonly id: number;
  readonly kind: 'information' | 'error';
  readonly text: string;
}

export const notes = signal<readonly Note[]>([]);

const noteLife = 4000;
const mostNotes = 4;
let lastNote = 0;

/** Says a sentence to screen readers. */
export function announce(text: string): void {
  announcement.value = text;
}

/** Shows a note and says it. */
export function tell(text: string): void {
  show('information', text);
}

/** Shows a note that something could not be done. */
export function tellError(error: unknown): void {
  show('error', sentence(error));
}

export function dismissNote(id: number): void {
  notes.value = notes.value.filter((note) => note.id !== id);
}

function show(kind: Note['kind'], text: string): void {
  const id = ++lastNote;
  notes.value = [...notes.value.filter((note) => note.text !== text), { id, kind, text }].slice(-mostNotes);
  announce(text);
  if (kind === 'information') setTimeout(() => dismissNote(id), noteLife);
}

/** The sentence of an error, for a person. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'Something went wrong that has no name.' : text;
}
