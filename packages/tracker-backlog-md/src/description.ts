import { findComments } from "./comments-section.ts";

const markers = /^[ \t]*<!-- (?:SECTION:[A-Z_]+|AC|DOD):(?:BEGIN|END) -->[ \t]*\r?\n?/gm;

/** Everything below the front matter but the comments and the program's markers; `null` where there is nothing. */
export function descriptionIn(body: string): string | null {
  const comments = findComments(body);
  const rest = comments === null ? body : body.slice(0, comments.start) + body.slice(comments.end);
  const text = rest
    .replaceAll(markers, "")
    .replaceAll("\r\n", "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
  return text === "" ? null : text;
}
