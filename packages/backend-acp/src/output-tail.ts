/** The last bytes of an output, cut where a character begins. */
export class OutputTail {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isTruncated = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** UTF-8; bytes that are not become U+FFFD. */
  get text(): string {
    const all = this.#join();
    if (!this.#isTruncated) return all.toString("utf8");
    const start = all.findIndex((byte) => (byte & 0xc0) !== 0x80);
    return start === -1 ? "" : all.toString("utf8", start);
  }

  push(chunk: Buffer): void {
    this.#pieces.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    // Not at each chunk: that would copy all of it each time.
    if (this.#bytes > 2 * this.#maxBytes) this.#pieces = [this.#join()];
  }

  #join(): Buffer {
    const all = Buffer.concat(this.#pieces);
    if (all.length <= this.#maxBytes) return all;
    this.#isTruncated = true;
    this.#bytes = this.#maxBytes;
    const kept = Buffer.from(all.subarray(all.length - this.#maxBytes));
    this.#pieces = [kept];
    return kept;
  }
}
