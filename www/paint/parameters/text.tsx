// A text.

import type { JSX } from 'preact';
import type { TextParameter } from '../filters/declaration.ts';
import { ControlFrame, type ControlProps } from './control.tsx';

const longest = 1000;

export function TextControl({ open, parameter, id, disabled }: ControlProps<TextParameter>): JSX.Element {
  return (
    <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled}>
      <input
        id={id}
        type="text"
        class="text-field"
        data-testid={id}
        value={String(open.value(parameter))}
        maxLength={longest}
        disabled={disabled}
        onInput={(event) => open.set(parameter, event.currentTarget.value)}
      />
    </ControlFrame>
  );
}
