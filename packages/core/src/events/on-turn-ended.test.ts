import type { Issue } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { Line, fingerprint, issue } from "../__fixtures__/line.ts";

function asks(
  line: Line,
  turn: number,
  found: Issue | null | "unknown" = line.listed("a"),
  print = fingerprint("before"),
): Line {
  const { runId } = line.run("a");
  return line.send({
    type: "turn-ended",
    issueId: "a",
    runId,
    turn: { turn, outcome: { kind: "succeeded" }, fingerprint: print },
    issue: found,
  });
}

describe("between turns", () => {
  it("R-425 turns go on while the issue is active, up to the limit", () => {
    const line = asks(new Line({ maxTurns: 3 }).starts("a"), 1);
    expect(line.effect("reply-turn")).toEqual({
      type: "reply-turn",
      runId: "run-1",
      turn: 1,
      reply: { kind: "go" },
    });
    expect(asks(line, 2).effect("reply-turn").reply).toEqual({ kind: "go" });
    expect(asks(line, 3).effect("reply-turn").reply).toEqual({ kind: "end", reason: "done" });
    expect(line.run("a").turns).toBe(3);
  });

  it.each([
    [issue("a", { state: "done" }), "issue-terminal"],
    [issue("a", { state: "backlog" }), "issue-inactive"],
    [issue("a", { notDispatchable: "no" }), "issue-not-routable"],
    [null, "issue-gone"],
  ] as const)("R-425 R-429 the issue is looked at again: %o ends with %s", (found, reason) => {
    const line = asks(new Line().starts("a"), 1, found);
    expect(line.fact("run-stop-decided").reason).toBe(reason);
    expect(line.effect("reply-turn").reply).toEqual({ kind: "end", reason });
  });

  it("R-429 a label removed between two turns ends the run", () => {
    const line = new Line({ requiredLabels: ["agent"] });
    line.sees(issue("a", { labels: ["agent"] })).starts("a");
    expect(asks(line, 1).effect("reply-turn").reply).toEqual({ kind: "go" });
    const reason = "issue-not-routable";
    expect(asks(line, 2, issue("a")).effect("reply-turn").reply).toEqual({ kind: "end", reason });
  });

  it("a tracker that does not answer ends nothing", () => {
    const line = asks(new Line().starts("a"), 1, "unknown");
    expect(line.effect("reply-turn").reply).toEqual({ kind: "go" });
  });

  it("R-607 a drain ends the run after its turn", () => {
    const line = new Line().starts("a");
    line.send({ type: "gate-closed", gate: { gate: "draining", by: "SIGINT" } });
    expect(asks(line, 1).effect("reply-turn").reply).toEqual({ kind: "end", reason: "drain" });
  });

  it("where we say that work is finished: commits end the run, and so does doing nothing", () => {
    const policy = { states: { succeeded: "done" } };
    const turn = (print: ReturnType<typeof fingerprint>, more = {}): unknown =>
      asks(new Line({ ...policy, ...more }).starts("a"), 1, issue("a"), print).effect("reply-turn")
        .reply;
    const done = { kind: "end", reason: "done" };
    expect(turn(fingerprint("after", 1))).toEqual(done);
    expect(turn(fingerprint("before", 0))).toEqual(done);
    expect(turn(fingerprint("after", 0))).toEqual({ kind: "go" });
    expect(turn(fingerprint("after", 0), { deliveryKind: "none" })).toEqual(done);
  });

  it("R-431 R-801 a used-up budget ends the run", () => {
    const budgets = { ...new Line().state.policy.budgets, perRun: { tokens: 100, usd: null } };
    const line = new Line({ budgets }).starts("a");
    const usage = {
      pool: "plan",
      inputTokens: 60,
      outputTokens: 40,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: null,
    };
    const { runId } = line.run("a");
    const heard = { type: "run-progressed", issueId: "a", runId, spoolSeq: 1 } as const;
    line.send({ ...heard, lastEventAt: line.at, usage });
    expect(line.effect("stop-run").reason).toBe("budget");
    expect(asks(line, 1).effect("reply-turn").reply).toEqual({ kind: "end", reason: "budget" });
    line.ends("a", { kind: "canceled", reason: "budget" });
    expect(line.claim("a", "parked").reason).toEqual({ kind: "budget", budget: "per run, tokens" });
  });
});
