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
  const fields = fieldsOf(value);
  return {
    type: wordOf(fields.get("type")),
    text: wordOf(fields.get("text")),
    content: listOf(fields.get("content")),
    marks: listOf(fields.get("marks")),
    attribute: (name) => wordOf(fieldsOf(fields.get("attrs")).get(name)),
  };
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return new Map(isRecord ? Object.entries(value) : []);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}
