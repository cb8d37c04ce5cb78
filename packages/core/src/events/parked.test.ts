import { describe, expect, it } from "vitest";
import type { Issue } from "@signalbox/contracts";
import { Line, failed, issue } from "../__fixtures__/line.ts";
import type { EventOf } from "../event.ts";

const states = { running: "doing", succeeded: "done", needsHuman: "needs-human" };
const asks = { kind: "needs-input", question: "which one?" } as const;

function parked(policy: ConstructorParameters<typeof Line>[0] = {}): Line {
  return new Line(policy).starts("a").opensSession("a", "s1").ends("a", asks);
}

/** Confirms the transition that was just ordered. */
function confirms(line: Line, change: Partial<Issue> = {}): Line {
  const { key, to } = line.effect("transition-issue");
  const written = { ...line.listed("a"), state: to, ...change };
  line.tracker.set("a", written);
  const result = { kind: "confirmed", issue: written } as const;
  return line.send({ type: "transition-ended", issueId: "a", key, result });
}

describe("an issue that waits for a person", () => {
  it("R-433 a question parks the issue, frees the slot and keeps workspace and session", () => {
    const line = parked().passes(100_000_000);
    expect(line.claim("a", "parked")).toMatchObject({
      reason: asks,
      until: null,
      attempt: 1,
      resumeSessionId: "s1",
    });
    expect(line.state.index.running).toBe(0);
    expect(line.state.workspaces.has("a")).toBe(true);
    expect(line.reasons("a")).toEqual([{ code: "parked", park: asks, until: null }]);
  });

  it("R-433 an answer releases it, and the next run is told of it", () => {
    const line = parked();
    line.send({ type: "answer-received", issueId: "a", text: "the left one", by: "somebody" });
    expect(line.facts()).toEqual(["counters-reset", "retry-scheduled", "run-claimed"]);
    expect(line.run("a")).toMatchObject({
      attempt: 1,
      retryKind: "resumed",
      feedback: "the left one",
      resumeSessionId: "s1",
    });
  });

  it("keeps when its question was posted, by the tracker's clock", () => {
    const line = parked({ writes: "full" });
    const posted = "2031-02-03T04:05:06Z";
    const result = { kind: "confirmed", writtenAt: posted } as const;
    const confirm = { type: "comment-ended", issueId: "a", result } as const;
    line.send({ ...confirm, key: "progress-a" });
    expect(line.claim("a", "parked").askedAt).toBeNull();
    line.send({ ...confirm, key: "parked-a" });
    expect(line.claim("a", "parked").askedAt).toBe(posted);
  });

  it("R-433 an answer counts from when it was first posted, also where it is posted again", () => {
    const line = parked({ writes: "full" });
    const post = (result: EventOf<"comment-ended">["result"]): Line =>
      line.send({ type: "comment-ended", issueId: "a", key: "parked-a", result });
    post({ kind: "failed", message: "503", retryAfterMs: null, retryable: true }).passes(1_000);
    post({ kind: "confirmed", writtenAt: "2031-02-03T04:05:06Z" }).passes(300_000);
    expect(line.effectTypes()).toContain("write-comment");
    post({ kind: "confirmed", writtenAt: "2031-02-03T04:10:06Z" });
    expect(line.claim("a", "parked").askedAt).toBe("2031-02-03T04:05:06Z");
  });

  it("R-433 a change in the tracker releases it with fresh counters; the same again does not", () => {
    const line = new Line({ maxFailures: 1 }).starts("a").ends("a", failed());
    expect(line.claim("a", "parked").reason.kind).toBe("failure-limit");
    line.sees(line.listed("a")).changes("a", { createdAt: "2029-01-01T00:00:00Z" });
    expect(line.phase("a")).toBe("parked");
    line.changes("a", { description: "clearer" });
    expect(line.phase("a")).toBe("running");
    expect(line.state.executions.get("a")?.failures).toBe(0);
  });

  it("an operator's stop parks when the run has ended; his retry starts it again", () => {
    const line = new Line().starts("a");
    line.send({ type: "stop-requested", issueId: "a", by: "somebody" });
    expect(line.effect("stop-run").reason).toBe("operator");
    line.ends("a", { kind: "succeeded" });
    expect(line.claim("a", "parked").reason).toEqual({ kind: "operator", by: "somebody" });
    line.send({ type: "retry-requested", issueId: "a", by: "somebody" });
    expect(line.phase("a")).toBe("running");
    line.send({ type: "stop-requested", issueId: "a", by: "somebody" });
    expect(line.phase("a")).toBe("parked");
    expect(line.effectTypes()).toEqual([]);
    line.send({ type: "stop-requested", issueId: "a", by: "somebody else" });
    expect(line.decided).toEqual([]);
  });

  it("a stop that the tracker tells of again and again is heeded once, also after a restart", () => {
    const line = new Line().starts("a");
    const stop = { type: "stop-requested", issueId: "a", by: "the tracker", key: "s1" } as const;
    line.send(stop).ends("a", { kind: "succeeded" });
    line.send({ type: "retry-requested", issueId: "a", by: "somebody" });
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy }).send(stop);
    expect(line.decided).toEqual([]);
    expect(line.phase("a")).toBe("running");
    line.send({ ...stop, key: "s2" });
    expect(line.claim("a", "parked").reason).toEqual({ kind: "operator", by: "the tracker" });
  });

  it("a stop that finds nothing to stop does not mean what starts later", () => {
    const line = new Line({ maxConcurrentAgents: 0 }).sees(issue("a"));
    const stop = { type: "stop-requested", issueId: "a", by: "the tracker", key: "s1" } as const;
    line.send(stop);
    expect(line.facts()).toEqual(["signal-heeded"]);
    line.send({ ...stop, issueId: "unknown" });
    expect(line.decided).toEqual([]);
  });

  it("a retry is brought forward or stopped by an operator", () => {
    const line = new Line().starts("a").ends("a", failed());
    line.send({ type: "retry-requested", issueId: "a", by: "somebody" });
    expect(line.run("a").retryKind).toBe("failure");
    const stopped = new Line().starts("a").ends("a", failed());
    stopped.send({ type: "stop-requested", issueId: "a", by: "somebody" });
    expect(stopped.claim("a", "parked")).toMatchObject({
      reason: { kind: "operator" },
      feedback: "it broke",
    });
  });

  it("what nobody deals with is not stopped, answered or retried", () => {
    const line = new Line({ maxConcurrentAgents: 0 }).sees(issue("a"));
    const { state } = line;
    line.send({ type: "stop-requested", issueId: "a", by: "x" });
    line.send({ type: "retry-requested", issueId: "a", by: "x" });
    line.send({ type: "answer-received", issueId: "a", text: "x", by: "x" });
    expect(line.state).toBe(state);
  });
});

