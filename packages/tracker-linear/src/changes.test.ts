import { describe, expect, it } from "vitest";
import { LinearWorkspace } from "./__fixtures__/linear-workspace.ts";

describe("changes", () => {
  it("tell the whole scope first, then what changed, then nothing, at a request a poll", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const todo = store.addIssue(team, "Todo");
    const done = store.addIssue(team, "Done");
    const tracker = linear.tracker();
    const full = await tracker.fetchChanges(null, signal);
    expect(full).toMatchObject({ kind: "full", issues: [{ id: done.id }, { id: todo.id }] });
    linear.asked();
    const none = await tracker.fetchChanges(full.cursor, signal);
    expect(none.kind).toBe("unchanged");
    store.move(todo.id, "In Progress");
    const added = store.addIssue(team, "Backlog");
    const changes = await tracker.fetchChanges(none.cursor, signal);
    expect(changes).toMatchObject({
      kind: "changes",
      issues: [{ id: added.id }, { id: todo.id, state: "In Progress" }],
      removedIds: [],
    });
    expect((await tracker.fetchChanges(changes.cursor, signal)).kind).toBe("unchanged");
    expect(linear.asked()).toEqual(["ChangedIssues", "ChangedIssues", "ChangedIssues"]);
  });

  it("R-320 tell which issues left the scope: moved, reassigned, archived, trashed", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team, person } = linear;
    const { store } = linear.server;
    const other = store.addTeam("OPS", [["Todo", "unstarted"]]);
    const mine = (): string => store.addIssue(team, "Todo", { assigneeId: person.id }).id;
    const [moved, reassigned, archived, trashed, kept] = [mine(), mine(), mine(), mine(), mine()];
    const tracker = linear.tracker({ assignee: "me" });
    const { cursor } = await tracker.fetchChanges(null, signal);
    store.changeIssue(moved, { teamId: other.id, stateId: other.states[0]?.id ?? "" });
    store.changeIssue(reassigned, { assigneeId: null });
    store.changeIssue(archived, { archivedAt: store.now() });
    store.changeIssue(trashed, { archivedAt: store.now(), trashed: true });
    store.changeIssue(kept, { title: "Still here" });
    store.addIssue(other, "Todo");
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes).toMatchObject({ kind: "changes", issues: [{ id: kept, title: "Still here" }] });
    expect(changes.kind === "changes" && changes.removedIds.toSorted()).toEqual(
      [moved, reassigned, archived, trashed].toSorted(),
    );
  });

  it("R-320 a team that has another key, or is hidden from the token, is an error and no end of its issues", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const { id } = store.addIssue(team, "Todo");
    let clockMs = Date.now();
    const tracker = linear.tracker({}, { now: () => clockMs });
    const { cursor } = await tracker.fetchChanges(null, signal);
    team.key = "CORE";
    const error = { code: "tracker_config", message: expect.stringContaining("it sees CORE") };
    await expect(tracker.fetchIssuesByIds([id], signal)).rejects.toMatchObject(error);
    await expect(tracker.fetchIssuesByStates(["Todo"], signal)).rejects.toMatchObject(error);
    store.changeIssue(id, { title: "Changed" });
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject(error);
    clockMs += 600_000;
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject(error);
    team.key = "ENG";
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({ issues: [{ id }] });
  });

  it("R-322 tell of an issue whose blocker moved, also one of another team", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const blocked = store.addIssue(team, "Todo");
    const blocker = store.addIssue(
      store.addTeam("OPS", [
        ["Todo", "unstarted"],
        ["Done", "completed"],
      ]),
      "Todo",
    );
    store.block(blocker, blocked);
    const tracker = linear.tracker();
    const { cursor } = await tracker.fetchChanges(null, signal);
    store.move(blocker.id, "Done");
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes).toMatchObject({
      kind: "changes",
      issues: [{ id: blocked.id, blockedBy: [{ id: blocker.id, stateKind: "completed" }] }],
      removedIds: [],
    });
  });

  it("a renamed label and a deleted issue are seen by the full read, every ten minutes", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const label = store.addLabel("agent");
    const labelled = store.addIssue(team, "Todo", { labelIds: [label.id] });
    const deleted = store.addIssue(team, "Todo");
    let now = Date.now();
    const tracker = linear.tracker({}, { now: () => now });
    const { cursor } = await tracker.fetchChanges(null, signal);
    store.issues.delete(deleted.id);
    label.name = "robot";
    const before = await tracker.fetchChanges(cursor, signal);
    expect(before.kind).toBe("unchanged");
    now += 600_000;
    const after = await tracker.fetchChanges(before.cursor, signal);
    expect(after).toMatchObject({ kind: "full", issues: [{ id: labelled.id, labels: ["robot"] }] });
    expect(after.kind === "full" && after.issues).toHaveLength(1);
  });

  it.each([-3_600_000, 3_600_000])(
    "go by Linear's clock, which may differ by %d ms",
    async (skewMs) => {
      await using linear = await LinearWorkspace.open();
      const { store } = linear.server;
      store.skewMs = skewMs;
      const tracker = linear.tracker();
      const { cursor } = await tracker.fetchChanges(null, linear.signal);
      const { id } = store.addIssue(linear.team, "Todo");
      const changes = await tracker.fetchChanges(cursor, linear.signal);
      expect(changes).toMatchObject({ kind: "changes", issues: [{ id }] });
    },
  );

  it("are told again where the caller has not got them, and after a restart", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const tracker = linear.tracker();
    const { cursor } = await tracker.fetchChanges(null, signal);
    const { id } = store.addIssue(team, "Todo");
    await tracker.fetchChanges(cursor, signal);
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({
      kind: "full",
      issues: [{ id }],
    });
    expect(await linear.tracker().fetchChanges(cursor, signal)).toMatchObject({ kind: "full" });
  });

  it("R-313 a poll that fails hides nothing", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const tracker = linear.tracker();
    const { cursor } = await tracker.fetchChanges(null, signal);
    const ids = Array.from({ length: 30 }, () => store.addIssue(team, "Todo").id);
    linear.server.faults.push(null, { kind: "cut", lands: false });
    await expect(tracker.fetchChanges(cursor, signal)).rejects.toMatchObject({
      code: "tracker_transport",
    });
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes.kind === "changes" && changes.issues).toHaveLength(ids.length);
  });

  it("a mass edit of the workspace is read as the scope in full", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const kept = store.addIssue(team, "Todo");
    const tracker = linear.tracker();
    const { cursor } = await tracker.fetchChanges(null, signal);
    const other = store.addTeam("OPS", [["Todo", "unstarted"]]);
    for (let count = 0; count < 1000; count += 1) store.addIssue(other, "Todo");
    const changes = await tracker.fetchChanges(cursor, signal);
    expect(changes).toMatchObject({ kind: "full", issues: [{ id: kept.id }] });
  });

  it("R-326 requests of a poll do not grow with the issues that are worked on", async () => {
    await using linear = await LinearWorkspace.open();
    const { signal, team } = linear;
    const { store } = linear.server;
    const tracker = linear.tracker();
    for (const count of [1, 9, 90]) {
      for (let index = 0; index < count; index += 1) store.addIssue(team, "In Progress");
      const { cursor } = await tracker.fetchChanges(null, signal);
      linear.asked();
      await tracker.fetchChanges(cursor, signal);
      expect(linear.asked().length).toBeLessThanOrEqual(3);
    }
  });
});
