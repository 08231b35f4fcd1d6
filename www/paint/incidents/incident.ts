// What happened when a plugin misbehaved, for the person to read.

import { signal } from '@preact/signals';
import { asSentence, type Stopped } from '../filters/failure.ts';
import type { Filter } from '../filters/filter.ts';
import { announce } from '../interface/announce.ts';
import { bytes, count } from '../interface/text.ts';
import type { BudgetUse } from '../kernel.ts';
import { checksum, picture } from '../picture/picture.ts';
import { letIn, noteBadEnd, quarantineOf, type Next } from '../supervision/policy.ts';
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
  /** The import at which it happened, if that is known. */
  readonly import: string | undefined;
  /** What it had used up, in words. */
  readonly budget: string | undefined;
  readonly sha256: string | undefined;
  readonly time: Date;
  /** The picture's checksum, and whether it was compared with the one from before. */
  readonly picture: { readonly checksum: string; readonly compared: boolean } | undefined;
  /** What happens to the plugin next. */
  readonly next: Next | undefined;
  /** What can still be done; nothing for one that happened long ago. */
  readonly actions: Actions | undefined;
}

/** What a person can do about a filter that was stopped. */
export interface Actions {
  /** Runs it again. */
  tryAgain(): void;
  /** Leaves it stopped, also when it is being tried again. */
  leave(): void;
}

const neverRan = 'The kernel read its bytes and did not let it in. Not one instruction of it ran.';

function ended(memory: number): string {
  const freed = memory > 0 ? `let go of its ${bytes(memory)} of memory` : 'let go of its memory';
  return `The kernel ended its process, ${freed} and took back everything it held. Nothing of it runs any more.`;
}

/** A budget as a person reads it: "64 MB of memory, of which it used 63.9 MB". */
export function budgetText({ what, given, used }: BudgetUse): string {
  switch (what) {
    case 'deadline':
      return `${count(given)} ms for one call, and was stopped after ${count(used)} ms`;
    case 'memory':
      return `${bytes(given)} of memory, of which it used ${bytes(used)}`;
    default:
      return `${count(given)} ${what}, of which it used ${count(used)}`;
  }
}

/** All incidents since the page was opened, newest first. */
export const incidents = signal<readonly Incident[]>([]);

/** The one whose card is shown. */
export const shownIncident = signal<Incident | undefined>(undefined);

/** Whether the card shows its details. */
export const detailed = signal(false);

const mostIncidents = 50;
let lastId = 0;

/** A filter's process was stopped. `passing`: it might go better if it is tried again by itself. */
export async function reportIncident(filter: Filter, failure: Stopped, passing: boolean, actions: Actions): Promise<void> {
  const { sha256 } = filter.description;
  const ran = failure.memory !== undefined || ['start-trapped', 'deadline', 'fuel'].includes(failure.code);
  const next =
    failure.code === 'quarantined'
      ? await quarantineOf(sha256)
      : ran
        ? await noteBadEnd({ sha256, name: filter.name, reason: failure.message }, passing && failure.code === 'deadline')
        : undefined;
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
    import: failure.import,
    budget: failure.budget && budgetText(failure.budget),
    sha256,
    next,
    actions: {
      leave: actions.leave,
      tryAgain: () => {
        if (next?.kind === 'quarantine') void letIn(sha256).then(actions.tryAgain);
        else actions.tryAgain();
      },
    },
  });
}

/** A plugin was not even let in. */
export function reportRefused(file: string, name: string, sentence: string, code: string): void {
  report({
    plugin: name,
    file,
    ran: false,
    sentence: asSentence(sentence),
    measures: [neverRan],
    lastWords: undefined,
    code,
    function: undefined,
    import: undefined,
    budget: undefined,
    sha256: undefined,
    next: undefined,
    actions: undefined,
  });
}

/** Shows an incident of before once more, to be read. */
export function showAgain(incident: Incident): void {
  shownIncident.value = { ...incident, actions: undefined };
}

/** Closes the card. What it was about stays stopped. */
export function dismissIncident(): void {
  const incident = shownIncident.value;
  closeCard();
  if (incident?.next?.kind === 'restart') incident.actions?.leave();
}

/** Closes the card and runs the plugin again. */
export function tryAgain({ actions }: Incident): void {
  closeCard();
  actions?.tryAgain();
}

/** Closes the card: its filter runs again, or another one was opened. */
export function closeCard(): void {
  shownIncident.value = undefined;
  detailed.value = false;
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
