import { recordProblems } from "./described.ts";
import type { RecordKind } from "./described.ts";
import type { FakeReply, FakeRequest } from "./fake-gitlab.ts";
import type { FakeIssue, FakeProject } from "./fake-project.ts";
import {
  issueRecord,
  linkRecord,
  memberRecord,
  noteRecord,
  projectRecord,
  userRecord,
} from "./fake-records.ts";

const notFound = (what: string): FakeReply => ({
  status: 404,
  body: { message: `404 ${what} Not Found` },
});

/** What GitLab answers, by the path below the root of its API. */
export function answer(request: FakeRequest, project: FakeProject): FakeReply {
  const [root, id = "", part, ...rest] = request.segments;
  if (root === "user") return one("user", userRecord(project.viewer, project), project);
  if (root === "users") return users(request, project, id);
  const isOurs = id === String(project.id) || id.toLowerCase() === project.path.toLowerCase();
  if (root !== "projects" || !isOurs) return notFound("Project");
  switch (part) {
    case undefined:
      return { status: 200, body: projectRecord(project) };
    case "labels":
      return paged(
        request,
        project.labels.map((name) => ({ id: name.length, name })),
      );
    case "members":
      return members(request, project);
    case "issues":
      return issues(request, project, rest);
    default:
      return notFound("");
  }
}

function users({ url }: FakeRequest, project: FakeProject, id: string): FakeReply {
  const username = url.searchParams.get("username");
  if (id === "") {
    const found = project.users.has(username ?? "") ? [userRecord(username ?? "", project)] : [];
    return { status: 200, body: found };
  }
  const [name] = [...project.users].find(([, known]) => String(known) === id) ?? [];
  if (name === undefined) return notFound("User");
  return { status: 200, body: { ...userRecord(name, project), bot: project.bots.has(name) } };
}

function members(request: FakeRequest, project: FakeProject): FakeReply {
  const ids = request.url.searchParams.getAll("user_ids[]").map(Number);
  const names = [...project.members.keys()].filter((name) => ids.includes(project.idOf(name)));
  return list(request, "member", names.map((name) => memberRecord(name, project)), project);
}

function issues(
  request: FakeRequest,
  project: FakeProject,
  [iid, part, id]: readonly string[],
): FakeReply {
  if (iid === undefined) return issueList(request, project);
  const issue = project.issues.get(Number(iid));
  if (issue === undefined || !project.issuesEnabled) return notFound("Issue");
  switch (part) {
    case undefined:
      changeIssue(request, project, issue);
      return one("issue", issueRecord(issue, project), project);
    case "links":
      return links(project, issue);
    default:
      return id === undefined ? notes(request, project, issue) : note(request, project, Number(id));
  }
}

function issueList(request: FakeRequest, project: FakeProject): FakeReply {
  const query = request.url.searchParams;
  const state = query.get("state") ?? "all";
  const since = Date.parse(query.get("updated_after") ?? "1970-01-01");
  const iids = query.getAll("iids[]").map(Number);
  const key = query.get("order_by") === "updated_at" ? "updatedAt" : "createdAt";
  const sign = query.get("sort") === "asc" ? 1 : -1;
  const found = [...project.issues.values()]
    .filter((issue) => !issue.isElsewhere && project.issuesEnabled)
    .filter((issue) => state === "all" || issue.state === state)
    .filter((issue) => Date.parse(issue.updatedAt) >= since)
    .filter((issue) => iids.length === 0 || iids.includes(issue.iid))
    .toSorted((a, b) => sign * (a[key] < b[key] ? -1 : 1));
  return list(request, "issue", found.map((issue) => issueRecord(issue, project)), project);
}

