import { stripVTControlCharacters } from "node:util";

// Marks of direction and width can make a title read as something that it is not.
const invisible = /[\p{Cc}\p{Cs}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** Text from outside that has lines and indents of its own, line by line and made safe for a terminal. */
export function plainLines(text: string): readonly string[] {
  return stripVTControlCharacters(text)
    .split(lineBreak)
    .map((line) => line.replaceAll("\t", "    ").replace(invisible, ""));
}

/** Text from outside (titles, messages, names), made safe for a terminal: one line, no control bytes. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(lineBreaks, " ").replace(invisible, "").trim();
}
