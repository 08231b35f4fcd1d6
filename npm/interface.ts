// Interfaces that the application serves.

import * as kernel from './kernel.js';
import { dispose } from './dispose.js';
import { Call, isNumber, type Edge, type Serving } from './edge.js';
import { PluginError, PortcullisError, checked, numberOf } from './errors.js';
import type { ErrorCode } from './error-codes.js';
import type { Frames } from './frames.js';
import type { FunctionPlan } from './plan.js';
import { needRoom } from './room.js';
import { PENDING, type Waiting } from './waiting.js';

const HOST_FAILED = numberOf('host');

/** What a function of the kernel's own throws to have the call fail with a code, of which nobody else is told. */
export class Refusal {
  readonly number: number;
  /** Only a refusal has it. To look for it is the one question that a stranger's object cannot answer by throwing. */
  readonly #own = true;

  constructor(code: ErrorCode) {
    this.number = numberOf(code);
  }

  /** Whether something that was thrown is a refusal. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #own in thrown;
  }
}

/** Told of a function of the application's that failed; the plugin that called has got the error `host`. */
export type HostFailureListener = (label: string, error: unknown) => void;

/** Where control is as long as a function of the application runs for a plugin: who called, and which function. */
export interface Inside {
  process: number;
  label: string | undefined;
}

/** Told of a failure, with the process that called; 0 if that is not known. */
export type FailureListener = (label: string, error: unknown, process: number) => void;

/** What all interfaces of the application share. */
export interface HostSide {
  readonly frames: Frames;
  readonly edge: Edge;
  readonly failed: FailureListener;
  readonly inside: Inside;
  readonly waiting: Waiting;
}

/** `set-size` as JavaScript writes it: `setSize`. */
export const camelCase = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

type Method = (...values: unknown[]) => unknown;

/** The method for a function: `setSize` or `set-size`, not one that every object has. */
function methodOf(methods: object, plan: FunctionPlan): Method {
  for (const name of [camelCase(plan.name), plan.name]) {
    const found: unknown = name in Object.prototype && !Object.hasOwn(methods, name) ? undefined : (methods as Record<string, unknown>)[name];
    if (typeof found === 'function') return found as Method;
  }
  throw new PortcullisError(
    'bad-argument',
    `${plan.label} is declared, but the object that serves ${plan.interface} has no method ${camelCase(plan.name)}`,
    { function: plan.label },
  );
}

/** An interface that the application serves. To grant it to a plugin, put it into `imports` when you spawn one. */
export class Interface {
  /** `namespace/name@major`. */
  readonly name: string;
  /** @internal Whether a function of it may return a promise. */
  readonly asynchronous: boolean;
  readonly #inner: kernel.HostInterface;

  readonly #gone: (self: Interface) => void;
  #withdrawn = false;

