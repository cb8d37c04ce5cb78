import { stripVTControlCharacters } from "node:util";

// Marks of direction and width can make a title read as something that it is not.
const invisible = /[\p{Cc}\p{Cs}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Text from outside (titles, messages, names), made safe for a terminal: one line, no control bytes. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(lineBreaks, " ").replace(invisible, "").trim();
}
