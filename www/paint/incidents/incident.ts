// What happened when a plugin misbehaved, for the person to read.

import { signal } from '@preact/signals';
import { asSentence, type Stopped } from '../filters/failure.ts';
import type { Filter } from '../filters/filter.ts';
import { announce } from '../interface/announce.ts';
import { bytes } from '../interface/text.ts';
import { checksum, picture } from '../picture/picture.ts';
import { explain } from './explain.ts';
import { knownChecksum } from '../picture/known-checksum.ts';

export interface Incident {
  readonly id: number;
  /** The name that the plugin gives itself, or its file's name. */
  readonly plugin: string;
  readonly file: string;
  /** Whether it was running, or was not even let in. */
  readonly ran: boolean;
  /** What it did, in plain words. */
  readonly plain: string;
  /** What it did, in the words of whoever stopped it. */
  readonly sentence: string;
  /** What the kernel did, in sentences. */
  readonly measures: readonly string[];
  readonly lastWords: string | undefined;
  readonly code: string;
  readonly function: string | undefined;
  readonly sha256: string | undefined;
  readonly time: Date;
  /** The picture's checksum, and whether it was compared with the one from before. */
  readonly picture: { readonly checksum: string; readonly compared: boolean } | undefined;
  readonly tryAgain: (() => void) | undefined;
}

const neverRan = 'The kernel read its bytes and did not let it in. Not one instruction of it ran.';

function ended(memory: number): string {
  const freed = memory > 0 ? `let go of its ${bytes(memory)} of memory` : 'let go of its memory';
  return `The kernel ended its process, ${freed} and took back everything it held. Nothing of it runs any more.`;
}

/** All incidents since the page was opened, newest first. */
export const incidents = signal<readonly Incident[]>([]);

/** The one whose card is shown. */
export const shownIncident = signal<Incident | undefined>(undefined);

const mostIncidents = 50;
let lastId = 0;

/** A filter's process was stopped. */
export function reportIncident(filter: Filter, failure: Stopped, tryAgain: () => void): void {
  const ran = failure.memory !== undefined || failure.code === 'start-trapped';
  report({
    plugin: filter.name,
    file: filter.file,
    ran,
    sentence: failure.message,
    // Of memory that grew during its last call the size is not known.
    measures: [ran ? ended(failure.code === 'exhausted' ? 0 : (failure.memory ?? 0)) : neverRan],
    lastWords: failure.lastWords,
    code: failure.code,
    function: failure.function,
    sha256: filter.description.sha256,
    tryAgain,
  });
}

/** A plugin was not even let in. */
export function reportRefused(file: string, name: string, sentence: string, code: string, tryAgain?: () => void): void {
  report({
    plugin: name,
    file,
    ran: false,
    sentence: asSentence(sentence),
    measures: [neverRan],
    lastWords: undefined,
    code,
    function: undefined,
    sha256: undefined,
    tryAgain,
  });
}

export function dismissIncident(): void {
  shownIncident.value = undefined;
}

function report(incident: Omit<Incident, 'id' | 'time' | 'picture' | 'plain'>): void {
  const before = knownChecksum();
  const now = picture.value ? checksum() : undefined;
  const complete: Incident = {
    ...incident,
    plain: explain(incident.code),
    id: ++lastId,
    time: new Date(),
    picture: now === undefined ? undefined : { checksum: now, compared: before === now },
  };
  incidents.value = [complete, ...incidents.value].slice(0, mostIncidents);
  shownIncident.value = complete;
  announce(`${complete.plugin} was ${complete.ran ? 'stopped' : 'not let in'}. ${complete.plain} Your picture is untouched.`);
}
