// What becomes of a filter that was stopped: it is tried again, rests, or is refused until the person lets it in again.

import { signal } from '@preact/signals';
import type { QuarantinedPlugin } from 'portcullis';
import { kernelStarted } from '../kernel.ts';

/** Milliseconds that a filter has for one tile. */
export const tileTime = 3_000;

/** The `failures`-th bad end of a filter within `within` milliseconds brings it into quarantine. */
export const patience = { failures: 3, within: 60_000 } as const;

/** Milliseconds until a filter that took too long is tried again the first time; twice as many the next time. */
const firstWait = 2_000;

/** What happens to a filter next. */
export type Next =
  /** It is tried again by itself after so many milliseconds. */
  | { readonly kind: 'restart'; readonly after: number }
  /** It rests until the person wants something of it; so many more bad ends, and it is refused. */
  | { readonly kind: 'rest'; readonly left: number }
  /** It is refused from now on. */
  | { readonly kind: 'quarantine'; readonly since: Date };

/** The plugins that are refused, by SHA-256, as the kernel lists them. */
export const quarantined = signal<readonly QuarantinedPlugin[]>([]);

const place = 'portcullis-quarantine';

/** Bad ends of each plugin, by SHA-256: when they were. */
const ends = new Map<string, number[]>();

void kernelStarted.then((kernel) => {
  try {
    kernel.quarantine.load(JSON.parse(localStorage.getItem(place) ?? '[]'));
  } catch {
    // A browser may keep nothing, and what it kept may be from somebody else: then the list begins empty.
  }
  const show = () => (quarantined.value = kernel.quarantine.list);
  show();
  kernel.on('event', ({ what }) => {
    if (what !== 'quarantined' && what !== 'lifted') return;
    show();
    try {
      localStorage.setItem(place, JSON.stringify(kernel.quarantine));
    } catch {
      // It holds as long as the page is open, then.
    }
  });
});

/** Notes that a filter ended badly, and says what happens next. `passing`: it might go better the next time. */
export async function noteBadEnd(plugin: { sha256: string; name: string; reason: string }, passing: boolean): Promise<Next> {
  const { quarantine } = await kernelStarted;
  const now = Date.now();
  const recent = [...(ends.get(plugin.sha256) ?? []).filter((time) => now - time < patience.within), now];
  ends.set(plugin.sha256, recent);
  // The kernel counts what it stops itself. What the page finds, such as a tile of another size, counts here.
  if (recent.length >= patience.failures) quarantine.add(plugin.sha256, plugin);
  const entry = quarantine.get(plugin.sha256);
  if (entry) return { kind: 'quarantine', since: new Date(entry.since) };
  if (passing) return { kind: 'restart', after: firstWait * 2 ** (recent.length - 1) };
  return { kind: 'rest', left: patience.failures - recent.length };
}

/** Says what a filter that is refused is: in quarantine since when. */
export async function quarantineOf(sha256: string): Promise<Next | undefined> {
  const entry = (await kernelStarted).quarantine.get(sha256);
  return entry && { kind: 'quarantine', since: new Date(entry.since) };
}

/** Lets a plugin in again, and forgets how often it ended badly. */
export async function letIn(sha256: string): Promise<void> {
  ends.delete(sha256);
  (await kernelStarted).quarantine.lift(sha256);
}
