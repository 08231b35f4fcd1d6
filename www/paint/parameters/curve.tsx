// A curve through points that can be dragged, over the histogram of the picture.

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { CurveParameter } from '../filters/declaration.ts';
import { histogramPath } from '../histogram/path.ts';
import { histogram } from '../histogram/histogram.ts';
import { ControlFrame, type ControlProps } from './control.tsx';
import { curvePath, nearest, withPoint, withoutPoint, moved, type Point } from './curve-points.ts';

/** The side of the drawing, in its own units. */
const side = 200;
const mostPoints = 32;
const grab = 0.06;

export function CurveControl({ open, parameter, id, disabled }: ControlProps<CurveParameter>): JSX.Element {
  const drawing = useRef<SVGSVGElement>(null);
  const [dragged, setDragged] = useState<number>();
  const numbers = open.value(parameter) as readonly number[];
  const points: Point[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) points.push({ x: numbers[index] ?? 0, y: numbers[index + 1] ?? 0 });
  const set = (next: readonly Point[]) =>
    open.set(
      parameter,
      next.flatMap(({ x, y }) => [x, y]),
    );
  const at = (event: PointerEvent): Point => {
    const box = drawing.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return { x: (event.clientX - box.left) / box.width, y: 1 - (event.clientY - box.top) / box.height };
  };
  const keys: Record<string, [number, number]> = {
    ArrowLeft: [-0.01, 0],
    ArrowRight: [0.01, 0],
    ArrowUp: [0, 0.01],
    ArrowDown: [0, -0.01],
  };
  return (
    <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled}>
      <svg
        ref={drawing}
        class="curve"
        viewBox={`0 0 ${side} ${side}`}
        role="group"
        aria-labelledby={`${id}-label`}
        data-testid={id}
        onPointerDown={(event) => {
          if (disabled || event.button !== 0) return;
          event.preventDefault();
          const place = at(event);
          let index = nearest(points, place, grab);
          if (index === undefined) {
            if (points.length >= mostPoints) return;
            const next = withPoint(points, place);
            index = next.index;
            set(next.points);
          }
          drawing.current?.setPointerCapture(event.pointerId);
          setDragged(index);
        }}
        onPointerMove={(event) => {
          if (dragged !== undefined) set(moved(points, dragged, at(event)));
        }}
        onPointerUp={() => setDragged(undefined)}
        onPointerCancel={() => setDragged(undefined)}
        onDblClick={(event) => {
          const index = nearest(points, at(event as unknown as PointerEvent), grab);
          if (index !== undefined) set(withoutPoint(points, index));
        }}
      >
        <rect class="curve-ground" width={side} height={side} rx={4} />
        <path
          class="curve-grid"
          d={`M${side / 4} 0v${side}M${side / 2} 0v${side}M${(side * 3) / 4} 0v${side}M0 ${side / 4}h${side}M0 ${side / 2}h${side}M0 ${(side * 3) / 4}h${side}`}
        />
        {histogram.value && <path class="curve-histogram" d={histogramPath(histogram.value.luma, side, side)} />}
        <path class="curve-diagonal" d={`M0 ${side}L${side} 0`} />
        <path class="curve-line" d={curvePath(points, side)} />
        {points.map(({ x, y }, index) => (
          <circle
            key={index}
            class="curve-point"
            cx={x * side}
            cy={(1 - y) * side}
            r={5}
            tabindex={disabled ? -1 : 0}
            role="slider"
            aria-label={`${parameter.label}: point ${index + 1} of ${points.length}. Arrow keys move it, Delete removes it, Insert adds one.`}
            aria-valuenow={Math.round(y * 255)}
            aria-valuemin={0}
            aria-valuemax={255}
            aria-valuetext={`${Math.round(x * 255)} becomes ${Math.round(y * 255)}`}
            onKeyDown={(event) => {
              if (disabled) return;
              const step = keys[event.key];
              if (step) set(moved(points, index, { x: x + step[0], y: y + step[1] }));
              else if (event.key === 'Delete' || event.key === 'Backspace') set(withoutPoint(points, index));
              else if (event.key === 'Insert') set(withPoint(points, between(points, index)).points);
              else return;
              event.preventDefault();
            }}
          />
        ))}
      </svg>
      <p class="parameter-hint">Click to add a point, double-click to remove one.</p>
    </ControlFrame>
  );
}

/** The middle between a point and its neighbour. */
function between(points: readonly Point[], index: number): Point {
  const one = points[index] ?? { x: 0, y: 0 };
  const two = points[index + 1] ?? points[index - 1] ?? { x: 1, y: 1 };
  return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
}
