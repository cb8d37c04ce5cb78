import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { createIssue, MemoryTracker } from "./index.ts";
import plugin from "./index.ts";

const { signal } = new AbortController();
const blockedBy = (id: string) => [{ id, identifier: id, state: null, stateKind: null }];

describe("MemoryTracker", () => {
  it("runs the example of the README", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A-1" }] });
    tracker.put({ identifier: "A-2", blockedBy: blockedBy("A-1") });
    await tracker.transition("A-1", { from: "todo", to: "done", key: "run-1" }, signal);
    await tracker.ensureComment("A-1", { key: "progress", body: "Merged." }, signal);
    const [issue] = await tracker.fetchIssuesByIds(["A-2"], signal);
    expect(issue?.blockedBy[0]?.state).toBe("done");
    expect([tracker.comments("A-1").length, tracker.writes.length]).toEqual([1, 2]);
  });

  it("lists by state, trimmed and lower-cased, in the order of putting", async () => {
    const tracker = new MemoryTracker({
      issues: [{ identifier: "A" }, { identifier: "B", state: "Review" }, { identifier: "C" }],
    });
    const issues = await tracker.fetchIssuesByStates([" TODO ", "review"], signal);
    expect(issues.map(({ identifier }) => identifier)).toEqual(["A", "B", "C"]);
    expect(issues.map(({ stateKind }) => stateKind)).toEqual(["unstarted", null, "unstarted"]);
    expect(await tracker.fetchIssuesByStates([], signal)).toEqual([]);
  });

  it("R-312 lists what may not be dispatched, with its reason", async () => {
    const tracker = new MemoryTracker({
      issues: [{ identifier: "A", notDispatchable: "on hold" }],
    });
    const [issue] = await tracker.fetchIssuesByStates(["todo"], signal);
    expect(issue?.notDispatchable).toBe("on hold");
  });

  it("R-309 gives each asked issue once and leaves out those that are gone", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A" }, { identifier: "B" }] });
    tracker.remove("B");
    const issues = await tracker.fetchIssuesByIds(["A", "B", "A"], signal);
    expect(issues).toEqual([createIssue({ identifier: "A" })]);
  });

  it("tells what changed since the cursor, issues with a changed blocker included", async () => {
    const tracker = new MemoryTracker({
      issues: [
        { identifier: "A" },
        { identifier: "B", blockedBy: blockedBy("A") },
        { identifier: "C" },
        { identifier: "D" },
      ],
    });
    const first = await tracker.fetchChanges(null, signal);
    expect(first).toMatchObject({ kind: "full", issues: [{}, {}, {}, {}] });
    expect(await tracker.fetchChanges(first.cursor, signal)).toEqual({
      kind: "unchanged",
      cursor: first.cursor,
    });
    tracker.put({ identifier: "A", state: "done" });
    tracker.remove("C");
    const next = await tracker.fetchChanges(first.cursor, signal);
    expect(next).toMatchObject({
      kind: "changes",
      issues: [{ id: "A" }, { id: "B", blockedBy: [{ state: "done", stateKind: "completed" }] }],
      removedIds: ["C"],
    });
    expect(await tracker.fetchChanges("of another life", signal)).toMatchObject({ kind: "full" });
  });

  it("R-322 a blocker that is not there has an unknown state until it is put", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A", blockedBy: blockedBy("B") }] });
    const states = async () =>
      (await tracker.fetchIssuesByIds(["A"], signal))[0]?.blockedBy.map(({ state }) => state);
    expect(await states()).toEqual([null]);
    tracker.put({ identifier: "B" });
    expect(await states()).toEqual(["todo"]);
    tracker.remove("B");
    expect(await states()).toEqual([null]);
  });

  it("R-323 confirms, or tells of a conflict and writes nothing", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A" }] });
    const move = (from: string | null, to: string) =>
      tracker.transition("A", { from, to, key: "k" }, signal);
    expect(await move("Todo ", "In-Progress")).toMatchObject({
      kind: "confirmed",
      issue: { state: "In-Progress", stateKind: "started" },
    });
    expect(await move("todo", "done")).toMatchObject({
      kind: "conflict",
      issue: { state: "In-Progress" },
    });
    expect(await move("todo", "in-progress")).toMatchObject({ kind: "confirmed" });
    expect(await move(null, "elsewhere")).toMatchObject({ issue: { stateKind: null } });
    expect(tracker.writes).toHaveLength(4);
  });

  it("R-324 keeps one comment per key and gives people's comments apart from ours", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const tracker = new MemoryTracker({ issues: [{ identifier: "A" }], now: () => now });
    await tracker.ensureComment("A", { key: "parked", body: "first" }, signal);
    await tracker.ensureComment("A", { key: "parked", body: "second" }, signal);
    const early = tracker.addComment("A", "somebody", "early");
    now += 1000;
    const late = tracker.addComment("A", "somebody", "late");
    expect(tracker.comments("A").map(({ body }) => body)).toEqual(["second", "early", "late"]);
    expect(await tracker.fetchComments("A", null, signal)).toEqual([early, late]);
    expect(await tracker.fetchComments("A", early.createdAt, signal)).toEqual([late]);
  });

  it("keeps one link per URL and one activity per key", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A" }] });
    const link = { url: "https://example.invalid/1", title: "One" };
    const activity = { key: "run-1-started", kind: "started", body: "Begun." } as const;
    for (let twice = 0; twice < 2; twice += 1) {
      await tracker.attachLink("A", link, signal);
      await tracker.reportActivity("A", activity, signal);
    }
    expect(tracker.links("A")).toEqual([link]);
    expect(tracker.activities("A")).toEqual([activity]);
  });

  it("passes on what people tell the agent, with every look at the changes", async () => {
    const tracker = new MemoryTracker();
    const stop = { kind: "stop", issueId: "A", key: "1", at: "2026-01-01T00:00:00Z" } as const;
    tracker.signal(stop);
    const { cursor, signals } = await tracker.fetchChanges(null, signal);
    expect(signals).toEqual([stop]);
    expect(await tracker.fetchChanges(cursor, signal)).toMatchObject({ signals: [stop] });
  });

  it("claims and releases", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A" }] });
    await tracker.claim("A", { key: "run-1" }, signal);
    expect(tracker.claimOf("A")).toBe("run-1");
    await tracker.release("A", { key: "run-1" }, signal);
    expect(tracker.claimOf("A")).toBeNull();
  });

  it("fails as ordered, once each, and for writes to what is gone", async () => {
    const tracker = new MemoryTracker();
    tracker.failNext(new SignalboxError("tracker_transport", "down", { retryable: true }));
    tracker.failNext(new SignalboxError("tracker_auth", "expired"));
    const codes: unknown[] = [];
    for (let call = 0; call < 4; call += 1) {
      const order = { from: null, to: "done", key: "k" };
      await tracker.transition("A", order, signal).catch((error: unknown) => {
        codes.push(SignalboxError.isInstance(error) ? error.code : error);
      });
    }
    expect(codes).toEqual([
      "tracker_transport",
      "tracker_auth",
      "tracker_status",
      "tracker_status",
    ]);
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(tracker.fetchIssuesByIds(["A"], aborted)).rejects.toThrow("enough");
  });

  it("describes its states and scope", async () => {
    const tracker = new MemoryTracker({ issues: [{ identifier: "A", state: "Review" }] });
    const { scope, states } = await tracker.describe(signal);
    expect(scope).toBe("memory");
    expect(states).toContainEqual({ name: "done", kind: "completed" });
    expect(states).toContainEqual({ name: "Review", kind: null });
  });
});

describe("the plugin", () => {
  it("reads issues from options and refuses wrong ones", async () => {
    const validate = plugin.configSchema["~standard"].validate;
    const read = await validate({ issues: [{ identifier: "B", blockedBy: ["A"] }], scope: "x" });
    expect(read).toMatchObject({ value: { issues: [{ blockedBy: [{ id: "A" }] }] } });
    for (const issues of ["A", [{}], [{ identifier: "A", priority: 9 }]]) {
      expect((await validate({ issues })).issues).toBeDefined();
    }
    if (read.issues) throw new Error("the options were refused");
    const tracker = await plugin.create(read.value, {
      folder: "/",
      repository: "/",
      logger: { log: () => {} },
      fetch,
      now: () => 0,
    });
    expect(await tracker.fetchIssuesByStates(plugin.defaults.activeStates, signal)).toHaveLength(1);
    expect((await tracker.describe?.(signal))?.scope).toBe("x");
  });
});
