// The JavaScript on the road of a call. Static, small, and the same for every plugin.

/** Throws when there is too little stack for a callee: a function of `translator/stack.rs`. */
let headroom;
/** Makes a half one that proves that first, for who calls it on a stack of its own. */
let proved;
/** Throws when there is too little stack to load a plugin. */
let loading;
/** Makes it. */
let makeLoading;
let loads = 0;
/** After so many uses it is made again: an engine that took it for something worth optimising would work at its frame for minutes. */
const MOST_LOADS = 16;

/**
 * Sets what proves the headroom of functions that are not called by way of a slot, a module that makes it part of a function, and one
 * that proves the room to load a plugin.
 */
export function prove(probe, wrapper, loadingModule) {
  headroom = probe;
  proved = (half) => new WebAssembly.Instance(wrapper, { __proto__: null, f: { __proto__: null, 0: half }, k: { __proto__: null, headroom } }).exports.proved;
  makeLoading = () => new WebAssembly.Instance(new WebAssembly.Module(loadingModule), bare()).exports.loading;
  loading = makeLoading();
}

/** Whether there is stack to load a plugin here. */
export function hasRoomToLoad() {
  try {
    loading(1);
  } catch {
    return false;
  }
  loads += 1;
  if (loads % MOST_LOADS === 0) {
    try {
      loading = makeLoading();
    } catch {
      // The one that there is proves as much.
    }
  }
  return true;
}

/** Ends the process whose export of that number was entered; gives the status. */
let trapped;

/**
 * Says whom containment tells.
 * @param {(process: number, index: number, error: unknown) => number} listener
 */
export function tell(listener) {
  trapped = listener;
}

/**
 * Containment: calls a callee half, and turns whatever comes flying out into a status. Who is to blame stands in the frame,
 * where the half wrote it; if nobody does, the stack ended before anybody was entered.
 *
 * All calls from plugin to plugin go through the one function `slot`, which always calls the one function `enter`: engines make
 * such a place fast, and slow one that has seen hundreds of functions. The status is left in the frame, so that nothing has to be
 * converted on the way back.
 * @param {WebAssembly.Memory} kernelMemory
 * @param {(frame: number, slot: number) => void} enter calls what a slot holds, with its headroom
 * @param {number} depth the status if nobody was entered
 */
export function containment(kernelMemory, enter, depth) {
  // What to do with an error stands in each of them: to call a function for the first time takes more stack than there may be.
  return {
    slot(frame, slot) {
      try {
        enter(frame, slot);
      } catch (error) {
        const entered = new Uint32Array(kernelMemory.buffer, frame + 8, 2);
        const status = entered[0] === 0 ? depth : trapped(entered[0], entered[1], error);
        // The memory may have grown meanwhile.
        new Uint32Array(kernelMemory.buffer, frame + 4, 1)[0] = status;
      }
    },
    /** For the host, which calls halves without a slot. */
    around: (half) => (frame) => {
      try {
        headroom(1);
        return half(frame);
      } catch (error) {
        const entered = new Uint32Array(kernelMemory.buffer, frame + 8, 2);
        return entered[0] === 0 ? depth : trapped(entered[0], entered[1], error);
      }
    },
  };
}

/** Whether a callee would have its headroom here. */
export function hasHeadroom() {
  try {
    headroom(1);
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls a function of a plugin outside of any frame: its start function, its initialisation, the address of its status word.
 * Gives `[true, what it returned]` or `[false, what it threw]`.
 */
export function attempt(action) {
  try {
    headroom(1);
    return [true, action()];
  } catch (error) {
    return [false, error];
  }
}

/** The clock in milliseconds. The one of the page as it was loaded: what replaces it later does not stop time. */
export const now = performance.now.bind(performance);

const canSuspend = typeof WebAssembly.Suspending === 'function' && typeof WebAssembly.promising === 'function';

/** Whether calls can be suspended in the middle: JSPI. */
export const suspends = () => canSuspend;

/** Resolves when the event loop has had its turn. Not a timer: browsers let those wait. */
export const nextTurn = () =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/** Gives a promise of the status of a call that waits for the web app. It must not throw, and the promise is not rejected. */
let waiter = () => Promise.resolve(0);

/**
 * Says who waits.
 * @param {(fiber: number, frame: number) => Promise<number>} listener
 */
export function setWaiter(listener) {
  waiter = listener;
}

const unchanged = () => {};

/** What suspends the plugin that calls it. The kernel only has it called where it can. */
export const suspending = canSuspend
  ? { turn: new WebAssembly.Suspending(nextTurn), wait: new WebAssembly.Suspending((fiber, frame) => waiter(fiber, frame)) }
  : { turn: unchanged, wait: unchanged };

/** Half of a gate → the same, by way of a promise. Some engines compile something to make one. */
const promising = new WeakMap();

/**
 * Calls a half of a gate with a frame, not contained, so that it can be suspended: a promise of the status. No frame of JavaScript
 * stands between half and engine.
 */
export function awaited(half, frame) {
  let entrance = promising.get(half);
  if (entrance === undefined) {
    entrance = WebAssembly.promising(proved(half));
    promising.set(half, entrance);
  }
  return entrance(frame);
}

/** An object without a prototype, so that no import name finds anything that was not granted. */
export function bare() {
  return Object.create(null);
}