  private constructor(
    name: string,
    signatures: string,
    methods: object,
    host: HostSide,
    gone: (self: Interface) => void,
  ) {
    this.name = name;
    this.#gone = gone;
    this.#inner = checked(() => kernel.provide(name, signatures));
    const plans = this.#inner.plans as readonly FunctionPlan[];
    this.asynchronous = plans.some((plan) => plan.asynchronous);
    const serving: Serving = { interface: name, methods: this.#inner.methods };
    const served = plans.map((plan) => serve(plan, methodOf(methods, plan), methods, serving, host));
    this.#inner.connect(served);
  }

  /**
   * Takes the interface out of service: who has it gets `dead` from then on, and its objects that plugins hold are revoked. What
   * it used is free again. Again: no effect.
   */
  withdraw(): void {
    if (this.#withdrawn) return;
    needRoom();
    this.#withdrawn = true;
    this.#gone(this);
    checked(() => this.#inner.withdraw());
    this.#inner.free();
  }

  [dispose](): void {
    this.withdraw();
  }

  /** Whether it was taken out of service. */
  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  /** @internal Interfaces are provided by way of the kernel. */
  static of(
    name: string,
    signatures: string,
    methods: object,
    host: HostSide,
    gone: (self: Interface) => void,
  ): Interface {
    return new Interface(name, signatures, methods, host, gone);
  }

  /** @internal */
  get inner(): kernel.HostInterface {
    return this.#inner;
  }
}

/** Tells the listener. What it throws must not fly through the plugin that called: it would end that. */
function tell(failed: FailureListener, label: string, error: unknown, process: number): void {
  try {
    failed(label, error, process);
  } catch (thrown) {
    console.error(`portcullis: the listener that was told of a failure of ${label} failed itself`, thrown);
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise || (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function');

/** A function `(frame) => status` that calls a method. Nothing that the method throws leaves it. */
function serve(plan: FunctionPlan, method: Method, self: object, serving: Serving, host: HostSide) {
  const { frames, edge, failed, inside, waiting } = host;
  const put = (call: Call, frame: number, tag: number, result: unknown): void => {
    if (plan.result) frames.view.setUint32(frame + plan.results, tag, true);
    const results = tag === 1 ? plan.error : plan.ok;
    const array = plan.tuple && tag === 0 ? result : [result];
    if (!Array.isArray(array) || (plan.tuple && array.length !== results.length)) {
      throw new TypeError(`it must return an array of ${results.length} values`);
    }
    results.forEach((value, index) => edge.put(call, frame, value, array[index], plan.label, 'result'));
    // These results are the caller's now.
    for (const moved of call.moving) moved.handle?.forget();
    call.moving.length = 0;
  };
  /** The value of the error side, if that is what was thrown. */
  const errorSide = (error: unknown): unknown => {
    if (!plan.result || !(error instanceof PluginError)) throw error;
    return error.value;
  };
  /** The plugin waits from now on, with all that it lent to the function. */
  const wait = (fiber: number, call: Call, frame: number, from: number, result: PromiseLike<unknown>, stop: AbortController): number => {
    const complete = (outcome: () => unknown): number => {
      try {
        let result: unknown;
        let tag = 0;
        try {
          result = outcome();
        } catch (error) {
          result = errorSide(error);
          tag = 1;
        }
        put(call, frame, tag, result);
        return 0;
      } catch (error) {
        tell(failed, plan.label, error, from);
        return HOST_FAILED;
      } finally {
        edge.end(call);
      }
    };
    waiting.promise(fiber, {
      promise: Promise.resolve(result),
      complete,
      abandon: () => edge.end(call),
      gone: (reason) => stop.abort(reason),
    });
    return PENDING;
  };
  // With numbers alone nothing is lent or moved, so there is nothing to end, and one will do for all calls.
  const plain = !plan.asynchronous && [...plan.parameters, ...plan.ok, ...plan.error].every(isNumber);
  const none = new Call();
  return (frame: number): number => {
    const call = plain ? none : new Call();
    call.serving = serving;
    const { process, label } = inside;
    let from = 0;
    let waits = false;
    try {
      from = frames.view.getUint32(frame, true);
      const fiber = plan.asynchronous ? kernel.mayWait(from) : 0;
      // The reason why not, before the function hears of anything.
      if (fiber < 0) return -fiber;
      inside.process = from;
      inside.label = plan.label;
      const values = plan.parameters.map((parameter) => edge.take(call, frame, parameter, [], from));
      const stop = fiber === 0 ? undefined : new AbortController();
      if (stop !== undefined) values.push(stop.signal);
      let result: unknown;
      let tag = 0;
      try {
        result = method.apply(self, values);
      } catch (error) {
        result = errorSide(error);
        tag = 1;
      }
      if (stop !== undefined) {
        if (tag === 0 && isPromise(result)) {
          const status = wait(fiber, call, frame, from, result, stop);
          waits = true;
          return status;
        }
      } else if (result instanceof Promise) {
        // Nobody waits for it; it must not end as an unhandled rejection either.
        result.catch(() => undefined);
        throw new TypeError('it returned a promise, and is not declared as `async func`: return the value itself, or declare it so');
      }
      put(call, frame, tag, result);
      return 0;
    } catch (error) {
      if (Refusal.is(error)) return error.number;
      tell(failed, plan.label, error, from);
      return HOST_FAILED;
    } finally {
      inside.process = process;
      inside.label = label;
      if (!waits && !plain) edge.end(call);
    }
  };
}
