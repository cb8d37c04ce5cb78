/** A range of a text in UTF-16 code units: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function textOf(text: string, span: Span): string {
  return text.slice(span.start, span.end);
}

/** The text with that range replaced: every other byte stays. */
export function replaceSpan(text: string, span: Span, replacement: string): string {
  return text.slice(0, span.start) + replacement + text.slice(span.end);
}

/** The same characters, sharing nothing: a slice would keep the whole text alive for as long as somebody keeps the slice. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
