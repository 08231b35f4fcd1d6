// A place in the picture: two fields here, and a handle on the picture itself.

import type { JSX } from 'preact';
import type { PointParameter } from '../filters/declaration.ts';
import { NumberField } from '../interface/number-field.tsx';
import { ControlFrame, type ControlProps } from './control.tsx';

export function PointControl({ open, parameter, id, disabled }: ControlProps<PointParameter>): JSX.Element {
  const [x = 0.5, y = 0.5] = open.value(parameter) as readonly number[];
  const field = (axis: 'x' | 'y', value: number, set: (share: number) => void) => (
    <label class="axis-field">
      <span>{axis}</span>
      <NumberField
        value={value * 100}
        minimum={0}
        maximum={100}
        step={1}
        digits={1}
        unit="%"
        label={`${parameter.label}: ${axis}`}
        test={`${id}-${axis}`}
        disabled={disabled}
        onChange={(percent) => set(Math.min(1, Math.max(0, percent / 100)))}
      />
    </label>
  );
  const fields = (
    <span class="axis-fields">
      {field('x', x, (share) => open.set(parameter, [share, y]))}
      {field('y', y, (share) => open.set(parameter, [x, share]))}
    </span>
  );
  return <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled} field={fields} />;
}
