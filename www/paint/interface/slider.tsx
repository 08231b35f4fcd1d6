// A slider: the browser's own, with the part up to the value drawn in the accent colour.

import type { JSX } from 'preact';

interface SliderProps {
  readonly id: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Where the drawn part begins: the lower end, or zero. */
  readonly origin: number;
  /** The value as a person reads it. */
  readonly text: string;
  readonly disabled: boolean;
  readonly label?: string;
  onChange(value: number): void;
  onReset(): void;
}

export function Slider({
  id,
  value,
  from,
  to,
  step,
  origin,
  text,
  disabled,
  label,
  onChange,
  onReset,
}: SliderProps): JSX.Element {
  // Browsers count steps from the lower end; so it is moved to where round values are among them.
  const least = Math.floor(from / step + 1e-9) * step;
  const share = (number: number) => (to > least ? Math.min(1, Math.max(0, (number - least) / (to - least))) : 0);
  const [start, end] = [share(Math.min(origin, value)), share(Math.max(origin, value))];
  // From the lower end the drawn part begins at the very edge, not under the middle of the thumb.
  const edge = origin <= from ? -1 : start;
  return (
    <input
      id={id}
      class="slider"
      type="range"
      data-testid={id}
      min={least}
      max={to}
      step={step}
      value={Math.min(to, Math.max(from, value))}
      disabled={disabled}
      aria-valuetext={text}
      {...(label ? { 'aria-label': label } : {})}
      style={{ '--start': String(edge), '--end': String(end) }}
      onInput={(event) => onChange(Math.max(from, event.currentTarget.valueAsNumber))}
      onDblClick={onReset}
    />
  );
}
