import type { LineSink } from "../terminal/line-sink.ts";
import { clipText } from "../terminal/text-width.ts";

const escape = "\u001B[";
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;
const eraseLine = `${escape}2K`;

export interface LiveLine {
  /** Without control bytes: its width is measured. */
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** The last lines of a terminal, drawn again and again, while other lines scroll by above them. */
export class LiveRegion {
  readonly #sink: LineSink;
  readonly #columns: () => number;
  #lines: readonly string[] = [];

  constructor(sink: LineSink, columns: () => number) {
    this.#sink = sink;
    this.#columns = columns;
  }

  /** Writes a line that stays. */
  above(line: string): void {
    const lines = this.#lines;
    this.#sink.raw(`${this.#erased()}${line}\n${block(lines)}`);
    this.#lines = lines;
  }

  draw(lines: readonly LiveLine[]): void {
    // A line as wide as the terminal may wrap on some of them, and then one too few would be erased.
    const width = Math.max(1, this.#columns() - 1);
    const clipped = lines.map(({ text, paint }) => paint(clipText(text, width)));
    this.#sink.raw(`${hideCursor}${this.#erased()}${block(clipped)}`);
    this.#lines = clipped;
  }

  /** Erases the region and gives the cursor back. */
  close(): void {
    this.#sink.raw(`${this.#erased()}${showCursor}`);
    this.#lines = [];
  }

  #erased(): string {
    return `\r${`${escape}1A${eraseLine}`.repeat(this.#lines.length)}`;
  }
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
