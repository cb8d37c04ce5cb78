/** A node of a document that somebody else wrote: whatever it lacks is empty. */
export interface ReadNode {
  readonly type: string;
  readonly text: string;
  readonly content: readonly unknown[];
  readonly marks: readonly unknown[];
  readonly attribute: (name: string) => string;
}

/** Deeper ones are left out: editors allow a few levels, and no document may cost the stack. */
export const deepest = 100;

export function readNode(value: unknown): ReadNode {
  const attributes = field(value, "attrs");
  return {
    type: wordOf(field(value, "type")),
    text: wordOf(field(value, "text")),
    content: listOf(field(value, "content")),
    marks: listOf(field(value, "marks")),
    attribute: (name) => wordOf(field(attributes, name)),
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}
