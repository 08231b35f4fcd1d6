// A colour with its opacity.

import type { JSX } from 'preact';
import type { ColourParameter } from '../filters/declaration.ts';
import { Slider } from '../interface/slider.tsx';
import { hex } from '../interface/text.ts';
import { ControlFrame, type ControlProps } from './control.tsx';

export function ColourControl({ open, parameter, id, disabled }: ControlProps<ColourParameter>): JSX.Element {
  const [red = 0, green = 0, blue = 0, alpha = 1] = open.value(parameter) as readonly number[];
  const bytes = [red, green, blue].map((share) => Math.round(share * 255));
  const text = hex([...bytes, 255]);
  const set = (colour: string) => {
    const parts = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
    if (parts) open.set(parameter, [...parts.slice(1).map((part) => parseInt(part, 16) / 255), alpha]);
  };
  const field = (
    <span class="colour-field">
      <input
        type="text"
        class="colour-text"
        aria-label={`${parameter.label}: hexadecimal`}
        value={text}
        maxLength={7}
        spellcheck={false}
        disabled={disabled}
        onChange={(event) => {
          set(event.currentTarget.value);
          event.currentTarget.value = text;
        }}
      />
      <input
        id={id}
        type="color"
        class="colour"
        data-testid={id}
        value={text}
        disabled={disabled}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </span>
  );
  return (
    <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled} field={field}>
      <div class="parameter-sub">
        <span>Opacity</span>
        <Slider
          id={`${id}-alpha`}
          label={`${parameter.label}: opacity`}
          value={alpha * 100}
          from={0}
          to={100}
          step={1}
          origin={0}
          text={`${Math.round(alpha * 100)} percent`}
          disabled={disabled}
          onChange={(value) => open.set(parameter, [red, green, blue, value / 100])}
          onReset={() => open.set(parameter, parameter.default)}
        />
        <output>{Math.round(alpha * 100)} %</output>
      </div>
    </ControlFrame>
  );
}
