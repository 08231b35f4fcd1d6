// What a drag on the picture does.

import { signal } from '@preact/signals';

/** Moving the picture, or selecting a part of it. */
export type Tool = 'hand' | 'select';

export const tool = signal<Tool>('hand');

/** Whether the space bar is held: then a drag moves the picture with any tool. */
export const holdingSpace = signal(false);
