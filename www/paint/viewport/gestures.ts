// Drags, pinches and the wheel on the picture.

import { clampedRect, type Rect } from '../picture/selection.ts';
import { pictureSize, selection } from '../picture/picture.ts';
import { pointerPlace } from './pointer.ts';
import { holdingSpace, tool } from './tools.ts';
import { fit, fitting, pan, screen, toDocument, view, zoomAt, zoomByWheel } from './view.ts';

interface Touch {
  x: number;
  y: number;
}

/** Wheels that count lines or pages are turned into pixels. */
const wheelUnits = [1, 18, 240];

/** A drag shorter than this, in CSS pixels, is a click. */
const clickDistance = 4;

/** Lets a person move, zoom and select on `element`, until the returned function is called. */
export function listenToGestures(element: HTMLElement): () => void {
  const touches = new Map<number, Touch>();
  let selecting: { from: Touch; before: Rect | undefined; moved: boolean } | undefined;
  const listening = new AbortController();
  const { signal } = listening;

  const place = (event: MouseEvent): Touch => {
    const box = element.getBoundingClientRect();
    const { ratio } = screen.value;
    return { x: (event.clientX - box.left) * ratio, y: (event.clientY - box.top) * ratio };
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button > 1 || (event.target as Element).closest('[data-overlay]')) return;
      // A press of the wheel would scroll, one of the first button would select text.
      event.preventDefault();
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      touches.set(event.pointerId, place(event));
      if (touches.size > 1) {
        // The second finger turns a selection into a pinch.
        if (selecting) selection.value = selecting.before;
        selecting = undefined;
      } else if (tool.value === 'select' && !holdingSpace.value && event.button === 0) {
        selecting = { from: place(event), before: selection.value, moved: false };
      }
      element.classList.toggle('dragging', !selecting);
    },
    { signal },
  );

  element.addEventListener(
    'pointermove',
    (event) => {
      const now = place(event);
      pointerPlace.value = now;
      const before = touches.get(event.pointerId);
      if (!before) return;
      if (selecting) {
        const moved = Math.hypot(now.x - selecting.from.x, now.y - selecting.from.y);
        selecting.moved ||= moved > clickDistance * screen.value.ratio;
        if (selecting.moved) select(selecting.from, now);
      } else if (touches.size === 2) {
        const other = [...touches].find(([id]) => id !== event.pointerId)?.[1] ?? before;
        pinch(other, before, now);
      } else {
        pan(now.x - before.x, now.y - before.y);
      }
      touches.set(event.pointerId, now);
    },
    { signal },
  );

  const end = (event: PointerEvent) => {
    if (!touches.delete(event.pointerId)) return;
    if (selecting && !selecting.moved) selection.value = undefined;
    selecting = undefined;
    element.classList.remove('dragging');
  };
  element.addEventListener('pointerup', end, { signal });
  element.addEventListener('pointercancel', end, { signal });
  element.addEventListener('pointerleave', () => (pointerPlace.value = undefined), { signal });

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = wheelUnits[event.deltaMode] ?? 1;
      const { x, y } = place(event);
      const { ratio } = screen.value;
      if (event.shiftKey) {
        pan(-(event.deltaX || event.deltaY) * unit * ratio, 0);
      } else {
        // A pinch on a touchpad comes as a wheel with the control key, in small steps.
        zoomByWheel(event.deltaY * unit * (event.ctrlKey ? 5 : 1), x, y);
      }
    },
    { signal, passive: false },
  );

  element.addEventListener(
    'dblclick',
    (event) => {
      if (tool.value !== 'hand' || (event.target as Element).closest('[data-overlay]')) return;
      const { x, y } = place(event);
      if (fitting.value) zoomAt(view.value.zoom === 1 ? 2 : 1, x, y);
      else fit();
    },
    { signal },
  );

  element.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== element) return;
      const step = (event.shiftKey ? 200 : 50) * screen.value.ratio;
      const arrows: Record<string, [number, number]> = {
        ArrowLeft: [step, 0],
        ArrowRight: [-step, 0],
        ArrowUp: [0, step],
        ArrowDown: [0, -step],
      };
      const arrow = arrows[event.key];
      if (!arrow) return;
      event.preventDefault();
      pan(...arrow);
    },
    { signal },
  );

  return () => listening.abort();
}

function select(from: Touch, to: Touch): void {
  const size = pictureSize.value;
  if (!size) return;
  selection.value = clampedRect(toDocument(from.x, from.y), toDocument(to.x, to.y), size);
}

/** Moves and zooms so that both fingers stay on what they touch; `still` is the finger that did not move. */
function pinch(still: Touch, before: Touch, now: Touch): void {
  const distance = (touch: Touch) => Math.hypot(touch.x - still.x, touch.y - still.y);
  const middle = (touch: Touch) => ({ x: (touch.x + still.x) / 2, y: (touch.y + still.y) / 2 });
  const [from, to] = [middle(before), middle(now)];
  pan(to.x - from.x, to.y - from.y);
  if (distance(before) > 1) zoomAt((view.value.zoom * distance(now)) / distance(before), to.x, to.y);
}
