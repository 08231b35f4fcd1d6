// What the engine does with modules: at once where nobody may wait, or where that takes less time than to wait for the engine.

/** A module, or the bytes of one that is to be compiled first. */
export type Wanted = WebAssembly.Module | Uint8Array<ArrayBuffer>;

/** Bytes of a module up to which it is compiled at once. More is refused by some engines in a page. */
export const TINY = 4 * 1024;
/** Bytes of a plugin up to which it, and its gate, are instantiated at once. */
const SMALL = 256 * 1024;

/** Whether to wait for the engine would only take longer. */
const isTiny = (module: Wanted): boolean => module instanceof WebAssembly.Module || module.length <= TINY;

/** Compiles a module at once. */
export const compiledNow = (module: Wanted): WebAssembly.Module => (module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module));

/** Compiles a module; at once, if it is tiny. */
export const compiledSoon = (module: Wanted): WebAssembly.Module | Promise<WebAssembly.Module> =>
  module instanceof WebAssembly.Module || isTiny(module) ? compiledNow(module) : WebAssembly.compile(module);

/** Instantiates a module at once. */
export const instantiatedNow = (module: Wanted, imports: WebAssembly.Imports): WebAssembly.Instance => new WebAssembly.Instance(compiledNow(module), imports);

/** Instantiates a module of a plugin of so many bytes; at once, if both are small. */
export function instantiatedSoon(module: Wanted, imports: WebAssembly.Imports, size: number): WebAssembly.Instance | Promise<WebAssembly.Instance> {
  if (size <= SMALL && isTiny(module)) return instantiatedNow(module, imports);
  if (module instanceof WebAssembly.Module) return WebAssembly.instantiate(module, imports);
  return WebAssembly.instantiate(module, imports).then(({ instance }) => instance);
}

/** Goes through steps that yield what they need, which is got at once. What goes wrong then is theirs to handle. */
export function stepsNow<Needed, Result, Got>(steps: Generator<Needed, Result, Got>, get: (needed: Needed) => Got): Result {
  let step = steps.next();
  while (!step.done) {
    let got: Got;
    try {
      got = get(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(got);
  }
  return step.value;
}

/** As {@link stepsNow}; what is needed may be promised, and only then is anything waited for. */
export async function stepsSoon<Needed, Result, Got>(steps: Generator<Needed, Result, Got>, get: (needed: Needed) => Got | Promise<Got>): Promise<Result> {
  let step = steps.next();
  while (!step.done) {
    let got: Got;
    try {
      const soon = get(step.value);
      got = soon instanceof Promise ? await soon : soon;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(got);
  }
  return step.value;
}
