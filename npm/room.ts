// Whether there is stack for the kernel: nobody may run out of it in the middle of a change.

import { PortcullisError } from './errors.js';

let prove: (anything: number) => void = () => undefined;

/** Sets the function that throws when there is too little stack. */
export function setProof(proof: (anything: number) => void): void {
  prove = proof;
}

let settle: () => void = () => undefined;

/** Sets what notes, before anything of the kernel is used, that a suspended call which had gone on is over. */
export function setSettling(settling: () => void): void {
  settle = settling;
}

/**
 * Throws a {@link PortcullisError} `depth` if there is too little stack for what an application asks of the kernel. Everything
 * that an application can call begins with it; its own recursion may have brought it near the end.
 */
export function needRoom(): void {
  try {
    prove(1);
  } catch (cause) {
    throw new PortcullisError('depth', 'there is too little stack left to enter the kernel: calls are nested too deeply', { cause });
  }
  settle();
}
