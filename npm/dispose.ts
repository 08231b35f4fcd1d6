// The name of the method that `using` calls.

/** `Symbol.dispose`; in an engine that does not know it yet, what bundlers put in its place. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
