import type { DeliveryResult } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue, succeeded, workspaceOf } from "../__fixtures__/line.ts";

const states = { running: "doing", succeeded: "done", needsHuman: "needs-human" };
const delivered = { kind: "delivered", commit: "c1", branch: "main", notes: [] } as const;

function delivering(policy: ConstructorParameters<typeof Line>[0] = {}): Line {
  const line = new Line({ states, ...policy }).starts("a").opensSession("a", "s1");
  return line.ends("a", succeeded, fingerprint("after", 1));
}

function delivers(line: Line, result: DeliveryResult): Line {
  const { key } = line.claim("a", "delivering");
  return line.send({ type: "delivery-ended", issueId: "a", key, result });
}

describe("handing work over", () => {
  it("R-1006 what a delivery refused is said to the agent, and its beginning to people", () => {
    const line = delivers(delivering(), { kind: "check-failed", output: "boom\nmore" });
    expect(line.fact("retry-scheduled")).toMatchObject({
      error: "The check failed on the merged result. boom",
      feedback: "The check failed on the merged result.\nboom\nmore",
    });
  });

  it("R-1002 work that is not committed is no delivery, and the agent is told so", () => {
    const left = { ...fingerprint("after", 0), dirty: true };
    const line = new Line({ states }).starts("a").ends("a", succeeded, left);
    expect(line.fact("retry-scheduled").feedback).toContain("commit what belongs");
    const clean = new Line({ states }).starts("a").ends("a", succeeded, fingerprint("after", 0));
    expect(clean.fact("retry-scheduled").feedback).toBeNull();
  });

  it("R-1002 commits are delivered under a key of their run, without taking a slot", () => {
    const line = delivering({ maxConcurrentAgents: 1 });
    expect(line.effect("deliver")).toEqual({
      type: "deliver",
      issueId: "a",
      key: "deliver-run-1",
      identifier: "A",
      title: "Title of a",
      workspace: workspaceOf("a"),
    });
    expect(line.sees(issue("b")).phase("b")).toBe("running");
    expect(line.codes("a")).toContain("delivering");
  });

  it("R-1002 no commits is no delivery; without delivery a changed workspace counts", () => {
    const line = new Line({ states }).starts("a").ends("a", succeeded, fingerprint("after", 0));
    expect(line.claim("a", "retrying").kind).toBe("continuation");
    const none = new Line({ states, deliveryKind: "none" }).starts("a", "b");
    none.ends("a", succeeded, fingerprint("after", 0)).ends("b", succeeded);
    expect(none.phase("a")).toBe("delivering");
    expect(none.phase("b")).toBe("retrying");
  });

  it("R-1008 a delivered issue is not started again, also when the write that says so was lost", () => {
    const line = delivers(delivering({ writes: "full" }), delivered);
    const order = line.effect("transition-issue");
    expect(order).toMatchObject({ to: "done" });
    expect(line.fact("claim-released").reason).toBe("delivered");
    const lost = { kind: "rejected", reason: "no permission" } as const;
    line.send({ type: "transition-ended", issueId: "a", key: order.key, result: lost });
    line.changes("a", { title: "another" }).passes(1_000_000);
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    expect(line.reasons("a")).toEqual([{ code: "delivered", commit: "c1" }]);
  });

  it("R-1008 a delivery that only its trailer knows of counts, and its write is made good", () => {
    const line = new Line({ states, writes: "full" });
    line.send({ type: "gate-closed", gate: { gate: "recovering", what: "looking" } });
    line.sees(issue("a"), issue("b"));
    line.send({ type: "delivery-found", issueId: "a", commit: "c0" });
    expect(line.effect("transition-issue")).toMatchObject({ issueId: "a", to: "done" });
    line.sees(issue("c")).send({ type: "delivery-found", issueId: "c", commit: "c1" });
    expect([...line.state.index.transitions.keys()]).toEqual(["a", "c"]);
    expect(line.state.orders.size).toBe(2);
    line.send({ type: "gate-opened", gate: "recovering" });
    expect(line.phase("b")).toBe("running");
    expect(line.reasons("a")).toEqual([{ code: "delivered", commit: "c0" }]);
    line.send({ type: "delivery-found", issueId: "b", commit: "c0" });
    expect(line.phase("b")).toBe("running");
  });

  it("R-1008 it starts again when somebody moves it back from outside the active states", () => {
    const line = delivers(delivering(), delivered);
    line.changes("a", { state: "doing" });
    expect(line.codes("a")).toEqual(["delivered"]);
    line.changes("a", { state: "done" }).changes("a", { state: "todo" });
    expect(line.facts()).toContain("issue-reopened");
  });

  it("R-1002 rework that leaves the delivered branch as it is hands nothing over again", () => {
    const first = { ...fingerprint("after", 1), head: "c1" };
    const line = new Line({ states, maxNoProgress: 2 }).starts("a").ends("a", succeeded, first);
    delivers(line, { ...delivered, branch: "signalbox/a" });
    line.changes("a", { state: "backlog" }).changes("a", { state: "todo" });
    line.checks("a").prepares("a", "after");
    const turn = { turn: 1, outcome: { kind: "succeeded" }, fingerprint: first } as const;
    const { runId } = line.run("a");
    line.send({ type: "turn-ended", issueId: "a", runId, turn, issue: "unknown" });
    expect(line.effect("reply-turn").reply).toEqual({ kind: "end", reason: "done" });
    line.ends("a", succeeded, first);
    expect(line.claim("a", "retrying").kind).toBe("continuation");
    line.passes(1_000).checks("a").prepares("a", "after");
    const parked = new Line();
    parked.state = line.state;
    parked.at = line.at;
    expect(parked.ends("a", succeeded, first).claim("a", "parked").reason.kind).toBe("no-progress");
    line.ends("a", succeeded, { ...fingerprint("more", 2), head: "c2" });
    expect(line.effect("deliver").key).toBe("deliver-run-3");
    delivers(line, { ...delivered, commit: "c2" });
    line.changes("a", { state: "backlog" }).changes("a", { state: "todo" });
    expect(line.state.executions.get("a")?.lastDeliveredCommit).toBe("c2");
  });

  it("R-1002 rework without delivery is what changed since the run began", () => {
    const first = { ...fingerprint("after"), head: "c1" };
    const line = new Line({ states, deliveryKind: "none" }).starts("a").ends("a", succeeded, first);
    delivers(line, delivered).changes("a", { state: "backlog" }).changes("a", { state: "todo" });
    line
      .checks("a")
      .prepares("a", "after")
      .ends("a", succeeded, { ...first, digest: "more" });
    expect(line.phase("a")).toBe("delivering");
  });

  it("R-1008 so does one that a list of active issues lacked for a while", () => {
    const line = delivers(delivering(), delivered);
    line.send({ type: "issues-observed", scope: "active", issues: [], removedIds: [] });
    expect(line.facts()).toEqual(["delivered-issue-left", "issue-forgotten"]);
    line.sees(issue("a"));
    expect(line.phase("a")).toBe("running");
  });

  it("its own write of the last state cleans the workspace up", () => {
    const line = delivers(delivering({ writes: "full" }), delivered);
    const { key } = line.effect("transition-issue");
    const result = { kind: "confirmed", issue: issue("a", { state: "done" }) } as const;
    line.send({ type: "transition-ended", issueId: "a", key, result });
    expect(line.effectTypes()).toEqual(["clean-workspace"]);
    expect(line.state.executions.get("a")?.delivered?.left).toBe(true);
  });

  it("R-1006 a conflict and a failed check go back to the agent at once, within the continuations", () => {
    const line = delivers(delivering({ maxContinuations: 1 }), {
      kind: "conflict",
      files: ["a.ts", "b.ts"],
      detail: "both changed",
    });
    expect(line.run("a")).toMatchObject({
      retryKind: "continuation",
      feedback: "Conflict in a.ts, b.ts.\nboth changed",
      resumeSessionId: "s1",
    });
    line.checks("a").ends("a", succeeded, fingerprint("after", 1));
    delivers(line, { kind: "check-failed", output: "1 test failed" });
    expect(line.claim("a", "parked")).toMatchObject({
      reason: { kind: "continuation-limit", continuations: 1 },
      feedback: "The check failed on the merged result.\n1 test failed",
    });
  });

  it("R-1002 an empty delivery is a continuation without progress", () => {
    const line = delivers(delivering(), { kind: "empty" });
    expect(line.claim("a", "retrying").dueAt).toBe(line.at + 1_000);
    expect(line.state.executions.get("a")).toMatchObject({ noProgress: 1, continuations: 1 });
  });

  it("R-1007 what only a person can clear is waited for without end, and says so", () => {
    const waiting = { reason: "uncommitted change in a.ts", remedy: "Commit it." };
    const line = delivering();
    for (let tries = 0; tries < 20; tries += 1) {
      delivers(line, { kind: "waiting", ...waiting });
      expect(line.reasons("a")).toContainEqual({ code: "delivering", waiting });
      expect(line.passes(9_999).effects).toEqual([]);
      expect(line.passes(1).effectTypes()).toEqual(["deliver"]);
    }
    delivers(line, { kind: "failed", message: "remote hung up", retryable: true });
    expect(line.claim("a", "delivering").tries).toBe(1);
    line.passes(10_000);
    delivers(line, { kind: "waiting", ...waiting });
    line.send({ type: "retry-requested", issueId: "a", by: "somebody" });
    expect(line.effectTypes()).toEqual(["deliver"]);
    delivers(line, { kind: "waiting", ...waiting }).changes("a", { state: "backlog" });
    expect(line.phase("a")).toBe("none");
  });

  it("a delivery under way is left to end, whatever happens to the issue", () => {
    const line = delivering().changes("a", { state: "backlog" });
    expect(line.phase("a")).toBe("delivering");
    delivers(line, { kind: "empty" });
    expect(line.fact("claim-released").reason).toBe("issue-inactive");
  });

  it("a failed delivery is tried five times, then parked", () => {
    const line = delivering();
    for (const delayMs of [10_000, 20_000, 40_000, 80_000]) {
      delivers(line, { kind: "failed", message: "remote hung up", retryable: true });
      expect(line.passes(delayMs).effectTypes()).toEqual(["deliver"]);
    }
    delivers(line, { kind: "failed", message: "remote hung up", retryable: true });
    expect(line.claim("a", "parked").reason).toEqual({
      kind: "not-retryable",
      error: "remote hung up",
    });
  });

  it("a delivery that is not the one under way is ignored", () => {
    const line = delivering();
    const other = { type: "delivery-ended", issueId: "a", key: "deliver-run-0" } as const;
    expect(line.send({ ...other, result: delivered }).decided).toEqual([]);
  });

  it("a success resets failures and losses", () => {
    const line = new Line({ states }).starts("a").ends("a", failed()).passes(10_000).checks("a");
    line.ends("a", succeeded, fingerprint("after", 1));
    expect(line.state.executions.get("a")?.failures).toBe(0);
  });
});
