/** How state names compare: trimmed, lower-cased. */
export function normalizeState(name: string): string {
  return name.trim().toLowerCase();
}
