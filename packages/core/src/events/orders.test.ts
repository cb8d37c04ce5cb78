import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue, succeeded } from "../__fixtures__/line.ts";
import { outstandingEffects } from "../index.ts";

const states = { running: "doing", succeeded: "done", needsHuman: "needs-human" };
const full = { writes: "full", states } as const;
const spent = {
  pool: "p",
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: null,
};
const away = { kind: "failed", message: "503", retryAfterMs: null } as const;

describe("what is written to the tracker", () => {
  it("at dispatch: the running state and the progress comment", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    expect(line.effectTypes()).toEqual(["start-run", "transition-issue", "write-comment"]);
    expect(line.effect("transition-issue")).toEqual({
      type: "transition-issue",
      issueId: "a",
      key: "transition-running-run-1",
      from: "todo",
      to: "doing",
    });
    expect(line.effect("write-comment")).toMatchObject({
      key: "progress-a",
      comment: { topic: "progress", status: "running", runs: 1, tokens: null },
    });
  });

  it("an issue that is there already is not moved; comment writes comments alone, off nothing", () => {
    const there = new Line(full).sees(issue("a", { state: "Doing" })).checks("a");
    expect(there.effectTypes()).toEqual(["start-run", "write-comment"]);
    const comment = new Line({ ...full, writes: "comment" }).sees(issue("a")).checks("a");
    expect(comment.effectTypes()).toEqual(["start-run", "write-comment"]);
    const off = new Line({ ...full, writes: "off" }).sees(issue("a")).checks("a");
    expect(off.effectTypes()).toEqual(["start-run"]);
    off.ends("a", failed("no", false));
    expect(off.state.orders.size).toBe(0);
  });

  it("parked: the needs-human state and the reason, once in the living comment and once by itself", () => {
    const line = new Line({ ...full, writes: "full" }).starts("a");
    line.ends("a", { kind: "needs-input", question: "which?" });
    const keys = line.effects.flatMap((effect) => ("key" in effect ? [effect.key] : []));
    expect(keys).toEqual(["transition-needs-human-run-1", "progress-a", "parked-a"]);
    expect(line.fact("order-closed").result).toBe("superseded");
    const parkedComment = line.effects.at(-1);
    expect(parkedComment).toMatchObject({ comment: { topic: "parked", detail: "which?" } });
  });

  it("a used-up quota asks nobody for anything, and the living comment says it at once", () => {
    const line = new Line(full).starts("a");
    line.ends("a", { kind: "quota-exhausted", pool: "plan", resetsAt: null });
    expect(line.effectTypes()).toEqual(["write-comment"]);
    expect(line.effect("write-comment").comment).toMatchObject({
      topic: "progress",
      status: "parked",
    });
  });

  it("the living comment is edited at most once a minute, and says the latest by then", () => {
    const line = new Line({ ...full, states: {} }).starts("a").passes(5_000);
    line.send({
      type: "comment-ended",
      issueId: "a",
      key: "progress-a",
      result: { kind: "confirmed", writtenAt: null },
    });
    line.ends("a", failed("first"));
    expect(line.effectTypes()).toEqual(["schedule-retry"]);
    line.passes(10_000).checks("a");
    expect(line.effectTypes()).toEqual(["start-run"]);
    line.passes(44_999);
    expect(line.effects).toEqual([]);
    line.passes(1);
    expect(line.effect("write-comment").comment).toMatchObject({ status: "running", runs: 2 });
  });

  it("the living comment does not stay at work that has ended, whoever moved the issue", () => {
    const line = new Line(full).starts("a").changes("a", { state: "Done" });
    expect(line.effectTypes()).toEqual(["stop-run"]);
    const { runId } = line.run("a");
    line.send({
      type: "run-ended",
      issueId: "a",
      runId,
      ending: {
        outcome: { kind: "canceled", reason: "issue-terminal" },
        fingerprint: null,
        turns: 1,
      },
      usage: { ...spent, inputTokens: 70 },
    });
    expect(line.effect("write-comment").comment).toMatchObject({
      topic: "progress",
      status: "stopped",
      detail: 'The issue is in "Done".',
      tokens: 70,
    });
    const parked = new Line(full).starts("a").ends("a", { kind: "needs-input", question: "?" });
    parked.changes("a", { state: "todo", notDispatchable: "reassigned" });
    expect(parked.phase("a")).toBe("none");
    expect(parked.effect("write-comment").comment).toMatchObject({
      status: "stopped",
      detail: "The issue is not for this workflow any more.",
    });
  });

  it("of an issue that nobody has begun, or that is gone, the living comment says nothing", () => {
    const unbegun = new Line(full).sees(issue("a")).changes("a", { state: "done" });
    expect(unbegun.phase("a")).toBe("none");
    expect(unbegun.effectTypes()).toEqual([]);
    const gone = new Line(full).starts("a");
    gone.send({ type: "issues-refreshed", requestedIds: ["a"], issues: [] });
    gone.ends("a", { kind: "canceled", reason: "issue-gone" });
    expect(gone.effectTypes()).not.toContain("write-comment");
  });

  it("what a run has used is told once when an operator ends it for good", () => {
    const line = new Line(full).starts("a");
    const { runId } = line.run("a");
    const usage = { ...spent, inputTokens: 50 };
    line.send({
      type: "run-progressed",
      issueId: "a",
      runId,
      spoolSeq: 1,
      lastEventAt: line.at,
      usage,
    });
    line.send({ type: "release-requested", issueId: "a", by: "somebody" });
    const ending = {
      outcome: { kind: "canceled", reason: "operator" },
      fingerprint: null,
      turns: 1,
    } as const;
    line.send({ type: "run-ended", issueId: "a", runId, ending, usage });
    expect(line.decided).toContainEqual(
      expect.objectContaining({
        order: expect.objectContaining({ comment: expect.objectContaining({ tokens: 50 }) }),
      }),
    );
  });

  it("R-323 a rejected transition is closed, a failed one is tried again, at most 20 times", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    const { key } = line.effect("transition-issue");
    const rejected = { kind: "rejected", reason: "no such transition" } as const;
    line.send({ type: "transition-ended", issueId: "a", key, result: rejected });
    expect(line.fact("order-closed")).toMatchObject({ result: "rejected" });
    const again = new Line(full).sees(issue("a")).checks("a");
    let tries = 0;
    for (; again.state.orders.has(key); tries += 1) {
      again.send({ type: "transition-ended", issueId: "a", key, result: away });
      again.passes(300_000);
    }
    expect(tries).toBe(20);
  });

  it("R-321 waits as long as the tracker asks for", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    const { key } = line.effect("transition-issue");
    const result = { ...away, retryAfterMs: 90_000 };
    line.send({ type: "transition-ended", issueId: "a", key, result });
    expect(line.state.orders.get(key)?.retryAt).toBe(line.at + 90_000);
    expect(line.passes(90_000).effect("transition-issue").key).toBe(key);
  });

  it("a comment that can't be written is dropped", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    const result = { ...away, retryable: false };
    line.send({ type: "comment-ended", issueId: "a", key: "progress-a", result });
    expect(line.fact("order-closed")).toMatchObject({ result: "dropped", detail: "503" });
  });

  it("a conflict: somebody's move stands", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    const { key } = line.effect("transition-issue");
    const result = { kind: "conflict", issue: issue("a", { state: "backlog" }) } as const;
    line.send({ type: "transition-ended", issueId: "a", key, result });
    expect(line.effectTypes()).toEqual(["stop-run"]);
    expect(line.fact("order-closed").result).toBe("dropped");
    expect(line.run("a").stopping).toBe("issue-inactive");
  });

  it("a conflict about finished work whose issue is still open is given again, five times at most", () => {
    const line = new Line(full).starts("a").ends("a", succeeded, fingerprint("after", 1));
    const delivered = { kind: "delivered", commit: "c", branch: "main", notes: [] } as const;
    const { key } = line.claim("a", "delivering");
    line.send({ type: "delivery-ended", issueId: "a", key, result: delivered });
    const keys: string[] = [];
    for (let round = 0; line.effectTypes().includes("transition-issue"); round += 1) {
      const order = line.effect("transition-issue");
      keys.push(order.key);
      const found = issue("a", { state: round % 2 === 0 ? "doing" : "todo" });
      const result = { kind: "conflict", issue: found } as const;
      line.send({ type: "transition-ended", issueId: "a", key: order.key, result });
    }
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(5);
    expect(line.codes("a")).toEqual(["delivered"]);
  });

  it("R-714 an end that comes twice, or for an order that is no more, changes nothing", () => {
    const line = new Line(full).sees(issue("a")).checks("a");
    const result = { kind: "confirmed", writtenAt: null } as const;
    const ended = { type: "comment-ended", issueId: "a", key: "progress-a", result } as const;
    line.send(ended);
    const { state } = line;
    expect(line.send(ended).state).toBe(state);
  });

  it("R-424 what was decided and not confirmed is performed again by the next daemon", () => {
    const line = new Line(full).starts("a").sees(issue("b"), issue("c"));
    line.ends("a", succeeded, fingerprint("after", 1));
    line.checks("c", { ...issue("c"), state: "doing" });
    const again = outstandingEffects(line.state).map(({ type, ...effect }) =>
      "key" in effect
        ? `${type} ${effect.key}`
        : `${type} ${"runId" in effect ? effect.runId : ""}`,
    );
    expect(again).toEqual([
      "deliver deliver-run-1",
      "check-issue run-2",
      "write-comment progress-c",
      "transition-issue transition-running-run-1",
    ]);
    line.send({
      type: "transition-ended",
      issueId: "a",
      key: "transition-running-run-1",
      result: away,
    });
    expect(outstandingEffects(line.state)).toHaveLength(3);
  });
});