describe("our own writes", () => {
  it("R-438 the write that says needs-human does not un-park, whether a poll or its answer tells of it", () => {
    const line = parked({ writes: "full", states });
    expect(line.effect("transition-issue")).toMatchObject({ from: "todo", to: "needs-human" });
    const order = line.effect("transition-issue");
    line.changes("a", { state: "needs-human" });
    expect(line.fact("issue-changed").own).toBe(true);
    expect(line.phase("a")).toBe("parked");
    const result = { kind: "confirmed", issue: line.listed("a") } as const;
    line.send({ type: "transition-ended", issueId: "a", key: order.key, result });
    // The write that it took the place of was not answered.
    expect(line.facts()).toEqual(["order-written"]);
    expect(line.codes("a")).toEqual(["parked", "state-not-active"]);
  });

  it("R-438 nor does it where that state is an active one", () => {
    const line = confirms(parked({ writes: "full", states: { ...states, needsHuman: "doing" } }));
    expect(line.state.issues.get("a")?.state).toBe("doing");
    expect(line.phase("a")).toBe("parked");
  });

  it("R-438 somebody's edit that comes with our write does un-park once the state allows it", () => {
    const line = parked({ writes: "full", states: { ...states, needsHuman: "doing" } });
    confirms(line, { title: "clearer" });
    expect(line.fact("issue-changed").own).toBe(true);
    expect(line.facts()).toContain("counters-reset");
    expect(line.phase("a")).toBe("running");
  });

  it("R-438 the state that we are about to write, with an edit that we are not, is somebody's change", () => {
    const line = parked({ writes: "full", states: { ...states, needsHuman: "doing" } });
    line.changes("a", { state: "doing", title: "clearer" });
    expect(line.fact("issue-changed").own).toBe(false);
    expect(line.phase("a")).toBe("running");
  });

  it("R-438 our write of the running state is no progress, somebody's edit is", () => {
    const line = new Line({ writes: "full", states: { running: "doing" } }).sees(issue("a"));
    confirms(line.checks("a"));
    expect(line.state.issues.get("a")?.state).toBe("doing");
    line.prepares("a").ends("a", { kind: "succeeded" });
    expect(line.fact("run-closed").progressed).toBe(false);
    const edited = new Line({ writes: "full", states: { running: "doing" } }).sees(issue("a"));
    edited.checks("a");
    const order = edited.effect("transition-issue");
    edited.changes("a", { title: "clearer" });
    const written = { ...edited.listed("a"), state: "doing" };
    const result = { kind: "confirmed", issue: written } as const;
    edited.send({ type: "transition-ended", issueId: "a", key: order.key, result });
    edited.prepares("a").ends("a", { kind: "succeeded" });
    expect(edited.fact("run-closed").progressed).toBe(true);
  });

  it("a parked issue that we moved out of the active states is moved back when it is answered", () => {
    const line = confirms(parked({ writes: "full", states }));
    line.send({ type: "answer-received", issueId: "a", text: "yes", by: null });
    expect(line.codes("a")).toEqual(["state-not-active"]);
    expect(line.effect("transition-issue")).toMatchObject({ from: "needs-human", to: "doing" });
    confirms(line);
    expect(line.run("a")).toMatchObject({ feedback: "yes", resumeSessionId: "s1" });
  });

  it("and a person who moves it elsewhere decides: active goes on, anything else releases", () => {
    const line = confirms(parked({ writes: "full", states }));
    expect(line.changes("a", { state: "todo" }).phase("a")).toBe("running");
    const closed = confirms(parked({ writes: "full", states }));
    expect(closed.changes("a", { state: "backlog" }).phase("a")).toBe("none");
  });
});
