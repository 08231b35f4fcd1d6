// The start of a row of random numbers, with a die to roll.

import type { JSX } from 'preact';
import type { NumberParameter } from '../filters/declaration.ts';
import { limited } from '../filters/values.ts';
import { Button } from '../interface/button.tsx';
import { NumberField } from '../interface/number-field.tsx';
import { ControlFrame, type ControlProps } from './control.tsx';

export function SeedControl({ open, parameter, id, disabled }: ControlProps<NumberParameter>): JSX.Element {
  const { minimum, maximum } = parameter;
  const roll = () => open.set(parameter, limited(parameter, minimum + Math.floor(Math.random() * (maximum - minimum + 1))));
  const field = (
    <span class="seed-field">
      <NumberField
        value={Number(open.value(parameter))}
        minimum={minimum}
        maximum={maximum}
        step={1}
        digits={0}
        label={`${parameter.label}: number`}
        test={`${id}-field`}
        disabled={disabled}
        onChange={(value) => open.set(parameter, limited(parameter, value))}
      />
      <Button icon="dice" label={`${parameter.label}: roll the dice`} test={`${id}-roll`} disabled={disabled} onClick={roll} />
    </span>
  );
  return <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled} field={field} />;
}
