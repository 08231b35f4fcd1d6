// A filter that can be run: a plugin with its declaration.

import { kernelStarted, type CompiledPlugin, type Description } from '../kernel.ts';
import type { Declaration } from './declaration.ts';

/** Where a plugin came from: with the page, or from the person. */
export type Origin = 'bundled' | 'added';

export class Filter {
  /** Tells filters apart, also those with the same id. */
  readonly key: string;
  readonly declaration: Declaration;
  readonly description: Description;
  readonly origin: Origin;
  /** The name of the file that it came in. */
  readonly file: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #compiled: Promise<CompiledPlugin> | undefined;

  constructor(
    key: string,
    origin: Origin,
    file: string,
    bytes: Uint8Array<ArrayBuffer>,
    description: Description,
    declaration: Declaration,
  ) {
    this.key = key;
    this.origin = origin;
    this.file = file;
    this.#bytes = bytes;
    this.description = description;
    this.declaration = declaration;
  }

  get name(): string {
    return this.declaration.name;
  }

  /** The plugin, prepared and compiled once; every run is a process made from it. */
  compiled(): Promise<CompiledPlugin> {
    this.#compiled ??= kernelStarted
      .then((kernel) => kernel.compile(this.#bytes))
      .catch((error: unknown) => {
        // A plugin that is in quarantine now may be let in later.
        this.#compiled = undefined;
        throw error;
      });
    return this.#compiled;
  }
}
