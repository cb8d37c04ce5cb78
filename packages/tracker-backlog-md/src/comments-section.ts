/** Where the comments of a task stand in its body, as offsets. */
export interface CommentsSection {
  /** Of the heading. */
  readonly start: number;
  /** Of what stands between the markers. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /** Behind the closing marker. */
  readonly end: number;
}

const otherSections = /<!-- SECTION:([A-Z_]+):BEGIN -->[\s\S]*?<!-- SECTION:\1:END -->/g;
const section =
  /^## Comments[ \t]*\r?\n\s*<!-- COMMENTS:BEGIN -->[ \t]*\r?\n([\s\S]*?)<!-- COMMENTS:END -->/im;

/** `null` where nobody has commented yet. What looks like it within another section is that section's text. */
export function findComments(body: string): CommentsSection | null {
  const masked = body.replaceAll(otherSections, (text) => " ".repeat(text.length));
  const found = section.exec(masked);
  if (found === null) return null;
  const end = found.index + found[0].length;
  const innerEnd = end - "<!-- COMMENTS:END -->".length;
  return { start: found.index, innerStart: innerEnd - (found[1] ?? "").length, innerEnd, end };
}
