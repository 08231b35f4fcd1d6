// Which part of the page a small window shows in its sheet. Wide windows show all of them side by side.

import { signal } from '@preact/signals';

export type Sheet = 'filters' | 'filter' | 'histogram' | 'history' | 'kernel';

export const sheet = signal<Sheet | undefined>(undefined);

/** Whether the part with the kernel's figures is folded out. */
export const activityOpen = signal(false);
