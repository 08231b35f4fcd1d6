// One round of the preview: a filter with certain values, over what is visible of the picture.
//
// The tiles nearest to the pointer come first. Where all that is visible would take longer than a few frames, it is made
// at a smaller scale first. A round ends when it is cancelled, which is what a new position of a slider does; until then
// its process stays, to fill in what becomes visible.

import { selection } from '../picture/picture.ts';
import { intersection } from '../picture/selection.ts';
import type { Engine, Rect } from '../picture/engine.ts';
import { redraw, redrawPart } from '../viewport/drawing.ts';
import { pointerPlace, previewRevision } from '../viewport/pointer.ts';
import { screen, toDocument, visiblePart } from '../viewport/view.ts';
import { Slice } from '../interface/turns.ts';
import { readReport } from './report.ts';
import { FilterRun } from './run.ts';
import type { Session } from './session.ts';

/** What is visible is made at a smaller scale first if it would take longer than this, in milliseconds. */
const quickEnough = 60;
const mostDraftSteps = 3;

export class Round {
  readonly #session: Session;
  readonly #engine: Engine;
  readonly #level: number;
  #cancelled = false;
  #end: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #computed = { milliseconds: 0, pixels: 0 };

  constructor(session: Session, engine: Engine, level: number) {
    this.#session = session;
    this.#engine = engine;
    this.#level = level;
  }

  get level(): number {
    return this.#level;
  }

  /** Ends the round, also in the middle of a tile; nothing of it changes anything from now on. */
  cancel(): void {
    this.#cancelled = true;
    this.#end?.();
    this.#wake?.();
  }

  /** Says that another part of the picture is visible. */
  look(): void {
    this.#wake?.();
  }

  /** Runs until cancelled. Throws what {@link FilterRun} throws. */
  async run(): Promise<void> {
    const session = this.#session;
    session.state.value = 'previewing';
    session.refusal.value = undefined;
    session.level.value = this.#level;
    session.progress.value = 0;
    if (session.isAnalysis) return this.#report();
    const draft = this.#draftLevel();
    if (draft > this.#level && !(await this.#fill(draft, false))) return;
    await this.#fill(this.#level, true);
  }

  #start(level: number): Promise<FilterRun> {
    const { filter, values } = this.#session;
    return FilterRun.start(filter, this.#engine, level, values, (end) => {
      this.#end = end;
      if (this.#cancelled) end();
    });
  }

  /** Makes what is visible at a level. With `stay`, goes on when something else becomes visible. */
  async #fill(level: number, stay: boolean): Promise<boolean> {
    const engine = this.#engine;
    const run = await this.#start(level);
    try {
      if (this.#cancelled) return false;
      const slice = new Slice();
      if (!(await this.#analyse(run, slice))) return false;
      this.#setBlend();
      engine.beginPreview(level);
      while (true) {
        const missing = this.#missing(run);
        const next = missing.tiles[0];
        this.#session.progress.value = missing.all === 0 ? 1 : 1 - missing.tiles.length / missing.all;
        if (!next) {
          this.#measure();
          if (!stay) return true;
          if (!(await this.#sleep())) return false;
          continue;
        }
        const start = performance.now();
        const length = await run.process(next);
        if (this.#cancelled) return false;
        engine.putPreview(next.x, next.y, next.width, next.height, length);
        this.#computed.milliseconds += performance.now() - start;
        this.#computed.pixels += next.width * next.height;
        redrawPart(level, next);
        previewRevision.value += 1;
        await slice.pause();
        if (this.#cancelled) return false;
      }
    } finally {
      run.end();
    }
  }

  /** Shows a filter that wants to see the whole picture first all of its tiles. */
  async #analyse(run: FilterRun, slice: Slice): Promise<boolean> {
    const { kind } = this.#session.filter.declaration.geometry;
    if (kind !== 'whole' && kind !== 'analysis') return true;
    const [width = 0, height = 0] = this.#engine.levelSize(run.level);
    const tiles = run.tiles({ x: 0, y: 0, width, height });
    for (const [index, tile] of tiles.entries()) {
      await run.analyse(tile);
      this.#session.progress.value = (index + 1) / (tiles.length + 1);
      await slice.pause();
      if (this.#cancelled) return false;
    }
    return true;
  }

  async #report(): Promise<void> {
    const session = this.#session;
    const run = await this.#start(0);
    try {
      if (this.#cancelled || !(await this.#analyse(run, new Slice()))) return;
      const text = await run.report();
      if (this.#cancelled) return;
      session.report.value = readReport(session.filter.name, text);
      session.progress.value = 1;
      session.state.value = 'ready';
    } finally {
      run.end();
    }
  }

  /** The tiles that are visible but not computed yet, nearest first, and how many are visible at all. */
  #missing(run: FilterRun): { tiles: Rect[]; all: number } {
    const scale = 2 ** run.level;
    const selected = selection.value;
    const part = selected ? intersection(visiblePart.value, selected) : visiblePart.value;
    if (part.width === 0 || part.height === 0) return { tiles: [], all: 0 };
    const x = Math.floor(part.x / scale);
    const y = Math.floor(part.y / scale);
    const width = Math.ceil((part.x + part.width) / scale) - x;
    const height = Math.ceil((part.y + part.height) / scale) - y;
    const visible = run.tiles({ x, y, width, height });
    const { width: screenWidth, height: screenHeight } = screen.value;
    const place = pointerPlace.value ?? { x: screenWidth / 2, y: screenHeight / 2 };
    const centre = toDocument(place.x, place.y);
    const distance = (tile: Rect) =>
      Math.hypot((tile.x + tile.width / 2) * scale - centre.x, (tile.y + tile.height / 2) * scale - centre.y);
    const tiles = visible
      .filter((tile) => !this.#engine.isFresh(tile.x, tile.y, tile.width, tile.height))
      .sort((one, two) => distance(one) - distance(two));
    return { tiles, all: visible.length };
  }

  #setBlend(): void {
    const { x, y, width, height } = selection.value ?? { x: 0, y: 0, width: 0, height: 0 };
    this.#engine.setBlend(x, y, width, height, this.#session.strength.value);
  }

  /** Waits until something else is visible. */
  async #sleep(): Promise<boolean> {
    this.#session.state.value = 'ready';
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    if (this.#cancelled) return false;
    this.#session.state.value = 'previewing';
    return true;
  }

  #measure(): void {
    const { milliseconds, pixels } = this.#computed;
    if (pixels > 0) this.#session.pace.value = (milliseconds / pixels) * 1_000_000;
  }

  #draftLevel(): number {
    const pace = this.#session.pace.peek();
    if (pace === undefined) return this.#level;
    const { width, height } = visiblePart.value;
    let cost = ((width * height) / 4 ** this.#level / 1_000_000) * pace;
    let level = this.#level;
    const last = Math.min(this.#engine.levelCount - 1, this.#level + mostDraftSteps);
    while (cost > quickEnough && level < last) {
      level += 1;
      cost /= 4;
    }
    return level;
  }
}

/** Shows the picture without a preview. */
export function clearPreview(engine: Engine): void {
  engine.endPreview();
  previewRevision.value += 1;
  redraw();
}
