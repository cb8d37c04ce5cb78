import * as v from "valibot";

/** Text that is not blank. */
export const name: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "", "must not be blank"),
);

/** Metadata that cannot be used is `null`; it never costs the record. */
export function lenient<Output>(
  schema: v.GenericSchema<unknown, Output>,
): v.GenericSchema<unknown, Output | null> {
  return v.optional(v.fallback(v.nullable(schema), null), null);
}

const pageInfoSchema: v.GenericSchema<unknown, PageInfo> = v.object({
  hasNextPage: v.boolean(),
  endCursor: v.optional(v.nullable(v.string()), null),
});

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** A list whose records are looked at one by one, so that one which is odd hides no other. */
export const pageSchema: v.GenericSchema<unknown, Page> = v.object({
  nodes: v.array(v.unknown()),
  pageInfo: pageInfoSchema,
});

export interface Page {
  readonly nodes: readonly unknown[];
  readonly pageInfo: PageInfo;
}

const actor = v.object({ id: name, displayName: lenient(name), email: lenient(name) });

const nested = v.optional(v.fallback(v.nullable(pageSchema), null), null);

interface Actor {
  readonly id: string;
  readonly displayName: string | null;
  readonly email: string | null;
}

/** An issue as Linear delivers it. The nested lists may have more pages. */
export interface IssueNode {
  readonly id: string;
  readonly identifier: string;
  readonly title: string;
  readonly state: {
    readonly id: string | null;
    readonly name: string;
    readonly type: string | null;
  };
  readonly description: string | null;
  readonly priority: number | null;
  readonly url: string | null;
  readonly branchName: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly archivedAt: string | null;
  readonly trashed: boolean | null;
  readonly team: { readonly id: string; readonly key: string } | null;
  readonly project: { readonly id: string; readonly slugId: string } | null;
  readonly assignee: Actor | null;
  readonly delegate: Actor | null;
  readonly labels: Page | null;
  readonly inverseRelations: Page | null;
}

export const issueNodeSchema: v.GenericSchema<unknown, IssueNode> = v.object({
  id: name,
  identifier: name,
  title: name,
  state: v.object({ id: lenient(name), name, type: lenient(name) }),
  description: lenient(v.string()),
  priority: lenient(v.number()),
  url: lenient(v.pipe(v.string(), v.url(), v.regex(/^https?:/i))),
  branchName: lenient(name),
  createdAt: lenient(v.pipe(v.string(), v.isoTimestamp())),
  updatedAt: lenient(v.pipe(v.string(), v.isoTimestamp())),
  archivedAt: lenient(v.string()),
  trashed: lenient(v.boolean()),
  team: lenient(v.object({ id: name, key: name })),
  project: lenient(v.object({ id: name, slugId: name })),
  assignee: lenient(actor),
  delegate: lenient(actor),
  labels: nested,
  inverseRelations: nested,
});
