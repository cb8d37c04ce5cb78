import { copyOf } from "./span.ts";

/** One copy serves that many characters: much cheaper than one for each feature, and still small. */
const chunkLength = 4096;

/**
 * Copies parts of a text, in order. A mere slice would keep the whole text alive for as long as somebody keeps the slice;
 * what comes from here keeps a few kilobytes.
 */
export class SourceCopies {
  readonly #text: string;
  readonly #ahead: number;
  #start = 0;
  #chunk = "";

  /** @param isWhole whether all of the text is going to be copied, and not a few parts here and there. */
  constructor(text: string, isWhole: boolean) {
    this.#text = text;
    this.#ahead = isWhole ? chunkLength : 0;
  }

  copyOf(start: number, end: number): string {
    if (start < this.#start || end > this.#start + this.#chunk.length) {
      this.#start = start;
      this.#chunk = copyOf(this.#text.slice(start, Math.max(end, start + this.#ahead)));
    }
    return this.#chunk.slice(start - this.#start, end - this.#start);
  }
}
