// A field for a number. While it is being typed into, it keeps what was typed; every number that is valid counts at once.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decimal } from './text.ts';

interface NumberFieldProps {
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly digits: number;
  readonly unit?: string;
  readonly label: string;
  readonly test?: string;
  readonly disabled?: boolean;
  onChange(value: number): void;
}

export function NumberField({
  value,
  minimum,
  maximum,
  step,
  digits,
  unit = '',
  label,
  test,
  disabled = false,
  onChange,
}: NumberFieldProps): JSX.Element {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? decimal(value, digits);
  return (
    <span class="number-field">
      <input
        type="number"
        value={text}
        aria-valuemin={minimum}
        aria-valuemax={maximum}
        step={step}
        disabled={disabled}
        aria-label={label}
        inputMode={minimum >= 0 ? 'decimal' : 'text'}
        {...(test ? { 'data-testid': test } : {})}
        onInput={(event) => {
          const { value: next, valueAsNumber } = event.currentTarget;
          setTyped(next);
          if (Number.isFinite(valueAsNumber) && valueAsNumber >= minimum && valueAsNumber <= maximum) onChange(valueAsNumber);
        }}
        onBlur={(event) => {
          const number = event.currentTarget.valueAsNumber;
          setTyped(undefined);
          // What is out of range becomes the nearest that is in it.
          if (typed !== undefined && Number.isFinite(number)) onChange(number);
        }}
        onFocus={(event) => event.currentTarget.select()}
      />
      {unit && <span class="unit">{unit}</span>}
    </span>
  );
}
