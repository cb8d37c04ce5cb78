import type { FakeComment, FakeIssue, FakeStatus, FakeTransition, FakeWorld } from "./fake-world.ts";

/** As Jira writes instants: with an offset that has no colon. */
export function instant(at: number): string {
  return new Date(at + 19_800_000).toISOString().replace("Z", "+0530");
}

export function userRecord(name: string | null, world: FakeWorld): object | null {
  const account = name === null ? undefined : world.accounts.get(name);
  if (account === undefined) return null;
  const { id, displayName, active, type } = account;
  const self = `${world.origin}/rest/api/user/${id}`;
  return world.flavour === "cloud"
    ? { self, accountId: id, accountType: type, displayName, active, timeZone: "Asia/Kolkata" }
    : { self, key: id, name: account.name, displayName, active, timeZone: "Asia/Kolkata" };
}

const categoryIds = { new: [2, "To Do"], indeterminate: [4, "In Progress"], done: [3, "Done"] } as const;

export function statusRecord({ id, name, category }: FakeStatus, world: FakeWorld): object {
  const [categoryId, categoryName] = categoryIds[category];
  return {
    self: `${world.origin}/rest/api/status/${id}`,
    id,
    name,
    statusCategory: { id: categoryId, key: category, name: categoryName },
  };
}

function statusOf(name: string, world: FakeWorld): object {
  const known = world.statuses.find((status) => status.name === name);
  return known === undefined ? { name } : statusRecord(known, world);
}

export function keyOf({ project, number }: FakeIssue): string {
  return `${project}-${number}`;
}

export function projectRecord(key: "TIDE" | "CHARTS", world: FakeWorld): object {
  const id = world.projectIds[key];
  const projectTypeKey = world.hasCustomers ? "service_desk" : "software";
  const self = `${world.origin}/rest/api/project/${id}`;
  return { self, id, key, name: `The ${key}`, projectTypeKey };
}

function linkRecords(issue: FakeIssue, world: FakeWorld): readonly object[] {
  const one = (type: object, other: string): object[] => {
    const found = world.issues.get(other);
    if (found === undefined) return [];
    const { id, summary, status } = found;
    const inwardIssue = { id, key: keyOf(found), fields: { summary, status: statusOf(status, world) } };
    return [{ id: `9${other}`, type, inwardIssue }];
  };
  const blocks = { id: "1", name: "Blocks", inward: "is blocked by", outward: "blocks" };
  const relates = { id: "2", name: "Relates", inward: "relates to", outward: "relates to" };
  const outward = [...world.issues.values()].flatMap((other) =>
    other.blockedBy.includes(issue.id)
      ? [
          {
            id: `8${other.id}`,
            type: blocks,
            outwardIssue: {
              id: other.id,
              key: keyOf(other),
              fields: { summary: other.summary, status: statusOf(other.status, world) },
            },
          },
        ]
      : [],
  );
  return [
    ...issue.blockedBy.flatMap((other) => one(blocks, other)),
    ...issue.relatesTo.flatMap((other) => one(relates, other)),
    ...outward,
  ];
}

export function issueRecord(
  issue: FakeIssue,
  world: FakeWorld,
  asked: readonly string[],
): { readonly id: string; readonly key: string; readonly self: string; readonly fields?: object } {
  const key = keyOf(issue);
  const fields: Record<string, unknown> = {
    summary: issue.summary,
    status: statusOf(issue.status, world),
    description: issue.description,
    priority: issue.priority === null ? null : { id: "3", name: issue.priority },
    labels: issue.labels,
    issuelinks: linkRecords(issue, world),
    assignee: userRecord(issue.assignee, world),
    creator: userRecord(issue.creator, world),
    created: instant(issue.createdMs),
    updated: instant(issue.updatedMs),
    project: projectRecord(issue.project, world),
    issuetype: { id: "10100", name: "Task", subtask: false },
    ...(issue.parent === null ? {} : { parent: { id: "1", key: issue.parent } }),
    ...issue.overrides,
  };
  const wanted = Object.entries(fields).filter(([name]) => asked.includes(name));
  const self = `${world.origin}/rest/api/issue/${issue.id}`;
  const names = { id: issue.id, key, self };
  return wanted.length === 0 ? names : { ...names, fields: Object.fromEntries(wanted) };
}

export function commentRecord(comment: FakeComment, world: FakeWorld, isExpanded = false): object {
  const user = userRecord(comment.author, world);
  return {
    self: `${world.origin}/rest/api/comment/${comment.id}`,
    id: comment.id,
    author: user,
    updateAuthor: user,
    body: comment.body,
    created: instant(comment.createdMs),
    updated: instant(comment.updatedMs),
    ...(isExpanded ? { properties: comment.properties } : {}),
  };
}

export function transitionRecord(transition: FakeTransition, world: FakeWorld): object {
  const { id, name, to, fields = {} } = transition;
  return { id, name, to: statusOf(to, world), hasScreen: false, isAvailable: true, fields };
}
