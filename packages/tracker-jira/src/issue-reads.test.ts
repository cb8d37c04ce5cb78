import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const dayMs = 86_400_000;

describe.each(["cloud", "data-center"] as const)("issues, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-310 R-316 have ids that stay, and instants without Jira's own offset", async () => {
    const { jira, tracker } = desk();
    const { id, createdMs } = jira.world.add({
      assignee: "harbour",
      labels: ["Bug"],
      parent: "TIDE-9",
    });
    const [issue] = await tracker().fetchIssuesByIds([id], soon());
    const harbour = jira.world.account("harbour").id;
    expect(issue).toEqual({
      id,
      identifier: "TIDE-1",
      title: "Issue 1",
      description: "Heights at a station.",
      state: "To Do",
      stateKind: "unstarted",
      priority: 3,
      labels: ["bug"],
      blockedBy: [],
      assignee: "The harbour",
      branchName: null,
      url: `${jira.endpoint}/browse/TIDE-1`,
      createdAt: new Date(createdMs).toISOString(),
      updatedAt: new Date(createdMs).toISOString(),
      notDispatchable: null,
      nativeRef: {
        id,
        key: "TIDE-1",
        project: "TIDE",
        type: "Task",
        parent: "TIDE-9",
        creator: harbour,
      },
    });
  });

  it("R-301 are of their status, or of its category", async () => {
    const { jira, tracker } = desk();
    for (const status of ["To Do", "In Review", "Done", "Won't Do", "Unheard of"]) {
      jira.world.add({ status });
    }
    const ids = [...jira.world.issues.keys()];
    const states = async (options = {}): Promise<unknown> =>
      (await tracker(options).fetchIssuesByIds(ids, soon())).map(({ state, stateKind }) => [
        state,
        stateKind,
      ]);
    expect(await states()).toEqual([
      ["To Do", "unstarted"],
      ["In Review", "started"],
      ["Done", "completed"],
      ["Won't Do", "canceled"],
      ["Unheard of", null],
    ]);
    expect(await states({ stateSource: "category" })).toEqual([
      ["To Do", "unstarted"],
      ["In Progress", "started"],
      ["Done", "completed"],
      ["Done", "completed"],
      ["Unheard of", null],
    ]);
    const broad = tracker({ stateSource: "category" });
    expect(await broad.fetchIssuesByStates([" in progress"], soon())).toHaveLength(1);
  });

  it("R-301 that are done are in scope for a while, and the project's own alone are", async () => {
    const { jira, tracker, pass } = desk();
    jira.world.add({ status: "Done" });
    jira.world.add({ project: "CHARTS" });
    jira.world.add();
    const listed = async (): Promise<number> =>
      (await tracker().fetchIssuesByStates(["Done", "To Do"], soon())).length;
    expect(await listed()).toBe(2);
    pass(31 * dayMs);
    expect(await listed()).toBe(1);
    // Moved: the id stays, the project is another.
    expect(await tracker().fetchIssuesByIds([...jira.world.issues.keys()], soon())).toHaveLength(2);
  });

  it("R-301 a scope is narrowed by an epic and by JQL, by id as well", async () => {
    const { jira, tracker } = desk();
    const inside = jira.world.add({ parent: "TIDE-50", labels: ["agent"] });
    jira.world.add({ parent: "TIDE-50" });
    jira.world.add({ labels: ["agent"] });
    const narrow = tracker({ epic: "TIDE-50", jql: "labels = agent OR labels = robot" });
    const ids = async (): Promise<readonly string[]> =>
      (await narrow.fetchIssuesByIds([...jira.world.issues.keys(), "77"], soon())).map(
        ({ id }) => id,
      );
    expect((await narrow.fetchIssuesByStates(["To Do"], soon())).map(({ id }) => id)).toEqual([
      inside.id,
    ]);
    expect(await ids()).toEqual([inside.id]);
    jira.world.change(inside.id, { labels: [] });
    expect(await ids()).toEqual([]);
  });

  it("R-318 R-320 by id come a hundred at once, and those that are gone are no error", async () => {
    const { jira, tracker } = desk();
    for (let count = 0; count < 101; count += 1) jira.world.add();
    const ids = [...jira.world.issues.keys()].toReversed();
    jira.world.issues.delete(ids[4] ?? "");
    const adapter = tracker({ allowAuthors: "all" });
    await adapter.fetchIssuesByIds(ids.slice(0, 1), soon());
    jira.takeRequests();
    const issues = await adapter.fetchIssuesByIds([...ids, ...ids, "1/../2", "0", ""], soon());
    expect(issues.map(({ id }) => id)).toEqual(ids.filter((_, at) => at !== 4));
    // Two pages, and whether the project can be seen at all.
    expect(jira.takeRequests()).toHaveLength(3);
  });

  it("R-314 a record that is malformed is told of in a list, and fails by id", async () => {
    const { jira, tracker, logged } = desk();
    const { id } = jira.world.add({ overrides: { status: { name: " " } } });
    jira.world.add();
    expect(await tracker().fetchChanges(null, soon())).toMatchObject({
      issues: [{ identifier: "TIDE-2" }],
      problems: [{ where: "TIDE-1" }],
    });
    expect(logged).toHaveLength(1);
    await expect(tracker().fetchIssuesByIds([id], soon())).rejects.toMatchObject({
      code: "tracker_payload",
    });
  });

  it.each([
    ["Highest", 1],
    ["Blocker", 1],
    ["P0", 1],
    ["High", 2],
    ["Major", 2],
    ["Medium", 3],
    ["P3 - some day", 3],
    ["Lowest", 4],
    ["Not Prioritized", null],
    [null, null],
    ["Soon", 2],
  ])("the priority %s is %s", async (priority, number) => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add({ priority });
    const [issue] = await tracker({ priorities: { soon: 2 } }).fetchIssuesByIds([id], soon());
    expect(issue?.priority).toBe(number);
  });

  it("R-314 a record that is malformed at length is told of in short", async () => {
    const { jira, tracker, logged } = desk();
    const { id } = jira.world.add();
    const issues = [{ id: "9".repeat(1_000_000), key: "K".repeat(1_000_000), fields: {} }];
    const adapter = tracker();
    const page = { issues, isLast: true, startAt: 0, total: 1, issueErrors: [] };
    jira.failNext(/^POST (?:.*)search|bulkfetch/, () => ({ status: 200, body: page }), 2);
    await adapter.fetchChanges(null, soon());
    const error: unknown = await adapter.fetchIssuesByIds([id], soon()).catch((thrown) => thrown);
    expect(String(error)).toContain("KKK");
    for (const text of [...logged, String(error)]) expect(text.length).toBeLessThan(1_000);
  });

  it("hold a body of a megabyte, 250 labels, and any script", async () => {
    const { jira, tracker } = desk();
    const labels = Array.from({ length: 250 }, (_, at) => `label-${at}`);
    const written = `${"🌊 مد ".repeat(150_000)}end`;
    const { id } = jira.world.add({
      labels,
      description: jira.world.text(written),
      summary: "مد 🌊",
    });
    const [issue] = await tracker().fetchIssuesByIds([id], soon());
    expect(issue).toMatchObject({ title: "مد 🌊", labels, description: written });
  });
});

