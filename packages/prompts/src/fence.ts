/** Wraps text in a code fence that is longer than any run of backticks in it: the text cannot end its own fence. */
export function fence(text: string): string {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const marks = "`".repeat(Math.max(3, longest + 1));
  return `${marks}\n${text}${text.endsWith("\n") ? "" : "\n"}${marks}`;
}
