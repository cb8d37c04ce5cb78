import type { Feature, Field } from "./scan.ts";
import { textOf } from "./span.ts";

/** Fields that have a meaning here, by every spelling that is in use. All others are kept for the description. */
const meanings: ReadonlyMap<string, FieldName> = new Map([
  ["status", "status"],
  ["summary", "summary"],
  ["blockers", "blockers"],
  ["blocked-by", "blockers"],
  ["priority", "priority"],
  ["labels", "labels"],
  ["tags", "labels"],
  ["assignee", "assignee"],
  ["external-id", "externalId"],
  ["updated-at", "updatedAt"],
]);

export type FieldName =
  | "status"
  | "summary"
  | "blockers"
  | "priority"
  | "labels"
  | "assignee"
  | "externalId"
  | "updatedAt";

export interface Fields {
  /** The first field of each meaning. */
  readonly known: ReadonlyMap<FieldName, Field>;
  /** Fields whose meaning an earlier one has. */
  readonly repeated: readonly Field[];
  readonly others: readonly Field[];
}

export function sortFields(feature: Feature): Fields {
  const known = new Map<FieldName, Field>();
  const repeated: Field[] = [];
  const others: Field[] = [];
  for (const field of feature.fields) {
    const name = meanings.get(
      field.key
        .trim()
        .toLowerCase()
        .replace(/[\s_-]+/g, "-"),
    );
    if (name === undefined) others.push(field);
    else if (known.has(name)) repeated.push(field);
    else known.set(name, field);
  }
  return { known, repeated, others };
}

/** The value on one line; empty where it is missing or a placeholder (`—`, `none`). */
export function valueOf(text: string, field: Field | undefined): string {
  if (field === undefined) return "";
  const value = textOf(text, field.value).replace(/\s*\n\s*/g, " ");
  return /^(?:[-—–]+|none|n\/a)$/i.test(value) ? "" : value;
}
