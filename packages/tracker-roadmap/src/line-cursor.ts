const tab = 9;
const carriageReturn = 13;
const space = 32;

/** One line of a text at a time: where it stands, and how it starts. Offsets are UTF-16 code units. */
export class LineCursor {
  start = 0;
  /** Offset of its line break, or of the end of the text. */
  end = 0;
  /** Where the next line starts. */
  next: number;
  /** 0-based. */
  row: number;
  /** Columns of white space at its start, a tab counted as four. */
  indent = 0;
  /** Offset of the first character that is no space or tab; `end` on a blank line. */
  content = 0;
  readonly #text: string;

  /** Stands before the line that starts at `next` and is number `row`. */
  constructor(text: string, next = 0, row = 0) {
    this.#text = text;
    this.next = next;
    this.row = row - 1;
  }

  /** Goes to the next line; false at the end of the text. */
  advance(): boolean {
    const start = this.next;
    const text = this.#text;
    if (start >= text.length) return false;
    const newline = text.indexOf("\n", start);
    this.start = start;
    this.next = newline < 0 ? text.length : newline + 1;
    this.row += 1;
    let end = newline < 0 ? text.length : newline;
    if (end > start && text.charCodeAt(end - 1) === carriageReturn) end -= 1;
    let indent = 0;
    let content = start;
    for (; content < end; content += 1) {
      const code = text.charCodeAt(content);
      if (code === space) indent += 1;
      else if (code === tab) indent += 4;
      else break;
    }
    this.end = end;
    this.indent = indent;
    this.content = content;
    return true;
  }

  /** Stands before the line that `other`, a cursor over the same text, is at. */
  continueAt(other: LineCursor): void {
    this.next = other.start;
    this.row = other.row - 1;
  }

  get isBlank(): boolean {
    return this.content === this.end;
  }

  /** The line without its line break. */
  get text(): string {
    return this.#text.slice(this.start, this.end);
  }
}
