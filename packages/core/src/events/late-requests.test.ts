import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue, succeeded } from "../__fixtures__/line.ts";
import { type Policy, hashState, restoreState, snapshotOf } from "../index.ts";

const states = { running: "doing", succeeded: "done", needsHuman: "needs-human" };
const writes: Partial<Policy> = { writes: "full", states, marksClaims: true };
const lateMs = 300_000;
const unanswered = { kind: "failed", message: "503", retryAfterMs: null } as const;
const delivered = { kind: "delivered", commit: "c1", branch: "main", notes: [] } as const;
const paused = { type: "gate-closed", gate: { gate: "paused", by: "somebody" } } as const;

type Commented = { readonly kind: "confirmed"; readonly writtenAt: null } | typeof unanswered;

function comments(line: Line, result: Commented): Line {
  const end = result.kind === "failed" ? { ...result, retryable: true } : result;
  return line.send({ type: "comment-ended", issueId: "a", key: "progress-a", result: end });
}

function moves(line: Line, key: string, end: "confirmed" | typeof unanswered): Line {
  const result = end === "confirmed" ? { kind: end, issue: line.listed("a") } : end;
  return line.send({ type: "transition-ended", issueId: "a", key, result });
}

const written = { kind: "confirmed", writtenAt: null } as const;

/** Delivered and moved to "done", while the request for "doing" was never answered. */
function deliveredInDoubt(): Line {
  const line = moves(new Line(writes).starts("a"), "transition-running-run-1", unanswered);
  line.ends("a", succeeded, fingerprint("after", 1));
  const { key } = line.claim("a", "delivering");
  line.send({ type: "delivery-ended", issueId: "a", key, result: delivered });
  line.tracker.set("a", issue("a", { state: "done" }));
  return moves(line, "transition-succeeded-run-1", "confirmed");
}

describe("a write that nobody has answered", () => {
  it("is in doubt: when it is confirmed, it is written once more after the time it can take", () => {
    const line = comments(new Line(writes).starts("a"), unanswered);
    expect(line.facts()).toEqual(["order-doubted", "order-postponed"]);
    comments(line.passes(1_000), written);
    expect(line.facts()).toEqual(["order-written"]);
    expect(line.passes(lateMs - 1_001).effectTypes()).not.toContain("write-comment");
    expect(line.passes(1).effect("write-comment").key).toBe("progress-a");
    comments(line, written);
    expect(line.fact("order-closed").result).toBe("confirmed");
  });

  it("is in no doubt where the tracker says when to come again: it has refused", () => {
    const result = { ...unanswered, retryAfterMs: 1_000, retryable: true };
    const line = new Line(writes).starts("a");
    line.send({ type: "comment-ended", issueId: "a", key: "progress-a", result });
    comments(line.passes(1_000), written);
    expect(line.facts()).toEqual(["order-closed"]);
  });

  it("leaves what takes its place in doubt: a mark that was to be set is taken away twice", () => {
    const line = new Line(writes).starts("a").send(paused).ends("a", failed());
    line.send({ type: "release-requested", issueId: "a", by: "somebody" });
    const { key } = line.effect("release-claim");
    const confirmed = { kind: "confirmed" } as const;
    line.send({ type: "claim-mark-ended", issueId: "a", key, result: confirmed });
    expect(line.fact("order-written").retryAt).toBe(line.at + lateMs);
    expect(line.passes(lateMs).effect("release-claim").key).toBe(key);
    line.send({ type: "claim-mark-ended", issueId: "a", key, result: confirmed });
    expect([...line.state.orders.values()].map((order) => order.kind)).not.toContain(
      "release-claim",
    );
  });

  it("holds back no later comment", () => {
    const line = comments(new Line(writes).starts("a"), unanswered);
    comments(line.passes(1_000), written).passes(60_000).ends("a", failed());
    expect(line.effect("write-comment").comment.status).toBe("retrying");
    expect(comments(line, written).facts()).toEqual(["order-written"]);
  });

  it("R-701 was perhaps sent by the daemon before: what was under way is in doubt", () => {
    const line = new Line(writes).starts("a");
    line.state = restoreState(JSON.parse(JSON.stringify(snapshotOf(line.state))));
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    const doubted = line.decided.filter((fact) => fact.type === "order-doubted");
    expect(doubted.map(({ key }) => key).toSorted()).toEqual(
      ["claim-run-1", "progress-a", "transition-running-run-1"].toSorted(),
    );
    const restored = restoreState(JSON.parse(JSON.stringify(snapshotOf(line.state))));
    expect(hashState(restored)).toBe(hashState(line.state));
  });
});

