// The page's kernel: one for everything. Each run of a filter is a process of it, with no imports granted.

import { signal } from '@preact/signals';
import {
  Kernel,
  PluginError,
  PortcullisError,
  type CompiledPlugin,
  type Description,
  type BudgetUse,
  type ExitReason,
  type KernelEvent,
  type Process,
  type Usage,
} from 'portcullis';

export { PluginError, PortcullisError };
export type { BudgetUse, CompiledPlugin, Description, ExitReason, KernelEvent, Process, Usage };

/** What the page asks of a filter. */
export const filterInterface = 'paint/filter@1';

/** The most memory that a filter's process may have, in bytes. */
export const processMemory = 64 * 1024 * 1024;

/** The kernel, once it has started. */
export const kernel = signal<Kernel | undefined>(undefined);

/** Resolves when plugins can be described and spawned. Loading begins with this module. */
export const kernelStarted: Promise<Kernel> = Kernel.start().then((started) => {
  kernel.value = started;
  return started;
});
