import { malformed } from "@signalbox/http-tracker";
import type { Malformed } from "@signalbox/http-tracker";
import * as v from "valibot";

/** An optional part that cannot be used is as good as absent. */
function lenient<Schema extends v.GenericSchema>(
  schema: Schema,
): v.SchemaWithFallback<v.NullishSchema<Schema, null>, null> {
  return v.fallback(v.nullish(schema, null), null);
}

const instant = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const number = v.pipe(v.number(), v.integer(), v.minValue(1));

/** An account as GitLab tells it beside what it wrote. */
export interface Account {
  readonly id: number;
  readonly username: string;
}

export const accountSchema: v.GenericSchema<unknown, Account> = v.object({
  id: number,
  username: v.pipe(v.string(), v.trim(), v.minLength(1)),
});

const issueSchema = v.object({
  iid: number,
  title: v.pipe(v.string(), v.trim(), v.minLength(1)),
  state: v.picklist(["opened", "closed"]),
  id: lenient(number),
  project_id: lenient(number),
  description: lenient(v.string()),
  author: lenient(accountSchema),
  labels: v.fallback(v.array(v.unknown()), []),
  assignees: v.fallback(v.array(v.unknown()), []),
  web_url: lenient(v.pipe(v.string(), v.regex(/^https?:\/\//), v.url())),
  references: lenient(v.object({ full: v.pipe(v.string(), v.trim(), v.minLength(1)) })),
  created_at: lenient(instant),
  updated_at: lenient(instant),
  weight: lenient(count),
  blocking_issues_count: lenient(count),
  moved_to_id: lenient(number),
  _links: lenient(v.object({ closed_as_duplicate_of: lenient(v.string()) })),
});

/** An issue as GitLab tells it, cut to what is used. */
export interface IssueRecord {
  /** Its number in the project. */
  readonly iid: number;
  readonly title: string;
  readonly state: "opened" | "closed";
  /** Its number in the instance. */
  readonly id: number | null;
  readonly project_id: number | null;
  readonly description: string | null;
  readonly author: Account | null;
  /** Trimmed, their spelling kept, no blanks. */
  readonly labels: readonly string[];
  readonly assignees: readonly Account[];
  readonly web_url: string | null;
  readonly references: { readonly full: string } | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly weight: number | null;
  /** How many open issues wait for this one; `null`: the instance does not tell. */
  readonly blocking_issues_count: number | null;
  /** It was closed as a duplicate of another one. */
  readonly isDuplicate: boolean;
}

export type IssueReading =
  | { readonly kind: "issue"; readonly record: IssueRecord }
  /** To another project: what is left here is closed, and leads there. */
  | { readonly kind: "moved"; readonly iid: number }
  | Malformed;

export function readIssue(value: unknown): IssueReading {
  const result = v.safeParse(issueSchema, value);
  if (!result.success) return malformed(nameOf(value), result.issues);
  const { moved_to_id, _links: links, ...record } = result.output;
  if (moved_to_id !== null) return { kind: "moved", iid: record.iid };
  const labels = record.labels.flatMap((label) => {
    const trimmed = typeof label === "string" ? label.trim() : "";
    return trimmed === "" ? [] : [trimmed];
  });
  const assignees = record.assignees.flatMap((assignee) => {
    const found = v.safeParse(accountSchema, assignee);
    return found.success ? [found.output] : [];
  });
  const isDuplicate = (links?.closed_as_duplicate_of ?? null) !== null;
  return { kind: "issue", record: { ...record, labels, assignees, isDuplicate } };
}

/** The record's number if it has one, for messages. */
function nameOf(value: unknown): string {
  const known = v.safeParse(v.object({ iid: v.number() }), value);
  return known.success ? `#${known.output.iid}` : "an issue without a number";
}
