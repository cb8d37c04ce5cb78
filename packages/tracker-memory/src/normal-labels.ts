/** Trimmed, lower-cased, unique, no blanks. */
export function normalLabels(labels: readonly string[]): readonly string[] {
  const trimmed = labels.map((label) => label.trim().toLowerCase());
  return [...new Set(trimmed)].filter((label) => label !== "");
}
