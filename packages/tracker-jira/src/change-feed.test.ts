import type { TrackerChanges } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { FakeRequest } from "./__fixtures__/fake-jira.ts";

function ids(changes: TrackerChanges): readonly string[] {
  return changes.kind === "unchanged" ? [] : changes.issues.map(({ id }) => id);
}

function changesJql(minutes: number): string {
  return `project = "TIDE" AND updated >= "-${minutes}m" ORDER BY updated DESC, key ASC`;
}

describe.each(["cloud", "data-center"] as const)("changes, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-326 a poll in which nothing happens is one search, of minutes and never of a date", async () => {
    const { jira, tracker, pass } = desk();
    for (let count = 0; count < 3; count += 1) jira.world.add();
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    const asked: unknown[] = [];
    jira.fault = ({ body }: FakeRequest, land) => {
      asked.push(body["jql"]);
      return land();
    };
    for (const ms of [30_000, 30_000, 90_000]) {
      pass(ms);
      expect(await adapter.fetchChanges(cursor, soon())).toEqual({ kind: "unchanged", cursor });
    }
    expect(asked).toEqual([changesJql(4), changesJql(4), changesJql(5)]);
  });

  it("R-301 what changed is told once, though it is read again", async () => {
    const { jira, tracker, pass } = desk();
    const { id } = jira.world.add();
    jira.world.add();
    const adapter = tracker();
    let { cursor } = await adapter.fetchChanges(null, soon());
    for (const status of ["In Progress", "In Review"]) {
      pass(30_000);
      jira.world.change(id, { status });
      const changes = await adapter.fetchChanges(cursor, soon());
      expect(changes).toMatchObject({
        kind: "changes",
        issues: [{ id, state: status }],
        removedIds: [],
      });
      ({ cursor } = changes);
      expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    }
  });

  it("R-320 what was deleted or moved away is gone with the next full read", async () => {
    const { jira, tracker, pass } = desk();
    for (let count = 0; count < 3; count += 1) jira.world.add();
    const [first = "", second = "", third = ""] = jira.world.issues.keys();
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    jira.world.change(second, { project: "CHARTS" });
    jira.world.issues.delete(third);
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    expect(await adapter.fetchIssuesByIds([second, third], soon())).toEqual([]);
    pass(600_000);
    const full = await adapter.fetchChanges(cursor, soon());
    expect([full.kind, ids(full)]).toEqual(["full", [first]]);
  });

  it("R-320 what leaves a narrower scope is gone at once", async () => {
    const { jira, tracker, pass } = desk();
    const { id } = jira.world.add({ labels: ["agent"] });
    jira.world.add();
    const adapter = tracker({ jql: "labels = agent" });
    const { cursor } = await adapter.fetchChanges(null, soon());
    pass(30_000);
    jira.world.change(id, { labels: [] });
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
      kind: "changes",
      issues: [],
      removedIds: [id],
    });
  });

  it("R-322 an issue changes when the one that it waits for does", async () => {
    const { jira, tracker, pass } = desk();
    const blocker = jira.world.add();
    const waiting = jira.world.add({ blockedBy: [blocker.id] });
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    // By then the search does not find the one that waits.
    pass(290_000);
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    pass(290_000);
    jira.world.change(blocker.id, { status: "Done" });
    const changes = await adapter.fetchChanges(cursor, soon());
    expect(new Set(ids(changes))).toEqual(new Set([blocker.id, waiting.id]));
    expect(changes).toMatchObject({
      issues: [{ id: blocker.id }, { blockedBy: [{ id: blocker.id, state: "Done" }] }],
    });
  });

  it("a clock that is set back, and a cursor of another process, give everything", async () => {
    const { jira, tracker, setBack } = desk();
    jira.world.add();
    const adapter = tracker();
    const { cursor } = await adapter.fetchChanges(null, soon());
    expect(await tracker().fetchChanges(cursor, soon())).toMatchObject({ kind: "full" });
    setBack(3_600_000);
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "full" });
  });

  it("an open issue that slides to a page that was read is not gone", async () => {
    const { jira, tracker } = desk();
    for (let count = 0; count < 101; count += 1) jira.world.add();
    const adapter = tracker({ allowAuthors: "all" });
    await adapter.fetchChanges(null, soon());
    const [first = ""] = jira.world.issues.keys();
    jira.failNext(/search/, (_, land) => {
      const reply = land();
      jira.world.change(first, { status: "Done" });
      jira.world.issues.set(first, { ...jira.world.get(first), updatedMs: 0 });
      return reply;
    });
    expect(ids(await adapter.fetchChanges(null, soon()))).toHaveLength(101);
  });
});

describe("changes, on Cloud", () => {
  const desk = useDesk();

  it("R-438 an index that is behind does not take our own writes back", async () => {
    const { jira, tracker, pass } = desk();
    const { id } = jira.world.add();
    const other = jira.world.add();
    const adapter = tracker();
    let { cursor } = await adapter.fetchChanges(null, soon());
    pass(30_000);
    jira.world.freezeIndex();
    await adapter.transition(id, { from: "To Do", to: "In Progress", key: "k" }, soon());
    jira.world.change(other.id, { status: "In Review" });
    const changes = await adapter.fetchChanges(cursor, soon());
    // Ours is brought up to date in the search; that of others comes when the index has it.
    expect(changes).toMatchObject({ issues: [{ id, state: "In Progress" }] });
    ({ cursor } = changes);
    pass(30_000);
    jira.world.index = null;
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({
      issues: [{ id: other.id, state: "In Review" }],
    });
  });

  it("R-438 what was read newer is not taken back by an index that is behind", async () => {
    const { jira, tracker, pass } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    let { cursor } = await adapter.fetchChanges(null, soon());
    jira.world.freezeIndex();
    const stale = jira.world.index;
    pass(30_000);
    jira.world.change(id, { status: "In Progress" });
    jira.world.index = null;
    ({ cursor } = await adapter.fetchChanges(cursor, soon()));
    jira.world.index = stale;
    expect(await adapter.fetchChanges(cursor, soon())).toMatchObject({ kind: "unchanged" });
    expect(await adapter.fetchChanges(null, soon())).toMatchObject({
      kind: "full",
      issues: [{ id, state: "In Progress" }],
    });
  });

  it("R-313 issues that could be read another time fail the call", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const body = { issues: [], issueErrors: [{ id, errorMessage: "Try again later" }] };
    jira.failNext(/bulkfetch/, () => ({ status: 200, body }));
    await expect(tracker().fetchIssuesByIds([id], soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
    });
  });

  it("R-313 issues that were too much for one answer are asked for again", async () => {
    const { jira, tracker } = desk();
    const wanted = [jira.world.add().id, jira.world.add().id];
    jira.failNext(/bulkfetch/, (_, land) => {
      const { issues } = land().body as { issues: readonly unknown[] };
      const issueErrors = [{ id: wanted[1], errorMessage: "The response is too large" }];
      return { status: 200, body: { issues: issues.slice(0, 1), issueErrors } };
    });
    const issues = await tracker().fetchIssuesByIds(wanted, soon());
    expect(issues.map(({ id }) => id)).toEqual(wanted);
  });
});
