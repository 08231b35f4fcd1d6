// Whole numbers and fractions: a slider for the range that makes sense, a field for everything that is allowed.

import type { JSX } from 'preact';
import type { NumberParameter, Unit } from '../filters/declaration.ts';
import { limited } from '../filters/values.ts';
import { Slider } from '../interface/slider.tsx';
import { NumberField } from '../interface/number-field.tsx';
import { ControlFrame, type ControlProps } from './control.tsx';

const units: Record<Unit, string> = { 'pixel-distance': 'px', percent: '%', degrees: '°', none: '' };

export function NumberControl({ open, parameter, id, disabled }: ControlProps<NumberParameter>): JSX.Element {
  const value = Number(open.value(parameter));
  const { from, to, step, digits, label, minimum, maximum } = parameter;
  const set = (next: number) => open.set(parameter, limited(parameter, next));
  const field = (
    <NumberField
      value={value}
      minimum={minimum}
      maximum={maximum}
      step={step}
      digits={digits}
      unit={units[parameter.unit]}
      label={`${label}: number`}
      test={`${id}-field`}
      disabled={disabled}
      onChange={set}
    />
  );
  return (
    <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled} field={field}>
      <Slider
        id={id}
        value={value}
        from={from}
        to={to}
        step={step}
        origin={from < 0 && to > 0 ? 0 : from}
        text={`${value.toFixed(digits)}${units[parameter.unit]}`}
        disabled={disabled}
        onChange={(next) => set(parameter.kind === 'int' ? next : Number(next.toFixed(digits)))}
        onReset={() => open.set(parameter, parameter.default)}
      />
    </ControlFrame>
  );
}
