// Places in the picture that a filter asks for, as handles that can be dragged.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { PointParameter } from '../filters/declaration.ts';
import { session, type Session } from '../filters/session.ts';
import { pictureSize } from '../picture/picture.ts';
import { screen, toDocument, toScreen } from './view.ts';

const keyStep = 0.005;

export function PointHandles(): JSX.Element {
  const open = session.value;
  const points = open ? open.filter.declaration.parameters.filter((parameter) => parameter.kind === 'point') : [];
  return (
    <>
      {open &&
        points
          .filter((parameter) => open.isVisible(parameter) && open.isEnabled(parameter))
          .map((parameter) => <Handle key={`${open.id}-${parameter.key}`} open={open} parameter={parameter} />)}
    </>
  );
}

function Handle({ open, parameter }: { open: Session; parameter: PointParameter }): JSX.Element | null {
  const element = useRef<HTMLDivElement>(null);
  const size = pictureSize.value;
  const [x = 0.5, y = 0.5] = open.value(parameter) as readonly number[];
  if (!size) return null;
  const { ratio } = screen.value;
  const place = toScreen(x * size.width, y * size.height);
  const set = (nextX: number, nextY: number) => {
    const clamp = (value: number) => Math.min(1, Math.max(0, value));
    open.set(parameter, [clamp(nextX), clamp(nextY)]);
  };
  return (
    <div
      ref={element}
      class="point-handle"
      style={{ transform: `translate(${place.x / ratio}px, ${place.y / ratio}px)` }}
      data-overlay
      data-testid={`point-${parameter.key}`}
      role="slider"
      tabIndex={0}
      aria-label={`${parameter.label}: place in the picture, arrow keys move it`}
      aria-valuenow={Math.round(x * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={`${Math.round(x * 100)} percent across, ${Math.round(y * 100)} percent down`}
      title={parameter.label}
      onPointerDown={(event) => {
        event.preventDefault();
        element.current?.focus();
        element.current?.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const box = element.current?.parentElement?.getBoundingClientRect();
        if (!box || !element.current?.hasPointerCapture(event.pointerId)) return;
        const at = toDocument((event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio);
        set(at.x / size.width, at.y / size.height);
      }}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 10 * keyStep : keyStep;
        const moves: Record<string, [number, number]> = {
          ArrowLeft: [-step, 0],
          ArrowRight: [step, 0],
          ArrowUp: [0, -step],
          ArrowDown: [0, step],
        };
        const move = moves[event.key];
        if (!move) return;
        event.preventDefault();
        set(x + move[0], y + move[1]);
      }}
    />
  );
}
