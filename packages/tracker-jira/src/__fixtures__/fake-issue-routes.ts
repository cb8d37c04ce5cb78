import type { FakeReply, FakeRequest } from "./fake-jira.ts";
import { commentRecord, issueRecord, transitionRecord } from "./fake-records.ts";
import { bodyProblem, fieldProblems, problemsOf, refusal } from "./fake-routes.ts";
import type { FakeComment, FakeIssue, FakeTransition, FakeWorld } from "./fake-world.ts";

/** What Jira answers below `issue/:id`. */
export function answerIssue(request: FakeRequest, world: FakeWorld): FakeReply {
  const [, id = "", part, commentId] = request.segments;
  const issue = world.isVisible ? world.issues.get(id) : undefined;
  if (issue === undefined) {
    return refusal(404, "Issue does not exist or you do not have permission to see it.");
  }
  switch (part) {
    case undefined:
      return request.method === "PUT" ? edit(request, world, issue) : one(request, world, issue);
    case "transitions":
      return request.method === "GET"
        ? transitionList(world, issue)
        : perform(request, world, issue);
    case "remotelink":
      return remoteLink(request, world, issue);
    default:
      return commentId === undefined
        ? comments(request, world, issue)
        : comment(request, world, commentId);
  }
}

function one({ url }: FakeRequest, world: FakeWorld, issue: FakeIssue): FakeReply {
  const asked = (url.searchParams.get("fields") ?? "").split(",");
  const body = issueRecord(issue, world, asked);
  return { status: 200, body, problems: fieldProblems(issue, body.fields, asked, world) };
}

function edit({ body }: FakeRequest, world: FakeWorld, issue: FakeIssue): FakeReply {
  const { fields = {}, update = {} } = body as {
    fields?: { assignee?: { accountId?: string | null; name?: string | null } };
    update?: { labels?: { add?: string; remove?: string }[] };
  };
  const parts: Partial<FakeIssue> = {};
  if (fields.assignee !== undefined) {
    const wanted = fields.assignee.accountId ?? fields.assignee.name ?? null;
    const account = [...world.accounts.values()].find(
      ({ id, name }) => (world.flavour === "cloud" ? id : name) === wanted,
    );
    if (wanted !== null && account?.isAssignable !== true) {
      const assignee = `User '${wanted}' cannot be assigned issues.`;
      return { status: 400, body: { errorMessages: [], errors: { assignee } } };
    }
    parts.assignee = account?.name ?? null;
  }
  for (const { add, remove } of update.labels ?? []) {
    const left = (parts.labels ?? issue.labels).filter((label) => label !== remove && label !== add);
    parts.labels = add === undefined ? left : [...left, add];
  }
  world.change(issue.id, parts);
  return { status: 204 };
}

function waysOut(world: FakeWorld, { status }: FakeIssue): readonly FakeTransition[] {
  const all =
    world.transitions ??
    world.statuses.map(({ name }, at) => ({ id: String(at * 10 + 11), name: `To ${name}`, to: name }));
  return all.filter(({ from }: FakeTransition) => from === undefined || from.includes(status));
}

function transitionList(world: FakeWorld, issue: FakeIssue): FakeReply {
  const transitions = waysOut(world, issue).map((each) => transitionRecord(each, world));
  const problems = transitions.flatMap((each) => problemsOf("transition", each, world));
  return { status: 200, body: { expand: "transitions", transitions }, problems };
}

function perform({ body }: FakeRequest, world: FakeWorld, issue: FakeIssue): FakeReply {
  const { transition, fields = {} } = body as {
    transition: { id: string };
    fields?: Record<string, unknown>;
  };
  const chosen = waysOut(world, issue).find(({ id }) => id === transition.id);
  if (chosen === undefined) {
    return refusal(400, "It seems that you have tried to perform a workflow operation that is not valid.");
  }
  const screen = Object.entries(chosen.fields ?? {}) as [
    string,
    { required?: boolean; hasDefaultValue?: boolean },
  ][];
  const strange = Object.keys(fields).find((name) => !screen.some(([known]) => known === name));
  const lacking = screen.find(
    ([name, { required, hasDefaultValue }]) =>
      required === true && hasDefaultValue !== true && !(name in fields),
  );
  const wrong = strange ?? lacking?.[0];
  if (wrong !== undefined) {
    const problem = strange === undefined ? `${wrong} is required.` : `Field '${wrong}' cannot be set.`;
    return { status: 400, body: { errorMessages: [], errors: { [wrong]: problem } } };
  }
  if (world.makesTransitions) world.change(issue.id, { status: chosen.to });
  return { status: 204 };
}

function remoteLink({ body }: FakeRequest, world: FakeWorld, { id: issue }: FakeIssue): FakeReply {
  const { globalId, object } = body as { globalId: string; object: { url: string; title: string } };
  if (globalId.length > 255 || object.title === "") return refusal(400, "The link is invalid.");
  const known = world.links.find((link) => link.issue === issue && link.globalId === globalId);
  if (known === undefined) world.links.push({ issue, globalId, object });
  else known.object = object;
  return { status: known === undefined ? 201 : 200, body: { id: 10_000, self: world.origin } };
}

function comments({ method, url, body }: FakeRequest, world: FakeWorld, issue: FakeIssue): FakeReply {
  if (method === "POST") {
    const problem = bodyProblem(body["body"], world);
    if (problem !== null) return refusal(400, problem);
    const written = world.write({
      issue: issue.id,
      body: body["body"],
      author: world.viewer,
      properties: (body["properties"] ?? []) as FakeComment["properties"],
    });
    return { status: 201, body: commentRecord(written, world) };
  }
  const sign = url.searchParams.get("orderBy") === "-created" ? -1 : 1;
  const from = Number(url.searchParams.get("startAt") ?? 0);
  const size = Math.min(Number(url.searchParams.get("maxResults") ?? 50), 5_000);
  const found = world.comments
    .filter((each) => each.issue === issue.id)
    .toSorted((a, b) => sign * (a.createdMs - b.createdMs));
  const page = found.slice(from, from + size).map((each) => commentRecord(each, world));
  const problems = page.flatMap((each) => problemsOf("comment", each, world));
  const list = { startAt: from, maxResults: size, total: found.length, comments: page };
  return { status: 200, body: list, problems };
}

function comment({ method, body }: FakeRequest, world: FakeWorld, id: string): FakeReply {
  const found = world.comments.find((each) => each.id === id);
  if (found === undefined) return refusal(404, `Can not find a comment for the id: ${id}.`);
  if (method === "PUT") {
    const problem = bodyProblem(body["body"], world);
    if (problem !== null) return refusal(400, problem);
    found.body = body["body"];
    found.properties = (body["properties"] ?? found.properties) as FakeComment["properties"];
    found.updatedMs = world.now();
    world.change(found.issue, {});
  }
  return { status: 200, body: commentRecord(found, world) };
}
