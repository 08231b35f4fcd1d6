// What the kernel is doing: processes, memory, handles.

import { effect, signal } from '@preact/signals';
import { session } from '../filters/session.ts';
import { kernel, kernelStarted, type KernelEvent, type Usage } from '../kernel.ts';
import { engineMemory } from '../picture/engine.ts';
import { activityOpen, sheet } from '../interface/layout.ts';

export interface Activity {
  readonly processes: readonly {
    readonly id: number;
    readonly name: string;
    readonly usage: Usage;
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

/** What the kernel told, newest first, without what happens all the time: that processes begin and are let go. */
export const happened = signal<readonly KernelEvent[]>([]);

const period = 500;
const mostEvents = 100;
const routine: ReadonlySet<KernelEvent['what']> = new Set<KernelEvent['what']>(['spawned', 'killed']);

void kernelStarted.then((started) => {
  look();
  started.on('exit', () => (ended.value += 1));
  started.on('event', (event) => {
    if (!routine.has(event.what)) happened.value = [event, ...happened.value].slice(0, mostEvents);
  });
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
  const running = kernel.peek();
  if (!running) return;
  const processes = running.processes.map((process) => ({ id: process.id, name: process.name, usage: process.usage() }));
  // What happened again since it was told of has another count now.
  const known = new Map(running.events.map((event) => [event.number, event]));
  happened.value = happened.peek().map((event) => known.get(event.number) ?? event);
  activity.value = {
    processes,
    memory: processes.reduce((sum, { usage }) => sum + usage.memory.used, 0),
    handles: processes.reduce((sum, { usage }) => sum + usage.handles.used, 0),
    kernelMemory: running.usage().memory.used,
    engineMemory: engineMemory(),
  };
}
