import type { Readable } from "node:stream";
import { setImmediate as immediate, setTimeout as delay } from "node:timers/promises";

/** Gets each piece of output. While a returned promise is pending, nothing more is read: the program has to wait. */
export type OutputConsumer = (chunk: Buffer) => void | Promise<void>;

/** More than any pipe or socket buffers: what comes beyond is being written by somebody. */
const maxBufferedBytes = 4 * 1024 * 1024;

/** Reads one output of a process into its consumer, at the consumer's pace. */
export class OutputReader {
  /** Resolves when no more output will come; rejects with what the consumer threw. */
  readonly ended: Promise<void>;
  readonly #stream: Readable;
  readonly #consume: OutputConsumer;
  #bytes = 0;
  #waiting = false;

  constructor(stream: Readable, consume: OutputConsumer) {
    this.#stream = stream;
    this.#consume = consume;
    this.ended = new Promise((resolve, reject) => {
      let pumping = Promise.resolve();
      // Not "data" and pause: Node resumes the outputs of a process that ends, whoever has paused them.
      stream.on("readable", () => {
        if (this.#waiting) return;
        pumping = this.#pump();
        pumping.catch(() => stream.destroy());
      });
      stream.on("error", () => stream.destroy());
      stream.on("close", () => void pumping.then(resolve, reject));
    });
  }

  /** Whether the last who could write has closed it, or nothing more is wanted of it. */
  get isClosed(): boolean {
    return this.#stream.closed;
  }

  /**
   * To be called when no known process writes any more: reads what is still buffered, then closes. An unknown
   * process that holds the other end cannot delay this for longer than `quietMs` of silence.
   */
  async drain(quietMs: number): Promise<void> {
    const limit = this.#bytes + maxBufferedBytes;
    let seen = -1;
    const mayHaveMore = (): boolean => this.#bytes < limit && this.#bytes !== seen;
    while (this.#waiting || (!this.#stream.closed && mayHaveMore())) {
      seen = this.#bytes;
      await settled(this.ended, quietMs);
      // The timer alone may say only that this process was slow: input comes before the next immediate.
      await immediate();
    }
    this.#stream.destroy();
    await this.ended;
  }

  async #pump(): Promise<void> {
    for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) {
      this.#bytes += chunk.length;
      const pending = this.#consume(chunk);
      if (pending === undefined) continue;
      this.#waiting = true;
      try {
        await pending;
      } finally {
        this.#waiting = false;
      }
    }
  }

  #read(): Buffer | null {
    return this.#stream.read();
  }
}

/** Waits until the promise has settled, either way, for at most `limitMs`. */
export async function settled(promise: Promise<unknown>, limitMs: number): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([
      promise.then(
        () => undefined,
        () => undefined,
      ),
      delay(limitMs, undefined, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}