function changeIssue(request: FakeRequest, project: FakeProject, issue: FakeIssue): void {
  const { add_labels, remove_labels, state_event, assignee_ids } = request.body as {
    add_labels?: string;
    remove_labels?: string;
    state_event?: "close" | "reopen";
    assignee_ids?: number[];
  };
  if (!project.mayTriage) return;
  const added = add_labels?.split(",") ?? [];
  const removed = remove_labels?.split(",") ?? [];
  if (added.length > 0 || removed.length > 0) {
    const scopes = project.isPremium ? added.flatMap((name) => scopeOf(name) ?? []) : [];
    const left = issue.labels.filter(
      (name) => !removed.includes(name) && !scopes.some((scope) => name.startsWith(scope)),
    );
    project.change(issue.iid, { labels: [...new Set([...left, ...added])] });
  }
  if (assignee_ids !== undefined) {
    const named = [...project.users].filter(
      ([name, id]) => assignee_ids.includes(id) && project.members.has(name),
    );
    const sorted = named.toSorted(([, a], [, b]) => assignee_ids.indexOf(a) - assignee_ids.indexOf(b));
    const names = sorted.map(([name]) => name);
    project.change(issue.iid, { assignees: project.isPremium ? names : names.slice(0, 1) });
  }
  if (state_event !== undefined) {
    project.change(issue.iid, { state: state_event === "close" ? "closed" : "opened" });
  }
}

function scopeOf(label: string): string | null {
  const at = label.lastIndexOf("::");
  return at < 0 ? null : label.slice(0, at + 2);
}

function links(project: FakeProject, issue: FakeIssue): FakeReply {
  const of = (iids: readonly number[], type: string): object[] =>
    iids.map((iid) => linkRecord(project.get(iid), type, project));
  const blocking = project.isPremium ? of(issue.blockedBy, "is_blocked_by") : [];
  const records = [...of(issue.relatesTo, "relates_to"), ...blocking];
  // All of them: there are no pages of links.
  return { status: 200, body: records, problems: problemsOf("link", records, project) };
}

function notes(request: FakeRequest, project: FakeProject, issue: FakeIssue): FakeReply {
  if (request.method === "GET") {
    const sign = request.url.searchParams.get("sort") === "asc" ? 1 : -1;
    const found = project.notes
      .filter((candidate) => candidate.issue === issue.iid)
      .toSorted((a, b) => sign * (a.createdAt < b.createdAt ? -1 : 1));
    return list(request, "note", found.map((each) => noteRecord(each, project)), project);
  }
  const { body } = request.body as { body: string };
  const written = project.note(issue.iid, body, { author: project.viewer });
  return { ...one("note", noteRecord(written, project), project), status: 201 };
}

function note(request: FakeRequest, project: FakeProject, id: number): FakeReply {
  const found = project.notes.find((candidate) => candidate.id === id);
  if (found === undefined) return notFound("Note");
  if (request.method === "PUT") {
    found.body = (request.body as { body: string }).body;
    found.updatedAt = project.now();
  }
  return one("note", noteRecord(found, project), project);
}

function one(kind: RecordKind, record: object, project: FakeProject): FakeReply {
  return { status: 200, body: record, problems: problemsOf(kind, [record], project) };
}

function list(
  request: FakeRequest,
  kind: RecordKind,
  records: readonly object[],
  project: FakeProject,
): FakeReply {
  return { ...paged(request, records), problems: problemsOf(kind, records, project) };
}

/** What a test spoils on purpose is not as GitLab describes it. */
function problemsOf(
  kind: RecordKind,
  records: readonly object[],
  { issues: all }: FakeProject,
): readonly string[] {
  const isSpoilt = [...all.values()].some(({ overrides }) => Object.keys(overrides).length > 0);
  return isSpoilt ? [] : records.flatMap((record) => recordProblems(kind, record));
}

/** A page, and the headers of pages by number. */
function paged({ url }: FakeRequest, records: readonly unknown[]): FakeReply {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? "20"), 100);
  const page = Number(url.searchParams.get("page") ?? "1");
  const pages = Math.max(Math.ceil(records.length / size), 1);
  const link = (relation: string, at: number): string => {
    const target = new URL(url);
    target.searchParams.set("page", String(at));
    return `<${target.href}>; rel="${relation}"`;
  };
  const named = [link("first", 1), ...(page < pages ? [link("next", page + 1)] : [])];
  return {
    status: 200,
    body: records.slice((page - 1) * size, page * size),
    headers: {
      link: named.join(", "),
      "x-page": String(page),
      "x-next-page": page < pages ? String(page + 1) : "",
      "x-per-page": String(size),
      "x-total": String(records.length),
      "x-total-pages": String(pages),
    },
  };
}
