// Yes or no.

import type { JSX } from 'preact';
import type { BoolParameter } from '../filters/declaration.ts';
import { ControlFrame, type ControlProps } from './control.tsx';

export function BoolControl({ open, parameter, id, disabled }: ControlProps<BoolParameter>): JSX.Element {
  const field = (
    <input
      id={id}
      type="checkbox"
      role="switch"
      class="switch"
      data-testid={id}
      checked={Boolean(open.value(parameter))}
      disabled={disabled}
      onChange={(event) => open.set(parameter, event.currentTarget.checked)}
    />
  );
  return <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled} field={field} />;
}
