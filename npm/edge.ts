// The host's edge: JavaScript values into a call frame, and out of it, in both directions.

import * as kernel from './kernel.js';
import { PortcullisError, toError } from './errors.js';
import { AT_HOST, type Frames } from './frames.js';
import { Handle, LEASE_CLASS, MESSAGE_CLASS, type HostObjects, type MethodCaller } from './handles.js';
import { Message, SentMessage, type OutgoingMessage } from './message.js';
import { interfaceOf, type ValuePlan } from './plan.js';
import { Misfit, listBytes, listValue, misfit, readScalar, scalarTypes, writeScalar } from './scalars.js';

/** Bytes of one slot. */
const SLOT = 8;

/** An interface of the application's that serves a call, with the methods of the objects that it makes. */
export interface Serving {
  readonly interface: string;
  readonly methods: number;
}

/** What a call has to undo or end when it is over. */
export class Call {
  /** Who serves it, if that is the application: new objects of that interface have its methods. */
  serving: Serving | undefined;
  /** Capabilities of the host that are lent to the call. */
  readonly lent: number[] = [];
  /** Objects that were minted for this call alone. */
  readonly minted: number[] = [];
  /** Messages of the host's that are for the call. */
  readonly messages: SentMessage[] = [];
  /** Capabilities that were lent to the host for the call. */
  readonly borrowed: Handle[] = [];
  /** References that move if the call is entered, with the slot that says so: of a handle, or of a new object. */
  readonly moving: { handle: Handle | undefined; cap: number; slot: number }[] = [];
  /** Bytes of lists that go into a plugin, in order. */
  readonly sources: Uint8Array[] = [];
}

/** Whether a value is a number, and lies in its slot. */
export const isNumber = ({ kind }: ValuePlan): boolean => Object.hasOwn(scalarTypes, kind) || kind === 'error';

/** Whether a value is a capability that moves. */
export const moves = ({ kind }: ValuePlan): boolean => kind === 'own' || kind === 'option';

/** Who serves the objects of an interface, for minting. */
export type MethodsOf = (className: string) => number | undefined;

const misplaced = (plan: ValuePlan, handle: Handle): string => `expected a handle of class ${plan.className ?? ''}, got one of ${handle.class}`;

/** Converts values for one kernel. */
export class Edge {
  readonly #frames: Frames;
  readonly #objects: HostObjects;
  readonly #methodsOf: MethodsOf;
  readonly #caller: MethodCaller;

  constructor(frames: Frames, objects: HostObjects, methodsOf: MethodsOf, caller: MethodCaller) {
    this.#frames = frames;
    this.#objects = objects;
    this.#methodsOf = methodsOf;
    this.#caller = caller;
  }

  /**
   * Puts a value into its slots: an argument of the function `label`, or a result of one that the host serves. The lists of
   * arguments do not stop in the kernel's memory; their bytes are read during the call.
   * Throws a `PortcullisError` that names the value.
   */
  put(call: Call, frame: number, plan: ValuePlan, value: unknown, label: string, what: 'argument' | 'result'): void {
    try {
      this.#put(call, frame, plan, value, what === 'argument');
    } catch (thrown) {
      const error = thrown instanceof Misfit ? new PortcullisError('bad-argument', thrown.message) : toError(thrown);
      if (!(error instanceof PortcullisError)) throw error;
      const place = what === 'argument' ? `argument ${plan.name} of ${label}` : `the result of ${label}`;
      const detail = error.code === 'wrong-class' && value instanceof Handle ? misplaced(plan, value) : error.message;
      throw new PortcullisError(error.code, `${place}: ${detail}`, { function: label });
    }
  }

  #put(call: Call, frame: number, plan: ValuePlan, value: unknown, direct: boolean): void {
    const slot = frame + plan.slot;
    switch (plan.kind) {
      case 'string': {
        if (typeof value !== 'string') misfit('string', value);
        const [address, length] = this.#frames.stageText(value);
        this.#pair(slot, address, length);
        return;
      }
      case 'list': {
        const { bytes, count } = listBytes(plan, value);
        if (direct) {
          if (bytes.length > 0) call.sources.push(bytes);
          this.#pair(slot, AT_HOST, count);
        } else {
          this.#pair(slot, this.#frames.stage(bytes), count);
        }
        return;
      }
      case 'borrow': {
        const cap = plan.className === MESSAGE_CLASS ? this.#message(call, value) : this.#capability(call, plan, value);
        const object = kernel.borrow(cap, plan.class);
        call.lent.push(cap);
        this.#frames.view.setUint32(slot, object, true);
        // What may be done with a lease crosses with the borrow of it.
        if (plan.className === LEASE_CLASS) this.#frames.view.setUint32(slot + 4, kernel.rights(cap), true);
        return;
      }
      case 'own':
        this.#move(call, slot, plan, value);
        return;
      case 'option':
        if (value === undefined || value === null) {
          this.#pair(slot, 0, 0);
        } else {
          this.#frames.view.setUint32(slot, 1, true);
          this.#move(call, slot + SLOT, plan, value);
        }
        return;
      default:
        writeScalar(this.#frames.view, slot, plan.kind, value);
    }
  }

