import type { FakeReply, FakeRequest } from "./fake-github.ts";
import {
  commentRecord,
  fieldRecord,
  issueRecord,
  itemRecord,
  labelRecord,
  optionId,
} from "./fake-records.ts";
import type { FakeIssue, FakeRepository } from "./fake-repository.ts";
import { sampleReply } from "./openapi.ts";

const notFound: FakeReply = { status: 404, body: { message: "Not Found" } };
const forbidden: FakeReply = { status: 403, body: { message: "Resource not accessible by integration" } };

/** What GitHub answers to an operation, by its key in the description. */
export function answer(key: string, request: FakeRequest, repository: FakeRepository): FakeReply {
  const { pathname } = request.url;
  const segments = pathname.split("/").slice(1).map(decodeURIComponent);
  if (pathname === "/user") {
    return repository.isApp ? forbidden : ok(sampleReply(key, { login: repository.viewer }));
  }
  if (segments[0] === "users" && segments.length === 2) {
    const type = segments[1] === repository.owner ? "Organization" : "User";
    return ok(sampleReply("GET /user", { login: segments[1], type }));
  }
  if (pathname.includes("/projectsV2/")) return projectAnswer(request, repository, segments);
  const [, owner = "", name = ""] = segments;
  if (`${owner}/${name}`.toLowerCase() !== "tide/tables") return notFound;
  if (segments.length === 3) return ok(sampleReply(key, { full_name: "tide/tables" }));
  if (segments[3] === "labels") return repositoryLabels(request, repository);
  if (segments[4] === undefined) return issueList(request, repository);
  if (segments[4] === "comments") return oneComment(request, repository, Number(segments[5]));
  const issue = repository.issues.get(Number(segments[4]));
  if (issue === undefined) return notFound;
  return issueAnswer(request, repository, issue, segments.slice(5));
}

function issueAnswer(
  request: FakeRequest,
  repository: FakeRepository,
  issue: FakeIssue,
  [part, name]: readonly string[],
): FakeReply {
  const { method } = request;
  switch (part) {
    case undefined:
      if (method === "PATCH") changeIssue(request, repository, issue);
      return ok(issueRecord(issue, repository));
    case "comments":
      return method === "POST"
        ? newComment(request, repository, issue)
        : commentList(request, repository, issue);
    case "labels":
      return issueLabels(request, repository, issue, name);
    case "assignees":
      return assignees(request, repository, issue);
    case "dependencies":
      return related(request, repository, issue.blockedBy);
    default:
      return related(request, repository, issue.subIssues);
  }
}

function issueList(request: FakeRequest, repository: FakeRepository): FakeReply {
  const query = request.url.searchParams;
  const state = query.get("state") ?? "open";
  const since = query.get("since") ?? "";
  const key = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = query.get("direction") === "asc" ? 1 : -1;
  const issues = [...repository.issues.values()]
    .filter((issue) => (state === "all" || issue.state === state) && issue.updatedAt >= since)
    .toSorted((a, b) => sign * (a[key] < b[key] ? -1 : 1));
  return paged(request, issues.map((issue) => issueRecord(issue, repository)));
}

function related(
  request: FakeRequest,
  repository: FakeRepository,
  numbers: readonly number[],
): FakeReply {
  const issues = numbers.flatMap((number) => repository.issues.get(number) ?? []);
  return paged(request, issues.map((issue) => issueRecord(issue, repository)));
}

function changeIssue(request: FakeRequest, repository: FakeRepository, issue: FakeIssue): void {
  const { state, state_reason } = request.body as { state?: FakeIssue["state"]; state_reason?: string };
  if (!repository.mayTriage || state === undefined) return;
  repository.change(issue.number, { state, stateReason: state_reason ?? null });
}

function issueLabels(
  request: FakeRequest,
  repository: FakeRepository,
  issue: FakeIssue,
  name: string | undefined,
): FakeReply {
  const told = (): FakeReply => ok(issue.labels.map((label) => labelRecord(label, repository)));
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  if (!repository.mayTriage) return told();
  if (request.method === "DELETE") {
    if (!issue.labels.some((label) => isSame(label, name ?? ""))) {
      return { status: 404, body: { message: "Label does not exist" } };
    }
    const labels = issue.labels.filter((label) => !isSame(label, name ?? ""));
    repository.change(issue.number, { labels });
    return told();
  }
  const { labels } = request.body as { labels: string[] };
  for (const label of labels) {
    const known = repository.labels.find((other) => isSame(other, label));
    if (known === undefined) repository.labels.push(label);
    if (!issue.labels.some((other) => isSame(other, label))) {
      repository.change(issue.number, { labels: [...issue.labels, known ?? label] });
    }
  }
  return told();
}

