type Kind = "string" | "number" | "boolean" | "array" | "object" | "null";

/**
 * Fields that a record always has, by what GitLab holds its own answers against: the JSON schemas of its public API,
 * `spec/fixtures/api/schemas/public_api/v4` of its repository.
 */
const user = {
  id: ["number"],
  username: ["string"],
  name: ["string"],
  state: ["string"],
  avatar_url: ["string", "null"],
  web_url: ["string"],
} as const satisfies Record<string, readonly Kind[]>;

const issue = {
  id: ["number"],
  iid: ["number"],
  project_id: ["number"],
  title: ["string"],
  description: ["string", "null"],
  state: ["string"],
  created_at: ["string"],
  updated_at: ["string"],
  labels: ["array"],
  milestone: ["object", "null"],
  assignees: ["array"],
  author: ["object"],
  user_notes_count: ["number"],
  upvotes: ["number"],
  downvotes: ["number"],
  due_date: ["string", "null"],
  confidential: ["boolean"],
  web_url: ["string"],
} as const satisfies Record<string, readonly Kind[]>;

const records = {
  user,
  issue,
  member: { ...user, access_level: ["number"], expires_at: ["string", "null"] },
  note: {
    id: ["number"],
    body: ["string"],
    attachment: ["string", "null"],
    author: ["object"],
    created_at: ["string"],
    updated_at: ["string"],
    system: ["boolean"],
    noteable_id: ["number"],
    noteable_type: ["string"],
  },
  link: { ...issue, issue_link_id: ["number"], link_type: ["string"] },
} as const satisfies Record<string, Record<string, readonly Kind[]>>;

const page = ["page", "per_page"];

/** What may be asked and sent, by the pages of GitLab's documentation: the API of issues, links, notes, members, users. */
const orders: Readonly<Record<string, readonly string[]>> = {
  "GET user": [],
  "GET users": ["username", ...page],
  "GET users/:id": [],
  "GET projects/:id": [],
  "GET projects/:id/labels": page,
  "GET projects/:id/issues": [
    ...["state", "order_by", "sort", "updated_after", "iids[]"],
    ...page,
  ],
  "PUT projects/:id/issues/:id": ["add_labels", "remove_labels", "state_event", "assignee_ids"],
  "GET projects/:id/issues/:id/links": page,
  "GET projects/:id/issues/:id/notes": ["order_by", "sort", ...page],
  "POST projects/:id/issues/:id/notes": ["body"],
  "GET projects/:id/issues/:id/notes/:id": [],
  "PUT projects/:id/issues/:id/notes/:id": ["body"],
  "GET projects/:id/members/all": ["user_ids[]", ...page],
};

export type RecordKind = keyof typeof records;

/** What is wrong with a request; `null` where nothing is. `names` are its parameters, in query and body. */
export function orderProblem(order: string, names: Iterable<string>): string | null {
  const allowed = orders[order];
  if (allowed === undefined) return `${order} is not described`;
  const strange = [...names].filter((name) => !allowed.includes(name));
  return strange.length === 0 ? null : `${order} takes no ${strange.join(", ")}`;
}

/** What a record lacks that GitLab's own has, or has of another kind. */
export function recordProblems(kind: RecordKind, record: object): readonly string[] {
  const fields = new Map(Object.entries(record));
  return Object.entries(records[kind]).flatMap(([name, kinds]) => {
    const told = fields.has(name) ? kindOf(fields.get(name)) : "absent";
    return kinds.some((other) => other === told) ? [] : [`${kind}.${name} is ${told}`];
  });
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
