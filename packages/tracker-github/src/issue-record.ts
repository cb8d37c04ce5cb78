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
const login = v.pipe(v.string(), v.trim(), v.minLength(1));
const user = v.object({ login, type: lenient(v.string()) });
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const issueSchema = v.object({
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  title: v.pipe(v.string(), v.trim(), v.minLength(1)),
  state: v.picklist(["open", "closed"]),
  state_reason: lenient(v.string()),
  id: lenient(v.union([v.pipe(v.number(), v.integer()), v.pipe(v.bigint(), v.transform(String))])),
  node_id: lenient(v.string()),
  body: lenient(v.string()),
  user: lenient(user),
  author_association: lenient(v.string()),
  labels: v.fallback(v.array(v.unknown()), []),
  assignees: v.fallback(v.array(v.unknown()), []),
  html_url: lenient(v.pipe(v.string(), v.regex(/^https?:\/\//), v.url())),
  repository_url: lenient(v.string()),
  created_at: lenient(instant),
  updated_at: lenient(instant),
  issue_dependencies_summary: lenient(
    v.object({ blocked_by: count, total_blocked_by: v.optional(count) }),
  ),
  sub_issues_summary: lenient(v.object({ total: count })),
});

const labelSchema = v.union([
  v.string(),
  v.pipe(
    v.object({ name: v.string() }),
    v.transform(({ name }) => name),
  ),
]);

/** An issue as GitHub tells it, cut to what is used. */
export interface IssueRecord {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly state_reason: string | null;
  readonly id: number | string | null;
  readonly node_id: string | null;
  readonly body: string | null;
  readonly user: { readonly login: string; readonly type: string | null } | null;
  readonly author_association: string | null;
  /** Trimmed, their spelling kept, no blanks. */
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly html_url: string | null;
  readonly repository_url: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly issue_dependencies_summary: {
    /** Open ones. */
    readonly blocked_by: number;
    readonly total_blocked_by?: number | undefined;
  } | null;
  readonly sub_issues_summary: { readonly total: number } | null;
}

export type IssueReading =
  | { readonly kind: "issue"; readonly record: IssueRecord }
  /** A pull request: GitHub lists them among issues. */
  | { readonly kind: "pull-request" }
  | Malformed;

export function readIssue(value: unknown): IssueReading {
  if (isPullRequest(value)) return { kind: "pull-request" };
  const result = v.safeParse(issueSchema, value);
  if (!result.success) return malformed(nameOf(value), result.issues);
  const labels = result.output.labels.flatMap((label) => {
    const name = v.safeParse(labelSchema, label);
    const trimmed = name.success ? name.output.trim() : "";
    return trimmed === "" ? [] : [trimmed];
  });
  const assignees = result.output.assignees.flatMap((assignee) => {
    const found = v.safeParse(user, assignee);
    return found.success ? [found.output.login] : [];
  });
  return { kind: "issue", record: { ...result.output, labels, assignees } };
}

function isPullRequest(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "pull_request" in value &&
    value.pull_request !== null &&
    value.pull_request !== undefined
  );
}

/** The record's number if it has one, for messages. */
function nameOf(value: unknown): string {
  const known = v.safeParse(v.object({ number: v.number() }), value);
  return known.success ? `#${known.output.number}` : "an issue without a number";
}