function repositoryLabels(request: FakeRequest, repository: FakeRepository): FakeReply {
  if (request.method === "GET") {
    return paged(request, repository.labels.map((name) => labelRecord(name, repository)));
  }
  const { name } = request.body as { name: string };
  if (repository.labels.some((label) => label.toLowerCase() === name.toLowerCase())) {
    const errors = [{ resource: "Label", code: "already_exists", field: "name" }];
    return { status: 422, body: { message: "Validation Failed", errors } };
  }
  repository.labels.push(name);
  return { status: 201, body: labelRecord(name, repository) };
}

function assignees(request: FakeRequest, repository: FakeRepository, issue: FakeIssue): FakeReply {
  const { assignees: logins } = request.body as { assignees: string[] };
  if (request.method === "DELETE") {
    const left = issue.assignees.filter((login) => !logins.includes(login));
    repository.change(issue.number, { assignees: left });
    return ok(issueRecord(issue, repository));
  }
  const may = logins.filter((login) => repository.collaborators.includes(login));
  repository.change(issue.number, { assignees: [...new Set([...issue.assignees, ...may])] });
  return { status: 201, body: issueRecord(issue, repository) };
}

function commentList(request: FakeRequest, repository: FakeRepository, issue: FakeIssue): FakeReply {
  const since = request.url.searchParams.get("since") ?? "";
  const comments = repository.comments.filter(
    (comment) => comment.issue === issue.number && comment.updatedAt >= since,
  );
  return paged(request, comments.map((comment) => commentRecord(comment, repository)));
}

function newComment(request: FakeRequest, repository: FakeRepository, issue: FakeIssue): FakeReply {
  const { body } = request.body as { body: string };
  if (body.length > 65_536) {
    return { status: 422, body: { message: "Validation Failed: body is too long" } };
  }
  const { isApp, viewer, botName } = repository;
  const author = isApp ? botName : viewer;
  const comment = repository.comment(issue.number, body, { author, type: isApp ? "Bot" : "User" });
  return { status: 201, body: commentRecord(comment, repository) };
}

function oneComment(request: FakeRequest, repository: FakeRepository, id: number): FakeReply {
  const comment = repository.comments.find((candidate) => candidate.id === id);
  if (comment === undefined) return notFound;
  if (request.method === "PATCH") {
    comment.body = (request.body as { body: string }).body;
    comment.updatedAt = repository.now();
  }
  return ok(commentRecord(comment, repository));
}

function projectAnswer(
  request: FakeRequest,
  repository: FakeRepository,
  [kind, owner, , number, part, id]: readonly string[],
): FakeReply {
  if (kind !== "orgs" || owner !== repository.owner || number !== "3") return notFound;
  if (part === "fields") return paged(request, [fieldRecord(repository)], "after");
  const item = (issueNumber: number): object => {
    const issue = repository.issues.get(issueNumber);
    if (issue === undefined) throw new Error(`no issue ${issueNumber}`);
    return itemRecord(issue, repository.projectStatus.get(issueNumber) ?? null, repository);
  };
  if (id === undefined) return paged(request, [...repository.projectStatus.keys()].map(item), "after");
  const issueNumber = Number(id) - 500;
  if (!repository.projectStatus.has(issueNumber)) return notFound;
  const { fields } = request.body as { fields: { value: string }[] };
  const option = repository.projectOptions.find((name) => optionId(name) === fields[0]?.value);
  if (option === undefined) return { status: 422, body: { message: "Validation Failed" } };
  if (repository.mayTriage) repository.projectStatus.set(issueNumber, option);
  return ok(item(issueNumber));
}

function ok(body: unknown): FakeReply {
  return { status: 200, body };
}

/** A page and its `Link` header, by number or by a cursor. */
function paged(
  { url }: FakeRequest,
  records: readonly unknown[],
  parameter: "page" | "after" = "page",
): FakeReply {
  const size = Number(url.searchParams.get("per_page") ?? "30");
  const page = Number(url.searchParams.get(parameter) ?? "1");
  const pages = Math.max(Math.ceil(records.length / size), 1);
  const link = (relation: string, at: number): string => {
    const target = new URL(url);
    target.searchParams.set(parameter, String(at));
    return `<${target.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page < pages ? [link("next", page + 1), link("last", pages)] : []),
    ...(page > 1 ? [link("prev", page - 1), link("first", 1)] : []),
  ];
  return {
    status: 200,
    body: records.slice((page - 1) * size, page * size),
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}
