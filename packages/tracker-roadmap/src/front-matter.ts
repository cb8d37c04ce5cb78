import { LineCursor } from "./line-cursor.ts";
import type { SourceProblem } from "./source-problem.ts";
import { copyOf } from "./span.ts";

export interface FrontMatter {
  /** Offset of the body's first line. */
  readonly end: number;
  /** 0-based number of that line. */
  readonly rows: number;
  /** Value of `created`, as it is written. */
  readonly created: string | null;
  readonly problems: readonly SourceProblem[];
  /** False where it starts and does not end: then a later line could end it. */
  readonly isClosed: boolean;
}

const bodyMarks = /^(?:#{2,6}[ \t]|[-*+][ \t]+\*\*)/;
const topLevelLine = /^(?:[^\s:#][^:]*:(?:\s|$)|-(?:\s|$)|[\]}]|#|\s|$)/;
const createdLine = /^created[ \t]*:[ \t]*["']?([^"'#]*?)["']?[ \t]*(?:#.*)?$/;

/**
 * Reads past the front matter. Only `created` is used, so anything odd in there is a finding and never a reason to
 * refuse the file.
 */
export function readFrontMatter(text: string): FrontMatter {
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const problems: SourceProblem[] = [];
  let created: string | null = null;
  let row = 0;
  const cursor = new LineCursor(text, start);
  while (cursor.advance()) {
    const line = cursor.text;
    row += 1;
    if (row === 1) {
      if (line.trimEnd() !== "---")
        return { end: start, rows: 0, created, problems, isClosed: true };
    } else if (/^(?:---|\.\.\.)\s*$/.test(line)) {
      return { end: cursor.next, rows: row, created, problems, isClosed: true };
    } else if (bodyMarks.test(line)) {
      break;
    } else if (topLevelLine.test(line)) {
      const written = created === null ? createdLine.exec(line.slice(0, 200))?.[1] : undefined;
      if (written !== undefined) created = copyOf(written);
    } else {
      problems.push({
        line: row,
        message: `the front matter line ${JSON.stringify(line.slice(0, 60))} is not \`key: value\``,
        remedy: "Write it as `key: value`, or remove it.",
      });
    }
  }
  if (row === 0) return { end: start, rows: 0, created, problems, isClosed: true };
  const unclosed = {
    line: 1,
    message: "the front matter that starts here has no closing `---`",
    remedy: "Close it with a line `---`.",
  };
  return { end: start, rows: 0, created: null, problems: [unclosed], isClosed: false };
}
