// The name of the method that `using` calls.

// Projects whose settings do not include it can use the package's types all the same.
/// <reference lib="esnext.disposable" preserve="true" />

/** `Symbol.dispose`; in an engine that does not know it yet, what bundlers put in its place. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
