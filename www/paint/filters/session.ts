// The filter whose panel is open: its values and what is being done with them.

import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Parameter, Value } from './declaration.ts';
import type { Filter } from './filter.ts';
import { defaults, holds, same, type Values } from './values.ts';

/**
 * - `previewing`: tiles are being computed for the screen
 * - `ready`: the screen shows the result
 * - `applying`: tiles are being computed at full resolution
 * - `stopped`: the plugin was stopped, or refused; a changed value tries again
 */
export type State = 'previewing' | 'ready' | 'applying' | 'stopped';

/** One row of a report: named cells. */
export type Row = readonly (readonly [name: string, cell: string])[];

/** Values and strength that a filter was last used with. */
const remembered = new Map<string, { values: Values; strength: number }>();

let lastId = 0;

export class Session {
  readonly id = ++lastId;
  readonly filter: Filter;
  readonly state = signal<State>('previewing');
  /** Finished tiles, from 0 to 1. */
  readonly progress = signal(0);
  /** The level of the picture that the preview is made at. */
  readonly level = signal(0);
  /** What the filter itself said about the values. */
  readonly refusal = signal<string | undefined>(undefined);
  /** Milliseconds of computing per megapixel, once known. */
  readonly pace = signal<number | undefined>(undefined);
  /** What an analysis found. */
  readonly report = signal<readonly Row[] | undefined>(undefined);
  /** The share of the result, from 0 to 1. */
  readonly strength = signal(1);
  /** Goes up to run the preview again with the same values. */
  readonly attempts = signal(0);
  readonly #values = signal<Values>(new Map());
  readonly changed: ReadonlySignal<boolean>;

  constructor(filter: Filter) {
    this.filter = filter;
    const initial = defaults(filter.declaration);
    const last = remembered.get(filter.key);
    this.#values.value = last?.values ?? initial;
    this.strength.value = last?.strength ?? 1;
    this.changed = computed(
      () => this.strength.value !== 1 || [...initial].some(([key, value]) => !same(this.#values.value.get(key), value)),
    );
  }

  get isAnalysis(): boolean {
    return this.filter.declaration.geometry.kind === 'analysis';
  }

  get values(): Values {
    return this.#values.value;
  }

  /** The values as far as the result depends on them, as a text that is the same for the same values. */
  readonly significant = computed(() =>
    JSON.stringify(
      this.filter.declaration.parameters.filter(({ affects }) => affects).map(({ key }) => this.#values.value.get(key) ?? null),
    ),
  );

  value(parameter: Parameter): Value {
    return this.#values.value.get(parameter.key) ?? (parameter.kind === 'group' ? 0 : parameter.default);
  }

  set(parameter: Parameter, value: Value): void {
    if (this.state.value === 'applying' || same(this.value(parameter), value)) return;
    this.#values.value = new Map(this.#values.value).set(parameter.key, value);
    this.#remember();
  }

  setStrength(strength: number): void {
    if (this.state.value === 'applying') return;
    this.strength.value = Math.min(1, Math.max(0, strength));
    this.#remember();
  }

  isDefault(parameter: Parameter): boolean {
    return parameter.kind === 'group' || same(this.value(parameter), parameter.default);
  }

  reset(): void {
    if (this.state.value === 'applying') return;
    this.#values.value = defaults(this.filter.declaration);
    this.strength.value = 1;
    this.#remember();
  }

  isVisible(parameter: Parameter): boolean {
    return holds(parameter.visible, this.#values.value);
  }

  isEnabled(parameter: Parameter): boolean {
    return this.state.value !== 'applying' && holds(parameter.enabled, this.#values.value);
  }

  tryAgain(): void {
    this.attempts.value += 1;
  }

  #remember(): void {
    remembered.set(this.filter.key, { values: this.#values.value, strength: this.strength.value });
  }
}

export const session = signal<Session | undefined>(undefined);

/** Whether the picture is being worked on, so that nothing else may change it. */
export const busy = computed(() => session.value?.state.value === 'applying');
