import type { Writable } from "node:stream";

const maxBufferedBytes = 1024 * 1024;

/**
 * Lines to stdout or stderr that can neither stop nor slow down the caller. A reader that went away (`| head`) is
 * forgotten; while one that stands still leaves more than 1 MiB unread, lines are dropped, and how many is said as
 * soon as it reads again.
 */
export class LineSink {
  readonly #stream: Writable;
  #broken = false;
  #dropped = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => {
      this.#broken = true;
    });
    stream.on("drain", () => {
      if (this.#dropped === 0) return;
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#write(`… ${dropped} lines were dropped: nobody read them in time\n`);
    });
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  /** Text as it is, for a terminal. */
  raw(text: string): void {
    this.#write(text);
  }

  /** Whether whoever read it went away. */
  get isClosed(): boolean {
    return this.#broken || this.#stream.destroyed;
  }

  /** Resolves when the reader has caught up, or is gone: for those who would rather wait than lose lines. */
  async ready(): Promise<void> {
    if (this.isClosed || !this.#stream.writableNeedDrain) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const events = ["drain", "error", "close"];
    for (const event of events) this.#stream.once(event, resolve);
    await promise;
    for (const event of events) this.#stream.off(event, resolve);
  }

  /** Resolves when all is handed to the system, or cannot be, at most after `limitMs`. */
  async flushed(limitMs: number): Promise<void> {
    if (this.#broken || this.#stream.writableLength === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    for (const event of ["drain", "error", "close"]) this.#stream.once(event, resolve);
    await promise;
    clearTimeout(timer);
  }

  /**
   * Resolves when all that was written so far is taken, however long that takes; `false`: nobody reads any more. For
   * output that may not be cut.
   */
  async taken(): Promise<boolean> {
    if (this.#broken || this.#stream.destroyed) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#stream.write("", (error) => resolve(error === null || error === undefined));
    return promise;
  }

  #write(text: string): void {
    if (this.isClosed) return;
    if (this.#stream.writableLength > maxBufferedBytes) this.#dropped += 1;
    else this.#stream.write(text);
  }
}
