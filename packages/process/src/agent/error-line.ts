/** What runtimes print around an error: stack frames, marks below a source line, closing brackets, Node.js's version. */
const around = /^(?:at\s.*|\^+|[{}[\]]+|Node\.js v\d.*)$/;
const error = /(?:^|\s)(?:[\w.]*(?:Error|Exception)(?: \[\w+\])?|error|fatal|panic):/i;

/**
 * The line of these that says best what went wrong: the last one that looks like an error, or else the last with text.
 * `null` where there is none.
 */
export function errorLine(lines: readonly string[]): string | null {
  const telling = lines.map((line) => line.trim()).filter((line) => line !== "");
  const outer = telling.filter((line) => !around.test(line));
  return outer.findLast((line) => error.test(line)) ?? outer.at(-1) ?? telling.at(-1) ?? null;
}
