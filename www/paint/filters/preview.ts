// The live preview of the filter that is open: a new round whenever something changes that it depends on.

import { effect, untracked } from '@preact/signals';
import { tellError } from '../interface/announce.ts';
import { picture, revision, selection } from '../picture/picture.ts';
import { view, visiblePart } from '../viewport/view.ts';
import { closeCard, reportIncident, shownIncident } from '../incidents/incident.ts';
import { Refusal, Stopped } from './failure.ts';
import { clearPreview, Round } from './round.ts';
import { session, type Session } from './session.ts';

let current: Round | undefined;
let paused = false;
let shownSelection = selection.peek();

// What the result depends on.
effect(() => {
  void [revision.value, selection.value];
  const open = session.value;
  if (open) void [open.significant.value, open.strength.value, open.attempts.value];
  const engine = picture.value?.engine;
  untracked(() => {
    current?.cancel();
    current = undefined;
    if (!engine) return;
    if (shownSelection !== selection.value) {
      // What an older round shows outside of the new selection is wrong.
      shownSelection = selection.value;
      clearPreview(engine);
    }
    if (open && !paused) begin(open);
  });
});

// What is visible.
effect(() => {
  void visiblePart.value;
  const { zoom } = view.value;
  untracked(() => {
    const open = session.value;
    const engine = picture.value?.engine;
    if (!current || !open || !engine) return;
    if (!open.isAnalysis && current.level !== engine.levelFor(zoom)) begin(open);
    else current.look();
  });
});

function begin(open: Session): void {
  const engine = picture.value?.engine;
  if (!engine) return;
  current?.cancel();
  const round = new Round(open, engine, open.isAnalysis ? 0 : engine.levelFor(view.value.zoom));
  current = round;
  round.run().catch((error: unknown) => {
    if (round !== current) return;
    current = undefined;
    stopped(open, error, true, () => open.tryAgain());
  });
}

/** Stops the preview while a run at full resolution goes on. The screen shows what it showed. */
export function pausePreview(): void {
  paused = true;
  current?.cancel();
  current = undefined;
}

/** Lets previews be made again. */
export function resumePreview(): void {
  paused = false;
}

/** Ends the preview; the screen shows the picture as it is. */
export function endPreview(): void {
  current?.cancel();
  current = undefined;
  const engine = picture.value?.engine;
  if (engine) clearPreview(engine);
}

/**
 * Tells the person why a run ended early. The picture is as it was. `passing`: it may be tried again by itself, if there is
 * hope that it goes better then.
 */
export function stopped(open: Session, error: unknown, passing: boolean, tryAgain: () => void): void {
  endPreview();
  open.state.value = 'stopped';
  open.progress.value = 0;
  if (error instanceof Refusal) open.refusal.value = error.message;
  else if (error instanceof Stopped) {
    const leave = () => {
      if (session.value !== open || open.state.value === 'applying') return;
      endPreview();
      open.state.value = 'stopped';
    };
    void reportIncident(open.filter, error, passing, { tryAgain, leave });
  }
  else tellError(error);
}

// A filter that was tried again by itself, and runs: there is nothing more to say about how it was stopped. One that was left
// does not come back.
effect(() => {
  const open = session.value;
  const state = open?.state.value;
  untracked(() => {
    const incident = shownIncident.value;
    if (incident?.next?.kind !== 'restart' || !incident.actions) return;
    if (state === 'ready' || open?.filter.description.sha256 !== incident.sha256) closeCard();
  });
});
