// One of several: buttons side by side where they are few and short, otherwise a list.

import type { JSX } from 'preact';
import type { ChoiceParameter } from '../filters/declaration.ts';
import { ControlFrame, type ControlProps } from './control.tsx';

const mostLetters = 24;
const mostSegments = 4;

export function ChoiceControl({ open, parameter, id, disabled }: ControlProps<ChoiceParameter>): JSX.Element {
  const { choices } = parameter;
  const value = Number(open.value(parameter));
  const set = (index: number) => open.set(parameter, index);
  const few = choices.length <= mostSegments && choices.join('').length <= mostLetters;
  if (!few) {
    return (
      <ControlFrame open={open} parameter={parameter} id={id} disabled={disabled}>
        <select
          id={id}
          class="select"
          data-testid={id}
          disabled={disabled}
          value={value}
          onChange={(event) => set(event.currentTarget.selectedIndex)}
        >
          {choices.map((choice, index) => (
            <option key={index} value={index}>
              {choice}
            </option>
          ))}
        </select>
      </ControlFrame>
    );
  }
  return (
    <ControlFrame open={open} parameter={parameter} id={`${id}-${value}`} disabled={disabled}>
      <div class="segments" role="radiogroup" aria-labelledby={`${id}-${value}-label`} data-testid={id}>
        {choices.map((choice, index) => (
          <label key={index} class="segment">
            <input
              type="radio"
              id={`${id}-${index}`}
              name={id}
              checked={index === value}
              disabled={disabled}
              onChange={() => set(index)}
            />
            <span>{choice}</span>
          </label>
        ))}
      </div>
    </ControlFrame>
  );
}
