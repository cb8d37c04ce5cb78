/** Where one line of a text stands, and how it starts. Offsets are UTF-16 code units. */
export interface TextLine {
  readonly start: number;
  /** Offset of its line break, or of the end of the text. */
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
  /** Columns of white space at its start, a tab counted as four. */
  readonly indent: number;
  /** Offset of the first character that is no space or tab; `end` on a blank line. */
  readonly content: number;
}

const tab = 9;
const carriageReturn = 13;
const space = 32;

export function lineAt(text: string, start: number): TextLine {
  const newline = text.indexOf("\n", start);
  const next = newline < 0 ? text.length : newline + 1;
  let end = newline < 0 ? next : newline;
  if (end > start && text.charCodeAt(end - 1) === carriageReturn) end -= 1;
  let indent = 0;
  let content = start;
  for (; content < end; content += 1) {
    const code = text.charCodeAt(content);
    if (code === space) indent += 1;
    else if (code === tab) indent += 4;
    else break;
  }
  return { start, end, next, indent, content };
}

/** The lines from `start` on. */
export function* linesFrom(text: string, start: number): Generator<TextLine> {
  for (let at = start; at < text.length;) {
    const line = lineAt(text, at);
    yield line;
    at = line.next;
  }
}
