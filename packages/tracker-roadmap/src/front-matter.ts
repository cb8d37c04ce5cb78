import type { SourceProblem } from "./source-problem.ts";

export interface FrontMatter {
  /** 0-based index of the first line of the body. */
  readonly bodyLine: number;
  /** Value of `created`, as it is written. */
  readonly created: string | null;
  readonly problems: readonly SourceProblem[];
}

const bodyMarks = /^(?:#{2,6}[ \t]|[-*+][ \t]+\*\*)/;
const topLevelLine = /^(?:[^\s:#][^:]*:(?:\s|$)|-(?:\s|$)|[\]}]|#|\s|$)/;
const createdLine = /^created[ \t]*:[ \t]*["']?([^"'#]*?)["']?[ \t]*(?:#.*)?$/;

/**
 * Reads past the front matter. Only `created` is used, so anything odd in there is a finding and never a reason to
 * refuse the file.
 */
export function readFrontMatter(lines: Iterable<string>): FrontMatter {
  const problems: SourceProblem[] = [];
  let created: string | null = null;
  let index = 0;
  for (const line of lines) {
    if (index === 0) {
      if (line.trimEnd() !== "---") break;
    } else if (/^(?:---|\.\.\.)\s*$/.test(line)) {
      return { bodyLine: index + 1, created, problems };
    } else if (bodyMarks.test(line)) {
      break;
    } else if (!topLevelLine.test(line)) {
      problems.push({
        line: index + 1,
        message: `the front matter line ${JSON.stringify(line.slice(0, 60))} is not \`key: value\``,
        remedy: "Write it as `key: value`, or remove it.",
      });
    } else {
      created ??= createdLine.exec(line)?.[1] ?? null;
    }
    index += 1;
  }
  if (index === 0) return { bodyLine: 0, created: null, problems: [] };
  return {
    bodyLine: 1,
    created: null,
    problems: [
      {
        line: 1,
        message: "the front matter that starts here has no closing `---`",
        remedy: "Close it with a line `---`.",
      },
    ],
  };
}
