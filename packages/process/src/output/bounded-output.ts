/** Keeps the beginning and the end of a stream of any length in a fixed amount of memory. */
export class BoundedOutput {
  readonly #limit: number;
  readonly #headLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer | null = null;
  #tailBytes = 0;

  /** @param limit bytes kept in all: one half from the beginning, one from the end. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#headLimit = Math.ceil(limit / 2);
  }

  get droppedBytes(): number {
    return Math.max(0, this.#tailBytes - (this.#limit - this.#headLimit));
  }

  push(chunk: Buffer): void {
    const room = this.#headLimit - this.#headBytes;
    if (room > 0) {
      const kept = Buffer.from(chunk.subarray(0, room));
      this.#head.push(kept);
      this.#headBytes += kept.length;
    }
    if (chunk.length > room) this.#pushTail(chunk.subarray(Math.max(0, room)));
  }

  /** What was kept; a line between the halves says how much is missing. */
  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = this.#orderedTail();
    if (this.droppedBytes === 0) return Buffer.concat([head, tail]).toString("utf8");
    return `${head.toString("utf8")}\n[${this.droppedBytes} bytes left out]\n${tail.toString("utf8")}`;
  }

  /** A ring: many tiny chunks cost no more memory than one large one. */
  #pushTail(chunk: Buffer): void {
    const size = this.#limit - this.#headLimit;
    this.#tail ??= Buffer.alloc(size);
    const last = chunk.length > size ? chunk.subarray(chunk.length - size) : chunk;
    const start = size === 0 ? 0 : (this.#tailBytes + chunk.length - last.length) % size;
    const copied = last.copy(this.#tail, start);
    last.copy(this.#tail, 0, copied);
    this.#tailBytes += chunk.length;
  }

  #orderedTail(): Buffer {
    const tail = this.#tail ?? Buffer.alloc(0);
    if (this.#tailBytes <= tail.length) return tail.subarray(0, this.#tailBytes);
    const start = this.#tailBytes % tail.length;
    return Buffer.concat([tail.subarray(start), tail.subarray(0, start)]);
  }
}
