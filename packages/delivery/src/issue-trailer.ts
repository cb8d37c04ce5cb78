const trailerKey = "Signalbox-Issue";

const maxSubjectPart = 200;

/** Not on one line, not visible, or cut off by git; and `%`, so that it can be undone. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}%\uFFFD]|^ | $/gu;

/** The identifier as a trailer's value. It can be undone, so no two identifiers share one. */
export function encodeTrailer(identifier: string): string {
  return identifier.toWellFormed().replaceAll(unprintable, encodeURIComponent);
}

/** `null` for a value that is not a trailer of ours. */
export function decodeTrailer(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

export function issueTrailer(identifier: string): string {
  return `${trailerKey}: ${encodeTrailer(identifier)}`;
}

/** A title stands on the first line alone, so it can't pass for a trailer. */
export function mergeMessage(identifier: string, title: string): string {
  const what = [identifier, title].map(subjectPart).filter((part) => part !== "");
  return `Merge ${what.join(": ")}\n\n${issueTrailer(identifier)}\n`;
}

/** For `git log --format`: the values of the trailer, with a byte 1 between them. */
export const trailerFormat: string = `%(trailers:key=${trailerKey},valueonly,unfold,separator=%x01)`;

/** What `trailerFormat` printed. */
export function trailerValues(printed: string): readonly string[] {
  return printed
    .split("\u0001")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** On one line; cut between characters. */
function subjectPart(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
  return line
    .slice(0, maxSubjectPart)
    .toWellFormed()
    .replace(/\uFFFD$/, "")
    .trim();
}
