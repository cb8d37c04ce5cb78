/** What a single line of Markdown says by itself, without its surroundings. Columns are 0-based offsets into the line. */

export interface Heading {
  readonly level: number;
  readonly title: string;
}

export interface FieldStart {
  readonly keyColumn: number;
  readonly keyLength: number;
  /** Where the value starts. */
  readonly valueColumn: number;
}

export interface FenceStart {
  readonly mark: "`" | "~";
  readonly length: number;
}

const headingPattern = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const fieldPattern = /^( ?[-*+][ \t]+\*\*)([^*]+)\*\*[ \t]*(:?)[ \t]*/;
const fencePattern = /^[ \t]*(`{3,}(?=[^`]*$)|~{3,})/;
const blockPattern = /^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}(?:[ \t]|$)|>|\|)/;

export function readHeading(line: string): Heading | null {
  const match = headingPattern.exec(line);
  if (match === null) return null;
  const title = withoutClosingMarks(withoutTrailingComment(match[2] ?? ""));
  return { level: (match[1] ?? "").length, title };
}

function withoutClosingMarks(title: string): string {
  let end = title.length;
  while (title.charAt(end - 1) === "#") end -= 1;
  const isClosed = end === 0 || title.slice(0, end).trimEnd().length < end;
  return isClosed ? title.slice(0, end).trimEnd() : title;
}

export function readFieldStart(line: string): FieldStart | null {
  const match = fieldPattern.exec(line);
  if (match === null) return null;
  const [whole, before = "", name = "", colonBehind] = match;
  const hasColonInside = name.endsWith(":");
  if (hasColonInside === (colonBehind === ":")) return null;
  const keyLength = hasColonInside ? name.length - 1 : name.length;
  return { keyColumn: before.length, keyLength, valueColumn: whole.length };
}

export function readFenceStart(line: string): FenceStart | null {
  const marks = fencePattern.exec(line)?.[1];
  if (marks === undefined) return null;
  return { mark: marks.startsWith("`") ? "`" : "~", length: marks.length };
}

export function closesFence(line: string, fence: FenceStart): boolean {
  const marks = line.trim();
  return marks.length >= fence.length && marks === fence.mark.repeat(marks.length);
}

/** Whether an indented line starts a block of its own (list, quote, table, heading) instead of going on with a paragraph. */
export function startsBlock(line: string): boolean {
  return blockPattern.test(line);
}

/** The line without white space at its end and without an HTML comment that stands there. */
export function withoutTrailingComment(line: string): string {
  const trimmed = line.trimEnd();
  if (!trimmed.endsWith("-->")) return trimmed;
  const start = trimmed.lastIndexOf("<!--");
  return start < 0 ? trimmed : trimmed.slice(0, start).trimEnd();
}
