import { adfProblems } from "./described-adf.ts";
import { recordProblems } from "./described.ts";
import type { RecordKind } from "./described.ts";
import type { FakeReply, FakeRequest } from "./fake-jira.ts";
import { answerIssue } from "./fake-issue-routes.ts";
import { JqlProblem, runJql } from "./fake-jql.ts";
import { commentRecord, issueRecord, projectRecord, statusRecord, userRecord } from "./fake-records.ts";
import { textOf } from "../issue-record.ts";
import type { FakeIssue, FakeWorld } from "./fake-world.ts";

const longestText = 32_767;

export function refusal(status: number, message: string): FakeReply {
  return { status, body: { errorMessages: [message], errors: {} } };
}

/** What Jira answers, by the path below the root of its API. */
export function answer(request: FakeRequest, world: FakeWorld): FakeReply {
  const [root, id = "", part = ""] = request.segments;
  switch (root) {
    case "serverInfo":
      return { status: 200, body: serverInfo(world) };
    case "myself":
      return { status: 200, body: userRecord(world.viewer, world) };
    case "project":
      return project(id, part, world);
    case "user":
      return assignable(request, world);
    case "search":
      return search(request, world);
    case "comment":
      return commentList(request, world);
    case "issue":
      return id === "bulkfetch" ? bulkFetch(request, world) : answerIssue(request, world);
    default:
      return refusal(404, "null for uri");
  }
}

function serverInfo({ flavour, origin }: FakeWorld): object {
  const deploymentType = flavour === "cloud" ? "Cloud" : "Server";
  return { baseUrl: origin, version: "10.3.1", deploymentType, serverTitle: "Tide" };
}

function project(id: string, part: string, world: FakeWorld): FakeReply {
  if (!world.isVisible || (id !== "TIDE" && id !== world.projectIds.TIDE)) {
    return refusal(404, `No project could be found with key '${id}'.`);
  }
  if (part === "") return { status: 200, body: projectRecord("TIDE", world) };
  const statuses = world.statuses.map((status) => statusRecord(status, world));
  const types = ["Task", "Bug"].map((name, at) => ({ id: String(at + 1), name, subtask: false, statuses }));
  return { status: 200, body: types };
}

function assignable({ url }: FakeRequest, world: FakeWorld): FakeReply {
  const query = url.searchParams;
  const asked = query.get("accountId") ?? query.get("username") ?? "";
  const found = [...world.accounts.values()].filter(
    ({ id, name, active, isAssignable, type }) =>
      active &&
      isAssignable &&
      type === "atlassian" &&
      (world.flavour === "cloud" ? id === asked : name.startsWith(asked)),
  );
  const users = found.flatMap(({ name }) => userRecord(name, world) ?? []);
  const problems = users.flatMap((user) => recordProblems(world.flavour, "user", user));
  return { status: 200, body: users, problems };
}

function search(request: FakeRequest, world: FakeWorld): FakeReply {
  const { jql, fields, maxResults, validateQuery } = request.body as {
    jql: string;
    fields: string[];
    maxResults: number;
    validateQuery?: boolean;
  };
  const isCloud = world.flavour === "cloud";
  try {
    const isStrict = isCloud || validateQuery !== false;
    const found = runJql(jql, world, { issues: indexed(request, world), isStrict });
    const size = Math.min(maxResults, 100);
    const from = isCloud ? tokenOf(request, jql) : Number(request.body["startAt"] ?? 0);
    const page = found.slice(from, from + size);
    const issues = page.map((issue) => issueRecord(issue, world, fields));
    const isLast = from + size >= found.length;
    const numbered = { startAt: from, maxResults: size, total: found.length, issues };
    const nextPageToken = Buffer.from(`${from + size} ${jql}`).toString("base64");
    const tokened = isLast ? { isLast, issues } : { isLast, issues, nextPageToken };
    const problems = page.flatMap((issue, at) => fieldProblems(issue, issues[at]?.fields, fields, world));
    return { status: 200, body: isCloud ? tokened : numbered, problems };
  } catch (error) {
    if (error instanceof JqlProblem) return refusal(400, error.message);
    throw error;
  }
}

/** Cloud's index may be behind; what is to be reconciled is as it is. */
function indexed({ body }: FakeRequest, world: FakeWorld): Iterable<FakeIssue> {
  if (world.index === null || world.flavour !== "cloud") return world.issues.values();
  const seen = new Map(world.index);
  for (const id of (body["reconcileIssues"] ?? []) as number[]) {
    const issue = world.issues.get(String(id));
    if (issue === undefined) seen.delete(String(id));
    else seen.set(issue.id, issue);
  }
  return seen.values();
}

function tokenOf({ body }: FakeRequest, jql: string): number {
  const token = body["nextPageToken"];
  if (typeof token !== "string") return 0;
  const [at = "", ...told] = Buffer.from(token, "base64").toString("utf8").split(" ");
  if (told.join(" ") !== jql) throw new JqlProblem("The provided next page token is invalid.");
  return Number(at);
}

/** Ascending by id, without those that are not there. */
function bulkFetch({ body }: FakeRequest, world: FakeWorld): FakeReply {
  const { issueIdsOrKeys: ids, fields } = body as { issueIdsOrKeys: string[]; fields: string[] };
  const found = ids.flatMap((id) => (world.isVisible ? (world.issues.get(id) ?? []) : []));
  const sorted = found.toSorted((a, b) => Number(a.id) - Number(b.id));
  const issues = sorted.map((issue) => issueRecord(issue, world, fields));
  const problems = sorted.flatMap((issue, at) => fieldProblems(issue, issues[at]?.fields, fields, world));
  return { status: 200, body: { issues, issueErrors: [] }, problems };
}

function commentList({ body, url }: FakeRequest, world: FakeWorld): FakeReply {
  const ids = (body as { ids: number[] }).ids.map(String);
  const isExpanded = url.searchParams.get("expand") === "properties";
  const found = world.comments.filter(({ id }) => ids.includes(id));
  const values = found.map((comment) => commentRecord(comment, world, isExpanded));
  return { status: 200, body: { values, maxResults: 1_048_576, startAt: 0, total: values.length, isLast: true } };
}

/** What a test spoils on purpose is not as Jira describes it. */
export function fieldProblems(
  issue: FakeIssue,
  fields: object | undefined,
  asked: readonly string[],
  world: FakeWorld,
): readonly string[] {
  if (fields === undefined || Object.keys(issue.overrides).length > 0) return [];
  return problemsOf("fields", fields, world, asked);
}

export function problemsOf(
  kind: RecordKind,
  record: object,
  { flavour }: FakeWorld,
  asked: readonly string[] | null = null,
): readonly string[] {
  return recordProblems(flavour, kind, record, asked);
}

/** What Jira would refuse a text for. */
export function bodyProblem(body: unknown, { flavour }: FakeWorld): string | null {
  if (textOf(body).length > longestText) return "The entered text is too long.";
  if (flavour === "data-center") return typeof body === "string" ? null : "the body is no text";
  const [problem] = adfProblems(body);
  return problem === undefined ? null : `INVALID_INPUT: ${problem}`;
}
