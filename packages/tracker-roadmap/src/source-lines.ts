/** A text by lines, with the offsets that spans are made of. A byte order mark belongs to no line. Indexes are 0-based. */
export class SourceLines implements Iterable<string> {
  readonly text: string;
  readonly #starts: number[] = [];

  constructor(text: string) {
    this.text = text;
    for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length;) {
      this.#starts.push(at);
      const newline = text.indexOf("\n", at);
      at = newline < 0 ? text.length : newline + 1;
    }
  }

  get count(): number {
    return this.#starts.length;
  }

  start(index: number): number {
    return this.#starts[index] ?? this.text.length;
  }

  /** Offset of the line break that ends the line, or of the end of the text. */
  end(index: number): number {
    let end = this.start(index + 1);
    if (this.text.charCodeAt(end - 1) === 10) end -= 1;
    if (this.text.charCodeAt(end - 1) === 13) end -= 1;
    return Math.max(end, this.start(index));
  }

  /** Without its line break. */
  at(index: number): string {
    return this.text.slice(this.start(index), this.end(index));
  }

  *[Symbol.iterator](): Generator<string> {
    for (let index = 0; index < this.count; index += 1) yield this.at(index);
  }
}
