import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { LinearWorkspace } from "./__fixtures__/linear-workspace.ts";

const issuesReply = v.object({ issues: v.object({ nodes: v.array(v.looseObject({})) }) });

/** Overwrites fields of the records in a reply, in order. */
function tampering(...changes: readonly Readonly<Record<string, unknown>>[]) {
  return (data: unknown): unknown => {
    if (!v.is(issuesReply, data)) return data;
    const nodes = data.issues.nodes.map((node, index) => ({ ...node, ...changes[index] }));
    return { ...data, issues: { ...data.issues, nodes } };
  };
}

describe("lists", () => {
  it("R-301 active states and scope are applied", async () => {
    await using linear = await LinearWorkspace.open();
    const { team, person, signal } = linear;
    const { store } = linear.server;
    const project = store.addProject("Tides", "0a1b2c3d4e5f", team);
    const todo = store.addIssue(team, "Todo", { projectId: project.id, assigneeId: person.id });
    const other = store.addIssue(team, "In Progress");
    store.addIssue(team, "Done");
    store.addIssue(store.addTeam("OPS", [["Todo", "unstarted"]]), "Todo");
    store.addIssue(team, "Todo", { archivedAt: store.now() });
    const listed = async (options: object): Promise<readonly string[]> => {
      const tracker = linear.tracker(options);
      const issues = await tracker.fetchIssuesByStates([" todo ", "IN PROGRESS"], signal);
      return issues.map(({ id }) => id).toSorted();
    };
    expect(await listed({})).toEqual([todo.id, other.id].toSorted());
    expect(await listed({ teamKey: "eng", assignee: "me" })).toEqual([todo.id]);
    expect(await listed({ assignee: person.email })).toEqual([todo.id]);
    expect(await listed({ assignee: person.id })).toEqual([todo.id]);
    for (const projectSlug of ["tides-0a1b2c3d4e5f", "0a1b2c3d4e5f"]) {
      expect(await listed({ teamKey: undefined, projectSlug })).toEqual([todo.id]);
    }
  });

  it("R-302 R-303 no states and no ids: no request", async () => {
    await using linear = await LinearWorkspace.open();
    const tracker = linear.tracker();
    expect(await tracker.fetchIssuesByStates([], linear.signal)).toEqual([]);
    expect(await tracker.fetchIssuesByIds([], linear.signal)).toEqual([]);
    expect(linear.asked()).toEqual([]);
  });

  it("R-304 R-326 order is kept over pages, and a page has 50 issues", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const ids = Array.from({ length: 120 }, () => store.addIssue(linear.team, "Todo").id);
    const issues = await linear.tracker().fetchIssuesByStates(["Todo"], linear.signal);
    expect(issues.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(linear.asked()).toEqual(["Scope", "Issues", "Issues", "Issues"]);
  });

  it("R-307 a malformed record is logged and dropped", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const kept = store.addIssue(linear.team, "Todo");
    store.addIssue(linear.team, "Todo");
    linear.server.tamper = tampering({ title: " " });
    const tracker = linear.tracker();
    const issues = await tracker.fetchIssuesByStates(["Todo"], linear.signal);
    expect(issues.map(({ id }) => id)).toEqual([kept.id]);
    expect(linear.log).toMatchObject([{ level: "warn" }]);
    expect(linear.log[0]?.message).toContain("ENG-2");
    const changes = await tracker.fetchChanges(null, linear.signal);
    expect(changes).toMatchObject({ kind: "full", problems: [{ where: "ENG-2" }] });
  });

  it("R-313 a failed page fails the call", async () => {
    await using linear = await LinearWorkspace.open();
    for (let count = 0; count < 60; count += 1) linear.server.store.addIssue(linear.team, "Todo");
    const tracker = linear.tracker();
    await tracker.describe(linear.signal);
    linear.server.faults.push(null, { kind: "status", status: 502 });
    const list = tracker.fetchIssuesByStates(["Todo"], linear.signal);
    await expect(list).rejects.toMatchObject({ code: "tracker_status", retryable: true });
  });

  it.each(["repeated", "missing"] as const)(
    "R-319 a %s cursor is an error, not the end",
    async (paging) => {
      await using linear = await LinearWorkspace.open();
      for (let count = 0; count < 160; count += 1)
        linear.server.store.addIssue(linear.team, "Todo");
      linear.server.paging = paging;
      const list = linear.tracker().fetchIssuesByStates(["Todo"], linear.signal);
      await expect(list).rejects.toMatchObject({ code: "tracker_pagination" });
    },
  );
});

