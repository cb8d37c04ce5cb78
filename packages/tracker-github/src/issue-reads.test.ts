import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk({ isInspected: true });
const active = ["todo", "in-progress", "no-status", "open"];

describe("states", () => {
  it("R-301 lists what is in one of the states, compared without case, in this repository", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.add({ number: 2, labels: ["Status: In-Progress"] });
    github.repository.add({ number: 3, labels: ["bug"] });
    github.repository.add({ number: 4, state: "closed", stateReason: "completed" });
    github.repository.add({ number: 5, isPullRequest: true });
    const issues = await tracker().fetchIssuesByStates([" TODO ", "in-progress"], soon());
    expect(
      issues.map(({ identifier, state, stateKind }) => [identifier, state, stateKind]),
    ).toEqual([
      ["#1", "todo", "unstarted"],
      ["#2", "In-Progress", "started"],
    ]);
  });

  it("R-302 asks nothing where no state is asked for", async () => {
    const { github, tracker } = desk();
    expect(await tracker().fetchIssuesByStates([], soon())).toEqual([]);
    expect(github.takeRequests()).toEqual([]);
  });

  it.each([
    { labels: ["status:in-progress"], stateReason: "completed", state: "done" },
    { labels: [], stateReason: "not_planned", state: "canceled" },
    { labels: [], stateReason: "duplicate", state: "canceled" },
    { labels: ["status:released"], stateReason: "completed", state: "released" },
  ])("a closed issue is over, whatever its label says: $labels $stateReason", async (closed) => {
    const { github, tracker } = desk();
    const { labels, stateReason } = closed;
    github.repository.add({ number: 1, state: "closed", labels, stateReason });
    const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(issue?.state).toBe(closed.state);
    expect(issue?.stateKind).toMatch(/completed|canceled/);
  });

  it("of several status labels the most advanced counts, and it is told", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["status:todo", "status:in-progress"] });
    const changes = await tracker().fetchChanges(null, soon());
    expect(changes).toMatchObject({
      issues: [{ state: "in-progress", labels: [] }],
      problems: [{ where: "tide/tables#1", message: expect.stringContaining("todo, ") }],
    });
  });

  it("takes another order and another prefix", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["s/todo", "s/doing", "status:x"] });
    const adapter = tracker({ labelPrefix: "s/", stateOrder: ["todo", "doing"] });
    expect(await adapter.fetchIssuesByStates(["todo"], soon())).toMatchObject([
      { state: "todo", labels: ["status:x"] },
    ]);
  });

  it("knows nothing but open and closed where that is asked for", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels: ["status:todo"] });
    const adapter = tracker({ stateSource: "open-closed" });
    expect(await adapter.fetchIssuesByStates(active, soon())).toMatchObject([{ state: "open" }]);
  });

  it("leaves closed issues out that nobody touched for long", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, state: "closed", updatedAt: "2020-01-01T00:00:00Z" });
    const days = (Date.now() - Date.parse("2020-01-01T00:00:00Z")) / 86_400_000;
    const few = tracker({ closedWithinDays: Math.floor(days) - 1 });
    expect(await few.fetchIssuesByStates(["done"], soon())).toEqual([]);
    const many = tracker({ closedWithinDays: Math.floor(days) });
    expect(await many.fetchIssuesByStates(["done"], soon())).toHaveLength(1);
    expect(await few.fetchIssuesByIds(["1"], soon())).toHaveLength(1);
  });
});