describe.each(["cloud", "data-center"] as const)("blockers, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-322 are links that say so, with the state of each, and cost nothing", async () => {
    const { jira, tracker } = desk();
    const other = jira.world.add({ project: "CHARTS", status: "In Progress" });
    const done = jira.world.add({ status: "Done" });
    const related = jira.world.add();
    const waiting = jira.world.add({ blockedBy: [other.id, done.id], relatesTo: [related.id] });
    const adapter = tracker();
    const blockers = async (options = {}): Promise<unknown> => {
      const [issue] = await tracker(options).fetchIssuesByIds([waiting.id], soon());
      return issue?.blockedBy;
    };
    expect(await blockers()).toEqual([
      { id: other.id, identifier: "CHARTS-1", state: "In Progress", stateKind: "started" },
      { id: done.id, identifier: "TIDE-2", state: "Done", stateKind: "completed" },
    ]);
    // What it blocks itself is no blocker of it.
    expect(await adapter.fetchIssuesByIds([done.id], soon())).toMatchObject([{ blockedBy: [] }]);
    expect(await blockers({ blockedBy: [] })).toEqual([]);
    expect(await blockers({ blockedBy: ["Relates To"] })).toMatchObject([{ id: related.id }]);
    const asked = jira.takeRequests().filter((path) => path.includes(waiting.id));
    expect(asked).toEqual([]);
  });

  it("R-322 one whose state is not told blocks", async () => {
    const { jira, tracker } = desk();
    const type = { name: "Blocks", inward: "is blocked by", outward: "blocks" };
    const inwardIssue = { id: "77", key: "SECRET-1" };
    const { id } = jira.world.add({ overrides: { issuelinks: [{ id: "1", type, inwardIssue }] } });
    expect(await tracker().fetchIssuesByIds([id], soon())).toMatchObject([
      { blockedBy: [{ id: "77", identifier: "SECRET-1", state: null, stateKind: null }] },
    ]);
  });
});
