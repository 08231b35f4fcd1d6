// Messages: bytes and capabilities for a function that takes them, and an answer.

import * as kernel from './kernel.js';
import { PortcullisError, checked } from './errors.js';
import { Handle, MESSAGE_CLASS, type MethodCaller } from './handles.js';
import { needRoom } from './room.js';

/** Most capabilities that a message, or the answer to one, may have. */
const MOST_CAPABILITIES = 64;

/** What came back. */
export interface Answer {
  /** Its bytes: of {@link OutgoingMessage.reply} the filled part. */
  readonly data: Uint8Array;
  /** Its capabilities, which are the application's: handles, and objects of its own. */
  readonly capabilities: readonly unknown[];
}

/** A message for a plugin, as the argument of a function that takes one. */
export interface OutgoingMessage {
  /** Its bytes; none if not given. They are read when the plugin receives them. */
  readonly data?: Uint8Array;
  /** Its capabilities, which move when they are received; none if not given. Objects of the application's: {@link Kernel.handle}. */
  readonly capabilities?: readonly Handle[];
  /** Room for the bytes of an answer: an array, or how many; none if not given. */
  readonly reply?: Uint8Array | number;
  /** Room for capabilities in an answer, at most 64; none if not given. */
  readonly replyCapabilities?: number;
  /** What came back, when the call is over; nothing if nobody answered. */
  answer?: Answer | undefined;
}

/** Turns a capability that arrived into what the application uses. */
export type Arrival = (cap: number) => unknown;

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** The host's capabilities for handles. */
function capsOf(handles: unknown): Uint32Array {
  if (!Array.isArray(handles) || handles.some((handle) => !(handle instanceof Handle))) {
    throw new PortcullisError('bad-argument', 'the capabilities of a message are an array of handles; `kernel.handle` gives one for an object of yours');
  }
  return Uint32Array.from(handles as Handle[], (handle) => handle.cap);
}

/** Handles that have moved. */
function forgetAll(handles: readonly Handle[]): void {
  for (const handle of new Set(handles)) handle.forget();
}

/** A message of the application's, as long as the call that it is for runs. */
export class SentMessage {
  readonly #message: OutgoingMessage;
  /** As they were when it was sent: the application may change its message meanwhile. */
  readonly #sent: readonly Handle[];
  readonly #inner: kernel.HostMessage;
  readonly #reply: Uint8Array;

  constructor(message: OutgoingMessage) {
    const { data = new Uint8Array(), capabilities = [], reply = 0, replyCapabilities = 0 } = message;
    const room = isBytes(reply) || (Number.isInteger(reply) && reply >= 0);
    if (!isBytes(data) || !room) throw new PortcullisError('bad-argument', 'a message has `data` that is a Uint8Array, and `reply` that is one or a number of bytes');
    if (!Number.isInteger(replyCapabilities) || replyCapabilities < 0 || replyCapabilities > MOST_CAPABILITIES) {
      throw new PortcullisError('bad-argument', `\`replyCapabilities\` of a message is from 0 to ${MOST_CAPABILITIES}`);
    }
    this.#message = message;
    const caps = capsOf(capabilities);
    this.#sent = [...capabilities];
    this.#reply = isBytes(reply) ? reply : new Uint8Array(reply);
    this.#inner = checked(() => new kernel.HostMessage(data, caps, this.#reply, replyCapabilities));
    message.answer = undefined;
  }

  /** The host's `cap_t`. */
  get cap(): number {
    return this.#inner.cap;
  }

  /** The call is over: notes the answer. */
  end(arrive: Arrival): void {
    const { answered, received } = this.#inner;
    if (answered !== undefined) {
      const capabilities = Array.from(this.#inner.takeCapabilities(), arrive);
      this.#message.answer = { data: this.#reply.subarray(0, answered), capabilities };
    }
    this.#inner.close();
    if (received) forgetAll(this.#sent);
  }
}

/** Numbers of `msg_info`. */
const [SENT, WAITING, ROOM, PLACES, ANSWERED] = [0, 1, 2, 3, 6] as const;

/** A message that a plugin sent: the argument of a function of the application's. It is over when that returns. */
export class Message extends Handle {
  readonly #arrive: Arrival;
  #data: Uint8Array | undefined;
  #capabilities: readonly unknown[] | undefined;

  /** @internal Messages come with calls. */
  constructor(cap: number, caller: MethodCaller, arrive: Arrival) {
    super(cap, MESSAGE_CLASS, true, caller);
    this.#arrive = arrive;
  }

  #info(what: number): number {
    needRoom();
    return checked(() => kernel.messageInfo(this.cap, what)) >>> 0;
  }

  /** A copy of its bytes. */
  get data(): Uint8Array {
    if (this.#data === undefined) {
      const data = new Uint8Array(this.#info(SENT));
      checked(() => kernel.messageReceive(this.cap, data, 0));
      this.#data = data;
    }
    return this.#data;
  }

  /** Its capabilities: handles, and objects of the application's own. Once they were looked at, they are the application's. */
  get capabilities(): readonly unknown[] {
    if (this.#capabilities === undefined) {
      const count = this.#info(WAITING);
      const caps = count === 0 ? [] : checked(() => kernel.messageReceive(this.cap, new Uint8Array(), count));
      this.#capabilities = Array.from(caps, this.#arrive);
    }
    return this.#capabilities;
  }

  /** Most bytes that an answer may have. */
  get room(): number {
    return this.#info(ROOM);
  }

  /** Most capabilities that an answer may have. */
  get places(): number {
    return this.#info(PLACES);
  }

  /** Whether it was answered. */
  get answered(): boolean {
    return this.#info(ANSWERED) !== 0;
  }

  /**
   * Answers it, once. The handles are the plugin's afterwards. When it throws, nothing has moved: `too-long` for more than there is
   * room for, `denied` if it was answered before.
   */
  reply(data: Uint8Array = new Uint8Array(), capabilities: readonly Handle[] = []): void {
    if (!isBytes(data)) throw new PortcullisError('bad-argument', 'the bytes of an answer are a Uint8Array');
    const caps = capsOf(capabilities);
    needRoom();
    checked(() => kernel.messageReply(this.cap, data, caps));
    forgetAll(capabilities);
  }
}