describe("what an issue says", () => {
  it.each([
    { labels: ["priority:1"], priority: 1 },
    { labels: ["P0"], priority: 1 },
    { labels: ["p3", "priority: high"], priority: 2 },
    { labels: ["urgent"], priority: 1 },
    { labels: ["1", "p5", "priority:9", "loud"], priority: null },
  ])("priority $labels is $priority", async ({ labels, priority }) => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, labels });
    const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(issue?.priority).toBe(priority);
  });

  it("R-311 R-312 an issue by a stranger is listed, and says why it must not run", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, author: "eve", association: "CONTRIBUTOR" });
    github.repository.add({ number: 2, author: "mallory", association: "NONE" });
    github.repository.add({ number: 3, association: "COLLABORATOR" });
    github.repository.add({ number: 4, overrides: { author_association: null } });
    const reasons = async (allowAuthors?: "all" | string[]): Promise<unknown[]> => {
      const adapter = tracker({ allowAuthors });
      const issues = await adapter.fetchIssuesByStates(["todo"], soon());
      return issues.map(({ notDispatchable }) => notDispatchable?.slice(0, 24) ?? null);
    };
    expect(await reasons()).toEqual([
      "opened by @eve (CONTRIBU",
      "opened by @mallory (NONE",
      null,
      "opened by @harbour (of u",
    ]);
    expect(await reasons(["EVE"])).toEqual([null, expect.any(String), null, expect.any(String)]);
    expect(await reasons("all")).toEqual([null, null, null, null]);
  });

  it("survives a large body, many labels, emoji and right-to-left text", async () => {
    const { github, tracker } = desk();
    const title = "🌊 גובה הים — ارتفاع";
    const labels = Array.from({ length: 250 }, (_, at) => ` Label ${at} `);
    const body = `${"x".repeat(1_048_576)}\r\n🚢`;
    github.repository.add({ number: 1, title, body, labels: ["status:todo", ...labels] });
    const [issue] = await tracker().fetchIssuesByStates(["todo"], soon());
    expect(issue).toMatchObject({ title, description: body });
    expect(issue?.labels).toHaveLength(250);
    expect(issue?.labels[0]).toBe("label 0");
  });

  it("R-310 keeps GitHub's own ids, JSON-safe", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(issue?.nativeRef).toEqual({
      number: 1,
      id: 9_001,
      node_id: "I_1",
      author: "harbour",
      author_association: "MEMBER",
    });
  });
});

describe("blockers", () => {
  it("R-322 come with their states, resolved ones too, and cost a request only where there are some", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, state: "closed", stateReason: "completed" });
    github.repository.add({ number: 2 });
    github.repository.add({ number: 3, blockedBy: [1, 2] });
    github.repository.add({ number: 4, blockedBy: [1] });
    const issues = await tracker().fetchIssuesByStates(["todo"], soon());
    expect(issues.map(({ blockedBy }) => blockedBy)).toEqual([
      [],
      [
        { id: "1", identifier: "#1", state: "done", stateKind: "completed" },
        { id: "2", identifier: "#2", state: "todo", stateKind: "unstarted" },
      ],
      [{ id: "1", identifier: "#1", state: "done", stateKind: "completed" }],
    ]);
    expect(github.takeRequests().filter((request) => request.includes("blocked_by"))).toEqual([
      "GET /repos/tide/tables/issues/3/dependencies/blocked_by?per_page=100",
      "GET /repos/tide/tables/issues/4/dependencies/blocked_by?per_page=100",
    ]);
  });

  it("of another repository are known by its name, and never looked for here", async () => {
    const { github, tracker } = desk();
    const overrides = { repository_url: `${github.endpoint}/repos/tide/charts` };
    github.repository.add({ number: 1, overrides });
    github.repository.add({ number: 2, blockedBy: [1] });
    const [issue] = await tracker().fetchIssuesByIds(["2"], soon());
    expect(issue?.blockedBy).toEqual([
      { id: "tide/charts#1", identifier: "tide/charts#1", state: "todo", stateKind: "unstarted" },
    ]);
    expect(await tracker().fetchIssuesByIds(["tide/charts#1"], soon())).toEqual([]);
  });

  it("that cannot be read block", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, overrides: { title: "" } });
    github.repository.add({ number: 2, blockedBy: [1] });
    const adapter = tracker();
    const [malformed] = await adapter.fetchIssuesByIds(["2"], soon());
    expect(malformed?.blockedBy).toMatchObject([{ id: null, state: null, stateKind: null }]);
    github.failNext(/blocked_by/, () => ({ status: 404, body: { message: "Not Found" } }));
    const [missing] = await adapter.fetchIssuesByIds(["2"], soon());
    expect(missing?.blockedBy).toMatchObject([{ id: null, state: null, stateKind: null }]);
  });

  it("R-313 fail the call where their page does", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.repository.add({ number: 2, blockedBy: [1] });
    github.failNext(/blocked_by/, () => ({ status: 502, body: "" }));
    await expect(tracker().fetchIssuesByStates(["todo"], soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
    });
  });

  it("are sub-issues as well where that is asked for", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1, subIssues: [2] });
    github.repository.add({ number: 2 });
    const [without] = await tracker().fetchIssuesByIds(["1"], soon());
    expect(without?.blockedBy).toEqual([]);
    const [issue] = await tracker({ subIssues: true }).fetchIssuesByIds(["1"], soon());
    expect(issue?.blockedBy).toMatchObject([{ id: "2", state: "todo" }]);
  });
});
