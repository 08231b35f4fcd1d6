// How values lie in a call frame, as the kernel tells it.

/** A scalar's name in signatures. */
export type ScalarName = 'bool' | 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'f32' | 'f64' | 'char';

/** One value: a parameter or a result. */
export interface ValuePlan {
  readonly name: string;
  readonly kind: ScalarName | 'error' | 'string' | 'list' | 'borrow' | 'own' | 'option';
  readonly element?: ScalarName;
  /** The kernel's number of the class; 0 for what is no capability. */
  readonly class: number;
  readonly className?: string;
  /** Offset of the first 8-byte slot from the frame's start. */
  readonly slot: number;
}

/** The interface of a class. */
export const interfaceOf = (className: string): string => className.slice(0, className.lastIndexOf('.'));

/** A function. */
export interface FunctionPlan {
  readonly interface: string;
  readonly name: string;
  readonly label: string;
  readonly signature: string;
  readonly declared: boolean;
  /** Whether a function of the application may return a promise. */
  readonly asynchronous: boolean;
  readonly parameters: readonly ValuePlan[];
  /** Whether a tag stands at `results`: 0 ok, 1 error. */
  readonly result: boolean;
  /** Whether `ok` is given as an array. */
  readonly tuple: boolean;
  readonly ok: readonly ValuePlan[];
  readonly error: readonly ValuePlan[];
  /** Offset of the tag or of the first result. */
  readonly results: number;
  /** Bytes of the frame. */
  readonly size: number;
}
