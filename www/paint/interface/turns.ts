// Giving the event loop its turn between pieces of work, so that the page answers while filters run.

/** How long work may go on before others get a turn, in milliseconds: about half a frame. */
const slice = 8;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Resolves after the events that are due had their turn. Timers would wait 4 ms or more; a message does not. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

/** Counts the time of a piece of work and says when it should pause. */
export class Slice {
  #end = performance.now() + slice;

  /** Lets others have their turn if this work had its slice. */
  async pause(): Promise<void> {
    if (performance.now() < this.#end) return;
    await turn();
    this.#end = performance.now() + slice;
  }
}
