// A list of facts: a name and a value each.

import type { JSX } from 'preact';

/** The facts that are known; `id` and `test` are those of the list. */
export function Facts({ facts, id, test }: { facts: readonly (readonly [string, string | undefined])[]; id?: string; test?: string }): JSX.Element {
  return (
    <dl id={id} class="incident-facts" data-testid={test}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
