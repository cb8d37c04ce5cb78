import type { Readable } from "node:stream";

/** Lines of a stream, one at a time, each at most `maxBytes` long. */
export class LineReader {
  readonly #lines: string[] = [];
  #rest: Buffer[] = [];
  #restBytes = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  /** Takes the stream over: nobody else may read it. What breaks it counts as its end. */
  constructor(stream: Readable, maxBytes: number) {
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    stream.on("data", (chunk: Buffer) => {
      this.#take(chunk);
      if (this.#restBytes > maxBytes) stream.destroy();
    });
    for (const event of ["end", "close", "error"]) stream.on(event, end);
  }

  /** The next line without its break; `null` at the end, or where none comes within `limitMs` (`null`: no limit). */
  async next(limitMs: number | null): Promise<string | null> {
    const deadline = limitMs === null ? Infinity : performance.now() + limitMs;
    while (this.#lines.length === 0 && !this.#ended) {
      const left = deadline - performance.now();
      if (left <= 0) return null;
      await this.#something(left);
    }
    return this.#lines.shift() ?? null;
  }

  async #something(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = Number.isFinite(limitMs) ? setTimeout(resolve, limitMs) : undefined;
    await promise;
    clearTimeout(timer);
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#rest.push(chunk.subarray(from, at));
      this.#lines.push(Buffer.concat(this.#rest).toString("utf8"));
      this.#rest = [];
      this.#restBytes = 0;
      from = at + 1;
    }
    this.#rest.push(chunk.subarray(from));
    this.#restBytes += chunk.length - from;
    if (this.#lines.length > 0) this.#wake();
  }
}
