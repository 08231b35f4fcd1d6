// Opening a filter, making its result the picture, and leaving it.

import { batch, effect, untracked } from '@preact/signals';
import { announce, tell } from '../interface/announce.ts';
import { Slice } from '../interface/turns.ts';
import { picture, pictureChanged, selection } from '../picture/picture.ts';
import { intersection } from '../picture/selection.ts';
import type { Engine } from '../picture/engine.ts';
import type { Filter } from './filter.ts';
import { endPreview, pausePreview, resumePreview, stopped } from './preview.ts';
import { FilterRun } from './run.ts';
import { Session, session } from './session.ts';

/** The run at full resolution that is going on. */
let applying: Token | undefined;

interface Token {
  cancelled: boolean;
  end: (() => void) | undefined;
}

/** Ends the run at full resolution, also in the middle of a tile. */
function stopApplying(): boolean {
  if (!applying) return false;
  applying.cancelled = true;
  applying.end?.();
  applying = undefined;
  return true;
}

// Another picture has nothing to do with a run over the last one.
effect(() => {
  void picture.value;
  untracked(() => {
    if (!stopApplying()) return;
    resumePreview();
    session.value?.tryAgain();
  });
});

/** Opens a filter's panel and begins its preview. */
export function openFilter(filter: Filter): void {
  if (!picture.value) return;
  closeFilter();
  session.value = new Session(filter);
  announce(`${filter.name} is open.`);
}

/** Leaves the filter; the picture is as before. A run that is going on is stopped. */
export function closeFilter(): void {
  if (stopApplying()) picture.value?.engine.abandon();
  resumePreview();
  if (!session.value) return;
  session.value = undefined;
  endPreview();
}

/** Stops a run at full resolution and goes back to the preview; without one, leaves the filter. */
export function cancel(): void {
  const open = session.value;
  if (!applying || !open) {
    closeFilter();
    return;
  }
  stopApplying();
  picture.value?.engine.abandon();
  resumePreview();
  announce(`${open.filter.name} was cancelled. The picture is as before.`);
  open.state.value = 'previewing';
  open.tryAgain();
}

/** Makes the open filter's result the picture. */
export async function apply(): Promise<void> {
  const open = session.value;
  const current = picture.value;
  if (!open || !current || applying || open.isAnalysis) return;
  const token: Token = { cancelled: false, end: undefined };
  applying = token;
  batch(() => {
    pausePreview();
    open.state.value = 'applying';
    open.refusal.value = undefined;
    open.progress.value = 0;
  });
  try {
    if (!(await compute(open, current.engine, token))) return;
    const changed = current.engine.commit(open.filter.name);
    applying = undefined;
    batch(() => {
      resumePreview();
      session.value = undefined;
      pictureChanged();
    });
    performance.mark('paint:filter-applied');
    if (performance.getEntriesByName('paint:first-filter').length === 0) performance.mark('paint:first-filter');
    if (changed > 0) announce(`${open.filter.name} is applied.`);
    else tell(`${open.filter.name} changes nothing with these values.`);
  } catch (error) {
    if (token.cancelled) return;
    applying = undefined;
    current.engine.abandon();
    resumePreview();
    stopped(open, error, false, () => {
      if (session.value === open) void apply();
      else openFilter(open.filter);
    });
  }
}

/** Computes all tiles at full resolution. Returns whether it came to an end. */
async function compute(open: Session, engine: Engine, token: Token): Promise<boolean> {
  const { kind } = open.filter.declaration.geometry;
  const { width, height } = engine;
  const selected = selection.value ?? { x: 0, y: 0, width, height };
  engine.setBlend(selected.x, selected.y, selected.width, selected.height, open.strength.value);
  engine.stage();
  const run = await FilterRun.start(open.filter, engine, 0, open.values, (end) => {
    token.end = end;
    if (token.cancelled) end();
  });
  try {
    if (token.cancelled) return false;
    const tiles = run.tiles({ x: 0, y: 0, width, height });
    const passes = kind === 'whole' ? 2 : 1;
    let finished = 0;
    const slice = new Slice();
    const next = async () => {
      finished += 1;
      open.progress.value = finished / (tiles.length * passes);
      await slice.pause();
      return !token.cancelled;
    };
    if (kind === 'whole') {
      for (const tile of tiles) {
        await run.analyse(tile);
        if (!(await next())) return false;
      }
    }
    for (const tile of tiles) {
      const inside = intersection(tile, selected);
      if (inside.width === 0 || inside.height === 0) {
        engine.keepStaged(tile.x, tile.y, tile.width, tile.height);
      } else {
        const length = await run.process(tile);
        if (token.cancelled) return false;
        engine.putStaged(tile.x, tile.y, tile.width, tile.height, length);
      }
      if (!(await next())) return false;
    }
    return true;
  } finally {
    run.end();
  }
}