describe("records", () => {
  it("R-305 R-306 R-316 labels are folded, and what cannot be used is null", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const labels = [" Bug ", "bug", "Größe", "  "].map((name) => store.addLabel(name).id);
    const { id } = store.addIssue(linear.team, "Todo", { labelIds: labels, priority: 2 });
    const tracker = linear.tracker();
    const [issue] = await tracker.fetchIssuesByIds([id], linear.signal);
    expect(issue).toMatchObject({
      labels: ["bug", "größe"],
      priority: 2,
      branchName: "feature/eng-1",
    });
    expect(new Date(issue?.createdAt ?? 0).toISOString()).toBe(issue?.createdAt);
    linear.server.tamper = tampering({
      priority: "high",
      createdAt: "yesterday",
      updatedAt: 7,
      url: "javascript:alert(1)",
      labels: null,
      inverseRelations: "none",
      assignee: { id: 1 },
      branchName: " ",
      project: 3,
    });
    const [odd] = await tracker.fetchIssuesByIds([id], linear.signal);
    expect(odd).toMatchObject({ id, priority: null, createdAt: null, updatedAt: null, url: null });
    expect(odd).toMatchObject({ labels: [], blockedBy: [], assignee: null, branchName: null });
  });

  it("R-308 by id: a malformed requested record fails the call", async () => {
    await using linear = await LinearWorkspace.open();
    const { id } = linear.server.store.addIssue(linear.team, "Todo");
    linear.server.tamper = tampering({ state: null });
    const read = linear.tracker().fetchIssuesByIds([id], linear.signal);
    await expect(read).rejects.toMatchObject({ code: "tracker_payload" });
    await expect(read).rejects.toThrow("ENG-1");
  });

  it("R-309 R-320 full snapshots, each once, in the order asked for; gone and moved ones are left out", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const [one, two, moved, trashed, archived] = Array.from({ length: 5 }, () =>
      store.addIssue(linear.team, "Todo", { description: "Text" }),
    );
    if (!one || !two || !moved || !trashed || !archived) throw new Error("five issues");
    const other = store.addTeam("OPS", [["Todo", "unstarted"]]);
    store.changeIssue(moved.id, { teamId: other.id, stateId: other.states[0]?.id ?? "" });
    store.changeIssue(trashed.id, { trashed: true, archivedAt: store.now() });
    store.changeIssue(archived.id, { archivedAt: store.now() });
    const ids = [
      two.id,
      "00000000-0000-4000-8000-000000000000",
      moved.id,
      trashed.id,
      one.id,
      two.id,
      archived.id,
    ];
    const issues = await linear.tracker().fetchIssuesByIds(ids, linear.signal);
    expect(issues.map(({ id }) => id)).toEqual([two.id, one.id]);
    expect(issues[0]?.description).toBe("Text");
  });

  it("R-310 R-311 R-312 R-317 native ids, the spelling of the state, and dispatchable", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const stored = store.addIssue(linear.team, "In Progress", {
      assigneeId: linear.person.id,
      delegateId: linear.app.id,
      title: "‏مرحبا 🚦 \u202E",
    });
    const [issue] = await linear.tracker().fetchIssuesByStates(["in progress"], linear.signal);
    expect(issue).toMatchObject({
      identifier: "ENG-1",
      title: stored.title,
      state: "In Progress",
      stateKind: "started",
      assignee: "Owner",
      notDispatchable: null,
      nativeRef: {
        id: stored.id,
        teamKey: "ENG",
        delegate: "Signalbox",
        delegateId: linear.app.id,
      },
    });
    expect(JSON.parse(JSON.stringify(issue))).toEqual(issue);
    expect(JSON.stringify(issue)).not.toContain("lin_api");
  });

  it.each([
    ["Triage", "unstarted"],
    ["Backlog", "unstarted"],
    ["Todo", "unstarted"],
    ["In Progress", "started"],
    ["Done", "completed"],
    ["Canceled", "canceled"],
    ["Duplicate", "canceled"],
  ])("the state %s is %s", async (state, kind) => {
    await using linear = await LinearWorkspace.open();
    linear.server.store.addIssue(linear.team, state, { priority: 0 });
    const [issue] = await linear.tracker().fetchIssuesByStates([state], linear.signal);
    expect(issue).toMatchObject({ stateKind: kind, priority: null });
  });

  it("R-318 51 and 101 ids work", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const ids = Array.from({ length: 101 }, () => store.addIssue(linear.team, "Todo").id);
    const tracker = linear.tracker();
    for (const [count, requests] of [
      [50, 1],
      [51, 2],
      [101, 3],
    ] as const) {
      const issues = await tracker.fetchIssuesByIds(ids.slice(0, count), linear.signal);
      expect(issues.map(({ id }) => id)).toEqual(ids.slice(0, count));
      expect(linear.asked()).toHaveLength(requests);
    }
  });

  it("R-322 blockers have their state; one that the token may not see is unknown, which blocks", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const blocked = store.addIssue(linear.team, "Todo");
    const done = store.addIssue(linear.team, "Done");
    store.block(done, blocked);
    store.block(store.addIssue(linear.team, "Todo"), blocked, "related");
    store.block(blocked, store.addIssue(linear.team, "Todo"));
    const tracker = linear.tracker();
    const [issue] = await tracker.fetchIssuesByIds([blocked.id], linear.signal);
    expect(issue?.blockedBy).toEqual([
      { id: done.id, identifier: "ENG-2", state: "Done", stateKind: "completed" },
    ]);
    linear.server.tamper = tampering({
      inverseRelations: {
        nodes: [{ type: "blocks", issue: null }],
        pageInfo: { hasNextPage: false },
      },
    });
    const [hidden] = await tracker.fetchIssuesByIds([blocked.id], linear.signal);
    expect(hidden?.blockedBy).toMatchObject([{ id: null, state: null, stateKind: null }]);
  });

  it("R-307 R-322 a relation that cannot be read is told with its issue, and blocks that one alone", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const blocker = store.addIssue(linear.team, "Todo");
    const [first, second] = [
      store.addIssue(linear.team, "Todo"),
      store.addIssue(linear.team, "Todo"),
    ];
    for (const blocked of [first, second]) store.block(blocker, blocked);
    const good = { id: "r-1", type: "blocks", issue: { id: "i-9", identifier: "OPS-9" } };
    const nodes = [
      good,
      { id: "r-2", type: "blocks", issue: { id: "i-8", identifier: " " } },
      { id: "r-3", type: 5 },
      { id: "r-4", type: "related", issue: "nonsense" },
    ];
    linear.server.tamper = tampering(
      {},
      { inverseRelations: { nodes, pageInfo: { hasNextPage: false } } },
    );
    const tracker = linear.tracker();
    const changes = await tracker.fetchChanges(null, linear.signal);
    if (changes.kind !== "full") throw new Error(changes.kind);
    expect(changes.problems).toMatchObject([
      { where: "ENG-2", message: expect.stringMatching(/relation r-2.*issue.identifier/) },
      { where: "ENG-2", message: expect.stringMatching(/relation r-3.*type/) },
    ]);
    expect(linear.log.map(({ message }) => message)).toEqual([
      expect.stringContaining("ENG-2 waits for the relation r-2"),
      expect.stringContaining("ENG-2 waits for the relation r-3"),
    ]);
    const blockers = new Map(changes.issues.map((issue) => [issue.identifier, issue.blockedBy]));
    expect(blockers.get("ENG-2")?.map(({ id }) => id)).toEqual(["i-9", null, null]);
    expect(blockers.get("ENG-3")?.map(({ id }) => id)).toEqual([blocker.id]);
    expect(blockers.get("ENG-1")).toEqual([]);
    const list = await tracker.fetchIssuesByStates(["Todo"], linear.signal);
    expect(list).toHaveLength(3);
  });

  it("251 labels and 105 blockers are complete, at a request more each for that issue alone", async () => {
    await using linear = await LinearWorkspace.open();
    const { store } = linear.server;
    const labelIds = Array.from({ length: 251 }, (_, index) => store.addLabel(`label ${index}`).id);
    const laden = store.addIssue(linear.team, "Todo", { labelIds });
    for (let count = 0; count < 105; count += 1)
      store.block(store.addIssue(linear.team, "Backlog"), laden);
    store.addIssue(linear.team, "Todo");
    const issues = await linear.tracker().fetchIssuesByStates(["Todo"], linear.signal);
    const issue = issues.find(({ id }) => id === laden.id);
    expect(issue?.labels).toHaveLength(251);
    expect(issue?.blockedBy).toHaveLength(105);
    expect(linear.asked()).toEqual(["Scope", "Issues", "MoreLabels", "MoreBlockers"]);
  });

  it("a description of 1 MB comes whole", async () => {
    await using linear = await LinearWorkspace.open();
    const description = "🚂 wagon\n".repeat(100_000);
    const { id } = linear.server.store.addIssue(linear.team, "Todo", { description });
    const [issue] = await linear.tracker().fetchIssuesByIds([id], linear.signal);
    expect(issue?.description).toBe(description);
  });
});
