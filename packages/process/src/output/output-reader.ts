import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

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
      stream.on("close", resolve);
      stream.on("error", () => stream.destroy());
      stream.on("data", (chunk: Buffer) => {
        this.#deliver(chunk).catch((error: unknown) => {
          reject(error);
          stream.destroy();
        });
      });
    });
  }

  /**
   * To be called when no known process writes any more: reads what is still buffered, then closes. An unknown
   * process that holds the other end cannot delay this for longer than `quietMs` of silence.
   */
  async drain(quietMs: number): Promise<void> {
    const limit = this.#bytes + maxBufferedBytes;
    let seen = -1;
    while (!this.#stream.closed && this.#bytes < limit && (this.#waiting || seen !== this.#bytes)) {
      seen = this.#bytes;
      await settled(this.ended, quietMs);
    }
    this.#stream.destroy();
    await this.ended;
  }

  async #deliver(chunk: Buffer): Promise<void> {
    this.#bytes += chunk.length;
    const pending = this.#consume(chunk);
    if (pending === undefined) return;
    this.#waiting = true;
    this.#stream.pause();
    await pending;
    this.#waiting = false;
    this.#stream.resume();
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
