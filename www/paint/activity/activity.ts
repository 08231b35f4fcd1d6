// What the kernel is doing: processes, memory, handles.

import { effect, signal } from '@preact/signals';
import { session } from '../filters/session.ts';
import { kernel, kernelStarted } from '../kernel.ts';
import { engineMemory } from '../picture/engine.ts';
import { activityOpen, sheet } from '../interface/layout.ts';

export interface Activity {
  readonly processes: readonly {
    readonly id: number;
    readonly name: string;
    readonly memory: number;
    readonly handles: number;
  }[];
  /** Bytes of all processes' memories. */
  readonly memory: number;
  readonly handles: number;
  readonly kernelMemory: number;
  readonly engineMemory: number;
}

export const activity = signal<Activity | undefined>(undefined);

/** Processes that have ended since the page was opened. */
export const ended = signal(0);

const period = 500;

void kernelStarted.then((started) => {
  look();
  started.on('exit', () => (ended.value += 1));
});

// A look now and then, more closely while somebody watches.
effect(() => {
  const watched = activityOpen.value || sheet.value === 'kernel';
  void session.value?.state.value;
  look();
  if (!watched) return;
  const timer = setInterval(look, period);
  return () => clearInterval(timer);
});

function look(): void {
  const seen = kernel.peek()?.inspect();
  if (!seen) return;
  // The first is the page itself.
  const processes = seen.processes.slice(1).map(({ id, name, memoryBytes, capabilities }) => ({
    id,
    name,
    memory: memoryBytes,
    handles: capabilities.length,
  }));
  activity.value = {
    processes,
    memory: processes.reduce((sum, { memory }) => sum + memory, 0),
    handles: processes.reduce((sum, { handles }) => sum + handles, 0),
    kernelMemory: seen.kernelMemoryBytes,
    engineMemory: engineMemory(),
  };
}
