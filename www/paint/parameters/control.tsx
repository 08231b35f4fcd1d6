// The control for one parameter, by its kind.

import type { ComponentChildren, JSX } from 'preact';
import type { Parameter } from '../filters/declaration.ts';
import type { Session } from '../filters/session.ts';
import { Icon } from '../interface/icons.tsx';
import { BoolControl } from './bool.tsx';
import { ChoiceControl } from './choice.tsx';
import { ColourControl } from './colour.tsx';
import { CurveControl } from './curve.tsx';
import { NumberControl } from './number.tsx';
import { PointControl } from './point.tsx';
import { SeedControl } from './seed.tsx';
import { TextControl } from './text.tsx';

export interface ControlProps<Kind extends Parameter> {
  readonly open: Session;
  readonly parameter: Kind;
  /** The id that the label refers to. */
  readonly id: string;
  readonly disabled: boolean;
}

/** A parameter with label, hint and a way back to its default; nothing while its condition says so. */
export function Control({ open, parameter }: { open: Session; parameter: Parameter }): JSX.Element | null {
  if (!open.isVisible(parameter)) return null;
  if (parameter.kind === 'group') return <h3 class="parameter-group">{parameter.label}</h3>;
  const props = { open, id: `parameter-${parameter.key}`, disabled: !open.isEnabled(parameter) };
  switch (parameter.kind) {
    case 'int':
    case 'float':
      return <NumberControl {...props} parameter={parameter} />;
    case 'seed':
      return <SeedControl {...props} parameter={parameter} />;
    case 'bool':
      return <BoolControl {...props} parameter={parameter} />;
    case 'choice':
      return <ChoiceControl {...props} parameter={parameter} />;
    case 'colour':
      return <ColourControl {...props} parameter={parameter} />;
    case 'point':
      return <PointControl {...props} parameter={parameter} />;
    case 'curve':
      return <CurveControl {...props} parameter={parameter} />;
    case 'text':
      return <TextControl {...props} parameter={parameter} />;
  }
}

interface FrameProps {
  readonly open: Session;
  readonly parameter: Exclude<Parameter, { kind: 'group' }>;
  readonly id: string;
  readonly disabled: boolean;
  /** What stands at the end of the line with the label. */
  readonly field?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** Label, way back to the default, hint; the control itself is inside. */
export function ControlFrame({ open, parameter, id, disabled, field, children }: FrameProps): JSX.Element {
  const changed = !open.isDefault(parameter);
  return (
    <div class={`parameter ${disabled ? 'parameter-disabled' : ''}`} data-testid={`frame-${parameter.key}`}>
      <div class="parameter-line">
        <label class="parameter-label" for={id} id={`${id}-label`}>
          {parameter.label}
        </label>
        <button
          type="button"
          class="parameter-reset"
          title="Back to the default"
          aria-label={`${parameter.label}: back to the default`}
          disabled={!changed || disabled}
          onClick={() => open.set(parameter, parameter.default)}
        >
          <Icon name="reset" size={12} />
        </button>
        {field}
      </div>
      {children}
      {parameter.hint && (
        <p class="parameter-hint" id={`${id}-hint`}>
          {parameter.hint}
        </p>
      )}
    </div>
  );
}
