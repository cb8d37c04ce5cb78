/** What a single line of Markdown says by itself, without its surroundings. Offsets are those of the text around it. */

export interface Heading {
  readonly level: number;
  readonly title: string;
}

export interface FieldStart {
  keyStart: number;
  keyEnd: number;
  /** Where the value starts. */
  start: number;
}

export interface FenceStart {
  readonly mark: "`" | "~";
  readonly length: number;
}

const tab = 9;
const space = 32;
const hash = 35;
const star = 42;
const plus = 43;
const minus = 45;
const colon = 58;
const more = 62;
const tilde = 126;

/** `.` of a pattern ends at these. */
const lineBreak = /[\r\u2028\u2029]/;
const fencePattern = /^[ \t]*(`{3,}(?=[^`]*$)|~{3,})/;
const blockPattern = /^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}(?:[ \t]|$)|>|\|)/;

/** The heading whose first mark stands at `marks`, indented by three columns at most; it reaches to `end`. */
export function readHeading(text: string, marks: number, end: number): Heading | null {
  let at = marks;
  while (at < end && text.charCodeAt(at) === hash) at += 1;
  const level = at - marks;
  if (level > 6 || (at < end && !isGap(text.charCodeAt(at)))) return null;
  const title = text.slice(skipGaps(text, at, end), end);
  if (lineBreak.test(title)) return null;
  const last = title.charCodeAt(title.length - 1);
  const isPlain = last > space && last < tilde && last !== hash && last !== more;
  return {
    level,
    title: isPlain ? title : withoutClosingMarks(withoutTrailingComment(title)),
  };
}

function withoutClosingMarks(title: string): string {
  let end = title.length;
  while (title.charAt(end - 1) === "#") end -= 1;
  const isClosed = end === 0 || title.slice(0, end).trimEnd().length < end;
  return isClosed ? title.slice(0, end).trimEnd() : title;
}

/** Whether that is `- **Key:** value` or `- **Key**: value`, at most one column in; says where in `found`. */
export function readFieldStart(
  text: string,
  start: number,
  end: number,
  found: FieldStart,
): boolean {
  let at = text.charCodeAt(start) === space ? start + 1 : start;
  const bullet = text.charCodeAt(at);
  if (bullet !== minus && bullet !== star && bullet !== plus) return false;
  const marks = skipGaps(text, at + 1, end);
  if (marks === at + 1 || !isBold(text, marks, end)) return false;
  const keyStart = marks + 2;
  at = keyStart;
  while (at < end && text.charCodeAt(at) !== star) at += 1;
  if (at === keyStart || !isBold(text, at, end)) return false;
  const isColonInside = text.charCodeAt(at - 1) === colon;
  const behind = skipGaps(text, at + 2, end);
  const isColonBehind = behind < end && text.charCodeAt(behind) === colon;
  if (isColonInside === isColonBehind) return false;
  found.keyStart = keyStart;
  found.keyEnd = isColonInside ? at - 1 : at;
  found.start = isColonBehind ? skipGaps(text, behind + 1, end) : behind;
  return true;
}

function isBold(text: string, at: number, end: number): boolean {
  return at + 1 < end && text.charCodeAt(at) === star && text.charCodeAt(at + 1) === star;
}

function isGap(code: number): boolean {
  return code === space || code === tab;
}

function skipGaps(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isGap(text.charCodeAt(at))) at += 1;
  return at;
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

/** Where what stands from `start` on ends, without white space at the line's end and without an HTML comment that stands there. */
export function endOfValue(text: string, start: number, end: number): number {
  const last = end > start ? text.charCodeAt(end - 1) : space;
  if (last > space && last < tilde && last !== more) return end;
  return start + withoutTrailingComment(text.slice(start, end)).length;
}

function withoutTrailingComment(line: string): string {
  const trimmed = line.trimEnd();
  if (!trimmed.endsWith("-->")) return trimmed;
  const start = trimmed.lastIndexOf("<!--");
  return start < 0 ? trimmed : trimmed.slice(0, start).trimEnd();
}
