// What happened when a plugin misbehaved, for the person to read.

import { signal } from '@preact/signals';
import type { Stopped } from '../filters/failure.ts';
import type { Filter } from '../filters/filter.ts';
import { announce } from '../interface/announce.ts';
import { bytes } from '../interface/text.ts';
import { checksum, picture } from '../picture/picture.ts';
import { knownChecksum } from '../picture/known-checksum.ts';

export interface Incident {
  readonly id: number;
  /** The name that the plugin gives itself, or its file's name. */
  readonly plugin: string;
  readonly file: string;
  /** What it did, in a sentence of the kernel. */
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

/** All incidents since the page was opened, newest first. */
export const incidents = signal<readonly Incident[]>([]);

/** The one whose card is shown. */
export const shownIncident = signal<Incident | undefined>(undefined);

const mostIncidents = 50;
let lastId = 0;

/** A filter's process was stopped. */
export function reportIncident(filter: Filter, failure: Stopped, tryAgain: () => void): void {
  const memory = failure.memory ? `, let go of its ${bytes(failure.memory)} of memory` : ', let go of its memory';
  report({
    plugin: filter.name,
    file: filter.file,
    sentence: failure.message,
    measures: [`The kernel ended its process${memory} and took back everything it held. Nothing of it runs any more.`],
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
    sentence,
    measures: ['The kernel read its bytes and did not let it in. Not one instruction of it ran.'],
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

function report(incident: Omit<Incident, 'id' | 'time' | 'picture'>): void {
  const before = knownChecksum();
  const now = picture.value ? checksum() : undefined;
  const complete: Incident = {
    ...incident,
    id: ++lastId,
    time: new Date(),
    picture: now === undefined ? undefined : { checksum: now, compared: before === now },
  };
  incidents.value = [complete, ...incidents.value].slice(0, mostIncidents);
  shownIncident.value = complete;
  announce(`${complete.plugin} was stopped. ${complete.sentence} Your picture is untouched.`);
}
