import type { FakeFlavour } from "./fake-world.ts";

type Kind = "string" | "number" | "boolean" | "array" | "object" | "null";
type Fields = Readonly<Record<string, readonly Kind[]>>;

const user = { self: ["string"], displayName: ["string"], active: ["boolean"] } as const;
const issueFields = {
  summary: ["string"],
  status: ["object"],
  priority: ["object", "null"],
  labels: ["array"],
  issuelinks: ["array"],
  assignee: ["object", "null"],
  creator: ["object", "null"],
  created: ["string"],
  updated: ["string"],
  project: ["object"],
  issuetype: ["object"],
} as const;
const comment = {
  self: ["string"],
  id: ["string"],
  author: ["object"],
  updateAuthor: ["object"],
  created: ["string"],
  updated: ["string"],
} as const;
const transition = { id: ["string"], name: ["string"], to: ["object"], fields: ["object"] } as const;

/**
 * Fields that records have, by the two descriptions of Jira's API: Cloud's of its third version, where texts are
 * documents and accounts have ids, and Data Center's of the second, where texts are texts and users have names.
 */
const records: Readonly<Record<FakeFlavour, Readonly<Record<string, Fields>>>> = {
  cloud: {
    user: { ...user, accountId: ["string"], accountType: ["string"] },
    fields: { ...issueFields, description: ["object", "null"] },
    comment: { ...comment, body: ["object"] },
    transition: { ...transition, isAvailable: ["boolean"] },
  },
  "data-center": {
    user: { ...user, key: ["string"], name: ["string"] },
    fields: { ...issueFields, description: ["string", "null"] },
    comment: { ...comment, body: ["string"] },
    transition,
  },
};

export type RecordKind = "user" | "fields" | "comment" | "transition";

const edit = ["fields", "update"];
const paged = ["startAt", "maxResults"];

const both: Readonly<Record<string, readonly string[]>> = {
  "GET myself": [],
  "GET project/:id": [],
  "GET project/:id/statuses": [],
  "GET issue/:id": ["fields"],
  "PUT issue/:id": edit,
  "GET issue/:id/transitions": ["expand"],
  "POST issue/:id/transitions": ["transition", ...edit],
  "GET issue/:id/comment": ["orderBy", ...paged],
  "GET issue/:id/comment/:id": [],
  "POST issue/:id/remotelink": ["globalId", "object"],
};

/** What may be asked and sent, in query and body. */
const orders: Readonly<Record<FakeFlavour, Readonly<Record<string, readonly string[]>>>> = {
  cloud: {
    ...both,
    "GET serverInfo": [],
    "POST search/jql": ["jql", "fields", "maxResults", "nextPageToken", "reconcileIssues"],
    "POST issue/bulkfetch": ["issueIdsOrKeys", "fields"],
    "POST comment/list": ["expand", "ids"],
    "POST issue/:id/comment": ["body", "properties"],
    "PUT issue/:id/comment/:id": ["body", "properties"],
    "GET user/assignable/search": ["project", "accountId", ...paged],
  },
  "data-center": {
    ...both,
    "GET serverInfo": [],
    "POST search": ["jql", "fields", "validateQuery", ...paged],
    "POST issue/:id/comment": ["body", "properties"],
    "PUT issue/:id/comment/:id": ["body", "properties"],
    "GET user/assignable/search": ["project", "username", ...paged],
  },
};

const limits: Readonly<Record<string, number>> = {
  reconcileIssues: 50,
  issueIdsOrKeys: 100,
  ids: 1_000,
};

/** What is wrong with a request; `null` where nothing is. `sent` are its parameters, in query and body. */
export function orderProblem(
  flavour: FakeFlavour,
  order: string,
  sent: Readonly<Record<string, unknown>>,
): string | null {
  const allowed = orders[flavour][order];
  if (allowed === undefined) return `${order} is not described`;
  const strange = Object.keys(sent).filter((name) => !allowed.includes(name));
  if (strange.length > 0) return `${order} takes no ${strange.join(", ")}`;
  const long = Object.entries(sent).find(
    ([name, value]) => Array.isArray(value) && value.length > (limits[name] ?? Infinity),
  );
  return long === undefined ? null : `${order} takes no more ${long[0]}`;
}

/** What a record lacks that Jira's own has, or has of another kind. */
export function recordProblems(
  flavour: FakeFlavour,
  kind: RecordKind,
  record: object,
  asked: readonly string[] | null = null,
): readonly string[] {
  const told = new Map(Object.entries(record));
  return Object.entries(records[flavour][kind] ?? {}).flatMap(([name, kinds]) => {
    if (asked !== null && !asked.includes(name)) return [];
    const is = told.has(name) ? kindOf(told.get(name)) : "absent";
    return kinds.some((other) => other === is) ? [] : [`${kind}.${name} is ${is}`];
  });
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