describe("a state that comes late", () => {
  it("reopens no delivered issue, and is written over at once", () => {
    const line = deliveredInDoubt();
    expect(line.fact("order-written").retryAt).toBeGreaterThan(line.at);
    line.changes("a", { state: "doing" });
    expect(line.facts()).toEqual(["issue-changed", "order-placed"]);
    expect(line.effect("transition-issue")).toMatchObject({ from: "doing", to: "done" });
    expect(line.phase("a")).toBe("none");
    expect(line.codes("a")).toContain("delivered");
  });

  it("reopens none that is not listed any more, as a finished one", () => {
    const line = deliveredInDoubt();
    line.send({ type: "issues-observed", scope: "active", issues: [], removedIds: [] });
    expect(line.state.issues.has("a")).toBe(false);
    line.changes("a", { state: "doing" });
    expect(line.facts()).toEqual(["issue-changed", "order-placed"]);
  });

  it("does not make a later write give way, as a person's move does", () => {
    const line = new Line(writes).starts("a").ends("a", { kind: "needs-input", question: "?" });
    line.send({ type: "answer-received", issueId: "a", text: "yes", by: "somebody" });
    line.checks("a").ends("a", succeeded, fingerprint("after", 1));
    const delivery = line.claim("a", "delivering").key;
    line.send({ type: "delivery-ended", issueId: "a", key: delivery, result: delivered });
    const late = issue("a", { state: "needs-human" });
    const conflict = { kind: "conflict", issue: late } as const;
    const order = line.effect("transition-issue");
    line.send({ type: "transition-ended", issueId: "a", key: order.key, result: conflict });
    expect(line.effect("transition-issue")).toMatchObject({ from: "needs-human", to: "done" });
  });

  it("stops no run: the question was answered, and the run goes on", () => {
    const parked = new Line(writes).starts("a").ends("a", { kind: "needs-input", question: "?" });
    moves(parked, "transition-needs-human-run-1", unanswered);
    parked.send({ type: "answer-received", issueId: "a", text: "yes", by: "somebody" });
    const line = parked.checks("a").prepares("a").changes("a", { state: "needs-human" });
    expect(line.facts()).toEqual(["issue-changed"]);
    expect(line.run("a").stopping).toBeNull();
  });

  it("is a person's word in any other state, with another edit, or later than that", () => {
    const moved = deliveredInDoubt().changes("a", { state: "todo" });
    expect(moved.facts()).toContain("issue-reopened");
    const edited = deliveredInDoubt().changes("a", { state: "doing", title: "another" });
    expect(edited.facts()).toContain("issue-reopened");
    const late = deliveredInDoubt().passes(lateMs);
    moves(late, "transition-succeeded-run-1", "confirmed").changes("a", { state: "doing" });
    expect(late.facts()).toContain("issue-reopened");
  });

  it("is looked for once more at the end, and nothing else is written over", () => {
    const line = deliveredInDoubt().passes(lateMs);
    expect(line.effect("transition-issue")).toMatchObject({ from: "doing", to: "done" });
    const conflict = { kind: "conflict", issue: issue("a", { state: "todo" }) } as const;
    const { key } = line.effect("transition-issue");
    line.send({ type: "transition-ended", issueId: "a", key, result: conflict });
    expect(line.facts()).toContain("issue-reopened");
    expect(line.effectTypes()).not.toContain("transition-issue");
    expect(line.state.index.transitions.get("a")).toBeUndefined();
  });

  it("is nobody's word where a poll tells of it as it is written over at the end", () => {
    const line = deliveredInDoubt().passes(lateMs).changes("a", { state: "doing" });
    expect(line.facts()).toEqual(["issue-changed"]);
    expect(line.codes("a")).toContain("delivered");
  });

  it("is not looked for where no other one than the last can come late", () => {
    const line = moves(new Line(writes).starts("a"), "transition-running-run-1", unanswered);
    line.tracker.set("a", issue("a", { state: "doing" }));
    moves(line.passes(1_000), "transition-running-run-1", "confirmed");
    expect(line.fact("order-written").retryAt).toBe(line.at - 1_000 + lateMs);
    line.passes(lateMs);
    expect(line.effectTypes()).not.toContain("transition-issue");
    expect(line.fact("order-closed")).toMatchObject({ result: "confirmed" });
  });

  it("is not looked for by who was away: meanwhile a person may have moved the issue there", () => {
    const line = deliveredInDoubt();
    line.tracker.set("a", issue("a", { state: "doing" }));
    line.passes(7 * 86_400_000);
    expect(line.facts()).toEqual(["order-closed"]);
    expect(line.sees(line.listed("a")).facts()).toContain("issue-reopened");
  });
});

describe("a person's move after a write that is still in doubt", () => {
  it("stands: what was written is not written again", () => {
    const line = deliveredInDoubt().send(paused).changes("a", { state: "todo" });
    expect(line.facts()).toEqual(["issue-changed", "order-closed", "issue-reopened"]);
    expect(line.passes(lateMs).effects).toEqual([]);
  });

  it("stands where it came to light as the write was made again, unanswered", () => {
    const line = moves(deliveredInDoubt().passes(lateMs), "transition-succeeded-run-1", unanswered);
    line.changes("a", { state: "todo" });
    expect(line.facts()).toContain("issue-reopened");
    expect(
      line
        .passes(2 * lateMs)
        .effects.filter((effect) => effect.type === "transition-issue" && effect.to === "done"),
    ).toEqual([]);
  });

  it("is followed by a run that no earlier write stops, also where none is made for it", () => {
    const line = new Line({ ...writes, states: { needsHuman: "needs-human" } }).starts("a");
    line.ends("a", { kind: "needs-input", question: "?" });
    moves(line, "transition-needs-human-run-1", unanswered);
    line.send({ type: "answer-received", issueId: "a", text: "yes", by: "somebody" });
    line.checks("a").prepares("a").passes(1_000);
    expect(line.effectTypes()).not.toContain("transition-issue");
  });
});
