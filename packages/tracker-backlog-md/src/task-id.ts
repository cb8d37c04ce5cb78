const wellFormed = /^([a-z]+)-(\S+)$/i;

/** The id as Backlog.md compares it: prefix in upper case, numbers without leading zeros. `null` where it is none. */
export function canonicalId(text: string, prefix: string): string | null {
  const trimmed = text.trim();
  const whole = /^\d/.test(trimmed) ? `${prefix}-${trimmed}` : trimmed;
  const [, letters, rest] = wellFormed.exec(whole) ?? [];
  if (letters === undefined || rest === undefined) return null;
  const numbers = /^\d+(?:\.\d+)*$/.test(rest) ? rest.replaceAll(/(^|\.)0+(?=\d)/g, "$1") : rest;
  return `${letters}-${numbers}`.toUpperCase();
}

/** The id that a file's name says: `task-1.2 - Title.md`. `null` where Backlog.md takes it for no task. */
export function idOfFile(name: string, prefix: string): string | null {
  if (!name.toLowerCase().startsWith(`${prefix.toLowerCase()}-`) || !name.endsWith(".md")) {
    return null;
  }
  const [head = ""] = name.slice(0, -".md".length).split(" ", 1);
  return canonicalId(head, prefix);
}

/** By number, as people count: TASK-2 before TASK-10, TASK-1.2 before TASK-2. */
export function compareIds(one: string, other: string): number {
  return collator.compare(one, other);
}

const collator = new Intl.Collator("en", { numeric: true });