  #pair(slot: number, first: number, second: number): void {
    const view = this.#frames.view;
    view.setUint32(slot, first, true);
    view.setUint32(slot + SLOT, second, true);
  }

  /** The host's capability for a value: that of a handle, or a new one on an object of the host's. */
  #capability(call: Call, plan: ValuePlan, value: unknown): number {
    if (value instanceof Handle) return value.cap;
    const className = plan.className ?? '';
    // A function is an object like any other: what it stands for is the business of its interface.
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) misfit(`a handle of class ${className}`, value);
    const methods = call.serving?.interface === interfaceOf(className) ? call.serving.methods : this.#methodsOf(className);
    if (methods === undefined) {
      misfit(`a handle of class ${className}, or an object of an interface that this application provides`, value);
    }
    const badge = this.#objects.add(value);
    try {
      const cap = kernel.mint(plan.class, badge, methods);
      call.minted.push(cap);
      return cap;
    } catch (thrown) {
      this.#objects.remove(badge);
      throw thrown;
    }
  }

  /** The host's capability for a message: that of a handle, or a new one for the call. */
  #message(call: Call, value: unknown): number {
    if (value instanceof Handle) return value.cap;
    if (typeof value !== 'object' || value === null) misfit('a message: an object with `data` and `capabilities`', value);
    const message = new SentMessage(value as OutgoingMessage);
    call.messages.push(message);
    return message.cap;
  }

  #move(call: Call, slot: number, plan: ValuePlan, value: unknown): void {
    const cap = this.#capability(call, plan, value);
    const transit = kernel.detach(cap, plan.class);
    const handle = value instanceof Handle ? value : undefined;
    if (handle === undefined) call.minted.pop();
    call.moving.push({ handle, cap, slot });
    this.#frames.view.setUint32(slot, transit, true);
  }

  /** Takes a value out of its slots. `drained` has the lists that went straight to the host, in order. */
  take(call: Call, frame: number, plan: ValuePlan, drained: Uint8Array<ArrayBuffer>[], from: number): unknown {
    const slot = frame + plan.slot;
    const view = this.#frames.view;
    const first = view.getUint32(slot, true);
    switch (plan.kind) {
      case 'string':
        return this.#frames.text(first, view.getUint32(slot + SLOT, true));
      case 'list': {
        const count = view.getUint32(slot + SLOT, true);
        const bytes = first === AT_HOST ? drained.shift() : undefined;
        return listValue(plan, bytes ?? this.#frames.copy(first, count * scalarTypes[plan.element ?? 'u8'].bytes));
      }
      case 'borrow': {
        const rights = plan.className === LEASE_CLASS ? view.getUint32(slot + 4, true) : 0;
        const cap = kernel.lend(first, from, rights);
        const handle =
          plan.className === MESSAGE_CLASS
            ? new Message(cap, this.#caller, (arrived) => this.arrived(arrived))
            : Handle.of(cap, plan.className ?? '', true, this.#caller);
        call.borrowed.push(handle);
        const badge = kernel.badge(cap);
        return badge === undefined ? handle : this.#objects.get(badge);
      }
      case 'own':
        return this.#arrive(slot, plan);
      case 'option':
        return first === 0 ? undefined : this.#arrive(slot + SLOT, plan);
      default:
        return readScalar(view, slot, plan.kind);
    }
  }

  #arrive(slot: number, plan: ValuePlan): unknown {
    const view = this.#frames.view;
    const cap = kernel.attach(view.getUint32(slot, true));
    // It has arrived: nobody may put it back.
    view.setUint32(slot, 0, true);
    return this.arrived(cap, plan.className);
  }

  /** What the application gets for a capability that is its own now: one of its objects, or a handle. */
  arrived(cap: number, className: string | undefined = kernel.className(cap)): unknown {
    const badge = kernel.badge(cap);
    if (badge === undefined) return Handle.of(cap, className ?? '', false, this.#caller);
    const object = this.#objects.get(badge);
    kernel.release(cap);
    return object;
  }

  /** A handle on an object of the application's. */
  handle(className: string, object: object): Handle {
    const number = kernel.classNumber(className);
    const methods = this.#methodsOf(className);
    if (number === undefined || methods === undefined) {
      throw new PortcullisError('bad-argument', `there is no class ${className} in the interfaces that this application provides`);
    }
    const badge = this.#objects.add(object);
    try {
      return Handle.of(kernel.mint(number, badge, methods), className, false, this.#caller);
    } catch (thrown) {
      this.#objects.remove(badge);
      throw toError(thrown);
    }
  }

  /** Gives up the capabilities among results that were not taken: they go back to whoever returned them, or are released. */
  decline(frame: number, plans: readonly ValuePlan[], where: 'back' | 'released'): void {
    for (const plan of plans) {
      if (!moves(plan)) continue;
      const slot = frame + plan.slot;
      const none = plan.kind === 'option' && this.#frames.view.getUint32(slot, true) === 0;
      const transit = none ? 0 : this.#frames.view.getUint32(plan.kind === 'option' ? slot + SLOT : slot, true);
      if (transit === 0) continue;
      if (where === 'back') kernel.restore(transit);
      else kernel.abandon(transit);
    }
  }

  /** The callee was entered, and the call is not over: what moved is not the application's any more. */
  entered(call: Call): void {
    for (const moved of call.moving.splice(0)) {
      if (this.#frames.view.getUint32(moved.slot, true) !== 0) call.moving.push(moved);
      else moved.handle?.forget();
    }
  }

  /** Ends what a call lent and borrowed; puts back what the callee did not take. */
  end(call: Call): void {
    for (const { handle, cap, slot } of call.moving) {
      const transit = this.#frames.view.getUint32(slot, true);
      if (transit === 0) {
        handle?.forget();
      } else {
        kernel.restore(transit);
        if (handle === undefined) kernel.release(cap);
      }
    }
    for (const cap of call.lent) kernel.unborrow(cap);
    for (const message of call.messages) message.end((cap) => this.arrived(cap));
    for (const cap of call.minted) kernel.release(cap);
    for (const handle of call.borrowed) {
      kernel.endBorrow(handle.cap);
      handle.forget();
    }
  }
}
