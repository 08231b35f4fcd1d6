// The tabs of a small window: each opens a part of the page in a sheet above them.

import { effect, untracked } from '@preact/signals';
import type { JSX } from 'preact';
import { session } from '../filters/session.ts';
import { Icon, type IconName } from './icons.tsx';
import { sheet, type Sheet } from './layout.ts';

const tabs: readonly (readonly [sheet: Sheet, title: string, icon: IconName])[] = [
  ['filters', 'Filters', 'layers'],
  ['filter', 'Adjust', 'sliders'],
  ['histogram', 'Histogram', 'bars'],
  ['history', 'History', 'history'],
  ['kernel', 'Kernel', 'pulse'],
];

// A filter that is opened shows its values; one that is left shows the list it came from.
effect(() => {
  const open = session.value !== undefined;
  untracked(() => {
    if (open && sheet.value !== undefined) sheet.value = 'filter';
    else if (!open && sheet.value === 'filter') sheet.value = 'filters';
  });
});

export function SheetTabs(): JSX.Element {
  return (
    <nav class="sheet-tabs" aria-label="Parts of the page">
      {tabs
        .filter(([name]) => name !== 'filter' || session.value)
        .map(([name, title, icon]) => (
          <button
            key={name}
            type="button"
            class="sheet-tab"
            aria-pressed={sheet.value === name}
            data-testid={`tab-${name}`}
            onClick={() => (sheet.value = sheet.value === name ? undefined : name)}
          >
            <Icon name={icon} size={20} />
            <span>{title}</span>
          </button>
        ))}
    </nav>
  );
}
