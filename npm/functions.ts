// What the functions of a plugin take and give, for TypeScript. Types only.

import type { CallOptions } from './process.js';

/**
 * The functions of a plugin by name, as `npx portcullis types` writes them:
 * `{ 'paint/filter@1#apply': (image: Handle, radius: number) => void }`. A `type`, not an `interface`.
 */
export type Functions = { readonly [name: string]: (...values: never[]) => unknown };

/** What a call takes beside the name. Where nothing is known of the plugin, any values; no argument need be given where there is none. */
export type CallArguments<Exports, Name extends keyof Exports> = string extends keyof Exports
  ? [values?: readonly unknown[], options?: CallOptions]
  : Exports[Name] extends (...values: infer Values) => unknown
    ? [] extends Values
      ? [values?: Readonly<Values>, options?: CallOptions]
      : [values: Readonly<Values>, options?: CallOptions]
    : never;

/** What a call gives. */
export type CallResult<Exports, Name extends keyof Exports> = Exports[Name] extends (...values: never[]) => infer Result ? Result : never;

/** The interfaces among a plugin's functions, where something is known of it. */
export type InterfaceNames<Exports> = string extends keyof Exports
  ? never
  : { [Label in keyof Exports]: Label extends `${infer Name}#${string}` ? Name : never }[keyof Exports];

type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Name;

/** One of a plugin's interfaces as methods. */
export type Methods<Exports, Name extends string> = {
  readonly [Label in keyof Exports as Label extends `${Name}#${infer Function}` ? CamelCase<Exclude<Function, 'then'>> : never]: Exports[Label] extends (
    ...values: infer Values
  ) => infer Result
    ? (...values: Values) => Promise<Result>
    : never;
};
