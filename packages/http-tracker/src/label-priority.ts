const label = /^(?:priority\s*:{0,2}[/-]?\s*)?p?([0-4])$/i;
const words: ReadonlyMap<string, number> = new Map([
  ["urgent", 1],
  ["critical", 1],
  ["high", 2],
  ["medium", 3],
  ["normal", 3],
  ["low", 4],
]);

/** `P1` to `P4`, `priority:1`, `priority::1`, `priority: high`, `urgent`; 0 is 1 as well. `null` where it names no priority. */
export function readPriority(text: string): number | null {
  const trimmed = text.trim();
  const digit = label.exec(trimmed)?.[1];
  if (digit !== undefined && /[a-z]/i.test(trimmed)) return Math.max(Number(digit), 1);
  const word = trimmed.replace(/^priority\s*(?::{1,2}|[/-])\s*/i, "").toLowerCase();
  return words.get(word) ?? null;
}

/** The most urgent priority that these labels name. */
export function priorityOf(labels: readonly string[]): number | null {
  const found = labels.flatMap((name) => readPriority(name) ?? []);
  return found.length === 0 ? null : Math.min(...found);
}
