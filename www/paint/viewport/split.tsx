// The line between before and after.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { session } from '../filters/session.ts';
import { Icon } from '../interface/icons.tsx';
import { split } from './view.ts';

const keyStep = 0.02;

/** A line across the picture that can be dragged, or moved with the arrow keys. */
export function SplitHandle(): JSX.Element | null {
  const element = useRef<HTMLDivElement>(null);
  const position = split.value;
  if (position === undefined) return null;
  const move = (next: number) => (split.value = Math.min(1, Math.max(0, next)));
  const moveTo = (event: PointerEvent) => {
    const box = element.current?.parentElement?.getBoundingClientRect();
    if (box && element.current?.hasPointerCapture(event.pointerId)) move((event.clientX - box.left) / box.width);
  };
  const keys: Record<string, number> = {
    ArrowLeft: position - keyStep,
    ArrowRight: position + keyStep,
    Home: 0,
    End: 1,
  };
  return (
    <div
      ref={element}
      class="split"
      style={{ left: `${position * 100}%` }}
      data-overlay
      data-testid="split"
      role="slider"
      tabIndex={0}
      aria-label="Line between before and after"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(position * 100)}
      aria-valuetext={`${Math.round(position * 100)} percent before`}
      onPointerDown={(event) => {
        event.preventDefault();
        element.current?.focus();
        element.current?.setPointerCapture(event.pointerId);
      }}
      onPointerMove={moveTo}
      onKeyDown={(event) => {
        const next = keys[event.key];
        if (next === undefined) return;
        event.preventDefault();
        move(next);
      }}
    >
      <span class="split-label split-before">{session.value ? 'Before' : 'Opened'}</span>
      <span class="split-label split-after">{session.value ? 'After' : 'Now'}</span>
      <span class="split-grip">
        <Icon name="chevron" class="split-left" size={12} />
        <Icon name="chevron" size={12} />
      </span>
    </div>
  );
}
