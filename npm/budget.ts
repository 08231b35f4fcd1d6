// How much a call may use.

import type { PortcullisError } from './errors.js';

/** What a call may use up. Going over ends the plugin that did: see {@link Process.call}. */
export interface BudgetOptions {
  /** Milliseconds that the call may take, with all that it calls; more than 0, `Infinity` for as long as it likes. 5,000 if not given. */
  readonly deadline?: number;
  /** Units of fuel that it may use, each about one simple instruction; a whole number from 1, or `Infinity`, as if not given. */
  readonly fuel?: number;
}

/** A budget in which nothing is left open. */
export interface Budget {
  readonly deadline: number;
  readonly fuel: number;
}

/** The budget if nothing is said. */
export const DEFAULT_BUDGET: Budget = { deadline: 5_000, fuel: Infinity };

const shown = (value: unknown): string => (typeof value !== 'number' ? typeof value : Number.isNaN(value) ? 'something that is no number' : String(value));

/** The budget that `options` asks for, with the rest from `standard`; throws what `refuse` makes of a sentence. */
export function budgetOf(options: BudgetOptions, standard: Budget, refuse: (message: string) => PortcullisError): Budget {
  const { deadline = standard.deadline, fuel = standard.fuel } = options;
  // What is standard was looked at before.
  if (deadline === standard.deadline && fuel === standard.fuel) return standard;
  if (typeof deadline !== 'number' || !(deadline > 0)) {
    throw refuse(`deadline must be a number of milliseconds greater than 0, or Infinity, got ${shown(deadline)}`);
  }
  if (fuel !== Infinity && !(Number.isSafeInteger(fuel) && fuel >= 1)) {
    throw refuse(`fuel must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}, or Infinity, got ${shown(fuel)}`);
  }
  return { deadline, fuel };
}
