import { malformed } from "@signalbox/http-tracker";
import type { Malformed } from "@signalbox/http-tracker";
import * as v from "valibot";
import { adfToMarkdown } from "./adf-to-markdown.ts";
import type { Status } from "./states.ts";

/** An optional part that cannot be used is as good as absent. */
function lenient<Schema extends v.GenericSchema>(
  schema: Schema,
): v.SchemaWithFallback<v.NullishSchema<Schema, null>, null> {
  return v.fallback(v.nullish(schema, null), null);
}

const word = v.pipe(v.string(), v.trim(), v.minLength(1));
const id = v.pipe(v.string(), v.regex(/^[1-9]\d{0,18}$/));

/** Jira writes offsets without a colon, which RFC 3339 has none of. */
export const instantSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
  v.transform((text) => new Date(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))),
  v.check((date) => !Number.isNaN(date.getTime())),
  v.transform((date) => date.toISOString()),
);

/** An account as Jira tells it beside what it wrote. */
export interface Account {
  /** What Jira knows it by: the account id of Cloud, the key of Data Center. */
  readonly id: string;
  /** The user name of Data Center; `null` on Cloud. */
  readonly name: string | null;
  readonly displayName: string;
  /** Of Cloud alone: `customer` uses the portal and nothing else, `app` is no person. */
  readonly type: string | null;
  readonly isActive: boolean;
}

export const accountSchema: v.GenericSchema<unknown, Account> = v.pipe(
  v.object({
    accountId: lenient(word),
    key: lenient(word),
    name: lenient(word),
    displayName: lenient(word),
    accountType: lenient(word),
    active: lenient(v.boolean()),
  }),
  v.check(({ accountId, key, name }) => (accountId ?? key ?? name) !== null, "has no id"),
  v.transform((account) => {
    const known = account.accountId ?? account.key ?? account.name ?? "";
    return {
      id: known,
      name: account.accountId === null ? account.name : null,
      displayName: account.displayName ?? account.name ?? known,
      type: account.accountType,
      isActive: account.active ?? true,
    };
  }),
);

export const statusSchema: v.GenericSchema<unknown, Status> = v.pipe(
  v.object({
    name: word,
    statusCategory: lenient(v.object({ key: v.picklist(["new", "indeterminate", "done"]) })),
  }),
  v.transform(({ name, statusCategory }) => ({ name, category: statusCategory?.key ?? null })),
);

const otherIssue = v.object({
  id,
  key: word,
  fields: lenient(v.object({ status: lenient(statusSchema) })),
});

const linkSchema = v.object({
  type: v.object({ inward: lenient(word), outward: lenient(word) }),
  inwardIssue: v.optional(otherIssue),
  outwardIssue: v.optional(otherIssue),
});

const issueSchema = v.object({
  id,
  key: word,
  fields: v.object({
    summary: word,
    status: statusSchema,
    description: v.fallback(v.nullish(v.unknown(), null), null),
    priority: lenient(v.object({ name: word })),
    labels: v.fallback(v.array(v.unknown()), []),
    issuelinks: v.fallback(v.array(v.unknown()), []),
    assignee: lenient(accountSchema),
    creator: lenient(accountSchema),
    created: lenient(instantSchema),
    updated: lenient(instantSchema),
    project: lenient(v.object({ id, key: word })),
    issuetype: lenient(v.object({ name: word })),
    parent: lenient(v.object({ key: word })),
  }),
});

/** What is asked for of each issue, and no more. */
export const issueFields: readonly string[] = Object.keys(issueSchema.entries.fields.entries);

/** Another issue, as a link of one tells it. */
export interface LinkedIssue {
  /** What is true of the issue that has the link: `is blocked by`. */
  readonly relation: string;
  readonly id: string;
  readonly key: string;
  /** `null`: not readable, which blocks. */
  readonly status: Status | null;
}

/** An issue as Jira tells it, cut to what is used. */
export interface IssueRecord {
  readonly id: string;
  readonly key: string;
  readonly summary: string;
  readonly status: Status;
  /** Markdown of Cloud, the text as it is of Data Center. */
  readonly description: string | null;
  readonly priority: string | null;
  /** Trimmed, their spelling kept, no blanks. */
  readonly labels: readonly string[];
  readonly links: readonly LinkedIssue[];
  readonly assignee: Account | null;
  readonly creator: Account | null;
  /** RFC 3339 in UTC, so that they compare as texts. */
  readonly created: string | null;
  readonly updated: string | null;
  readonly projectId: string | null;
  readonly projectKey: string | null;
  readonly type: string | null;
  readonly parent: string | null;
}

export type IssueReading = { readonly kind: "issue"; readonly record: IssueRecord } | Malformed;

export function readIssue(value: unknown): IssueReading {
  const result = v.safeParse(issueSchema, value);
  if (!result.success) return malformed(nameOf(value), result.issues);
  const { fields, ...names } = result.output;
  const description = textOf(fields.description).trim();
  const labels = fields.labels.flatMap((label) => {
    const trimmed = typeof label === "string" ? label.trim() : "";
    return trimmed === "" ? [] : [trimmed];
  });
  const record: IssueRecord = {
    ...names,
    summary: fields.summary,
    status: fields.status,
    description: description === "" ? null : description,
    priority: fields.priority?.name ?? null,
    labels,
    links: fields.issuelinks.flatMap(linkOf),
    assignee: fields.assignee,
    creator: fields.creator,
    created: fields.created,
    updated: fields.updated,
    projectId: fields.project?.id ?? null,
    projectKey: fields.project?.key ?? null,
    type: fields.issuetype?.name ?? null,
    parent: fields.parent?.key ?? null,
  };
  return { kind: "issue", record };
}

/** A document of Cloud as Markdown; what Data Center writes, as it is. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : adfToMarkdown(value);
}

function linkOf(value: unknown): readonly LinkedIssue[] {
  const link = v.safeParse(linkSchema, value);
  if (!link.success) return [];
  const { type, inwardIssue, outwardIssue } = link.output;
  const sides = [
    [type.inward, inwardIssue],
    [type.outward, outwardIssue],
  ] as const;
  return sides.flatMap(([relation, other]) =>
    relation === null || other === undefined
      ? []
      : [{ relation, id: other.id, key: other.key, status: other.fields?.status ?? null }],
  );
}

/** The record's key if it has one, for messages. */
function nameOf(value: unknown): string {
  const known = v.safeParse(v.object({ key: word }), value);
  if (known.success) return known.output.key;
  const numbered = v.safeParse(v.object({ id: word }), value);
  return numbered.success ? `issue ${numbered.output.id}` : "an issue without a key";
}
