import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue, start, succeeded } from "../__fixtures__/line.ts";
import { calculateRetryDelay } from "../policy/retry.ts";

/** Ends the run and lets the next one start. */
function fails(line: Line, times: number): Line {
  for (let count = 0; count < times; count += 1)
    line.ends("a", failed()).passes(300_000).checks("a").prepares("a");
  return line;
}

/** Ends run after run of `a` the same way; counts the runs that there were by the time it is parked. */
function startsUntilParked(line: Line, end: () => Line): number {
  for (let starts = 1; starts < 100; starts += 1) {
    if (end().phase("a") === "parked") return starts;
    line.passes(300_000).checks("a").prepares("a");
  }
  throw new Error("It is never parked");
}

describe("continuations", () => {
  it("R-416 a success with the issue still active and no succeeded state goes on after 1,000 ms", () => {
    const line = new Line().starts("a").opensSession("a", "s1").ends("a", succeeded);
    expect(line.claim("a", "retrying")).toEqual({
      phase: "retrying",
      kind: "continuation",
      attempt: 1,
      dueAt: start + 1_000,
      due: false,
      error: null,
      feedback: null,
      resumeSessionId: "s1",
    });
    expect(line.passes(999).phase("a")).toBe("retrying");
    expect(line.passes(1).run("a")).toMatchObject({ attempt: 1, retryKind: "continuation" });
  });

  it.each([0, 1, 2, 20])(
    "R-431 continuations have a limit of their own: %i are allowed, one more is not",
    (maxContinuations) => {
      const line = new Line({ maxContinuations, writes: "comment" }).starts("a");
      const starts = startsUntilParked(line, () => line.ends("a", succeeded, fingerprint("other")));
      expect(starts).toBe(1 + maxContinuations);
      expect(line.claim("a", "parked").reason).toEqual({
        kind: "continuation-limit",
        continuations: maxContinuations,
      });
      const continuations = maxContinuations === 1 ? "continuation" : "continuations";
      expect(line.effects.at(-1)).toMatchObject({
        comment: { detail: `Not finished after ${maxContinuations} ${continuations}.` },
      });
    },
  );

  it.each([1, 3])(
    "R-434 an agent that does nothing is started %i times where the limit is that",
    (maxNoProgress) => {
      const line = new Line({ maxNoProgress }).starts("a");
      const starts = startsUntilParked(line, () => line.ends("a", succeeded));
      expect(starts).toBe(maxNoProgress);
      expect(line.claim("a", "parked").reason).toEqual({
        kind: "no-progress",
        continuations: maxNoProgress,
      });
    },
  );

  it("R-434 no change of issue or workspace over the limit parks the issue", () => {
    const line = new Line({ maxNoProgress: 2 }).starts("a").ends("a", succeeded);
    expect(line.fact("run-closed").progressed).toBe(false);
    line.passes(1_000).checks("a").prepares("a").ends("a", succeeded, fingerprint("after"));
    expect(line.fact("run-closed").progressed).toBe(true);
    expect(line.state.executions.get("a")?.noProgress).toBe(0);
    for (let count = 0; count < 2; count += 1)
      line.passes(1_000).checks("a").prepares("a").ends("a", succeeded);
    expect(line.claim("a", "parked").reason).toEqual({ kind: "no-progress", continuations: 2 });
  });

  it("a change of the issue by somebody counts as progress", () => {
    const line = new Line().starts("a").changes("a", { description: "clearer" });
    line.ends("a", succeeded);
    expect(line.fact("run-closed").progressed).toBe(true);
  });
});

describe("failures", () => {
  it("R-417 back off 10 s, 20 s, 40 s …, capped by the policy, also below 10 s", () => {
    const delays = [1, 2, 3, 4, 5, 6, 60].map((n) => calculateRetryDelay(n, "failure", 300_000));
    expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    expect(calculateRetryDelay(1, "failure", 500)).toBe(500);
    expect(calculateRetryDelay(1, "continuation", 500)).toBe(1_000);
    const line = new Line().starts("a").ends("a", failed());
    expect(line.claim("a", "retrying").dueAt).toBe(start + 10_000);
  });

  it("R-418 a retry holds attempt, due time and error, and is announced", () => {
    const line = new Line().starts("a").opensSession("a", "s1").ends("a", failed("exit 1"));
    expect(line.claim("a", "retrying")).toMatchObject({
      attempt: 1,
      kind: "failure",
      error: "exit 1",
      feedback: "exit 1",
      resumeSessionId: "s1",
    });
    expect(line.effect("schedule-retry")).toEqual({
      type: "schedule-retry",
      issueId: "a",
      kind: "failure",
      dueAt: start + 10_000,
    });
    expect(line.reasons("a")).toEqual([
      { code: "backoff", kind: "failure", dueAt: start + 10_000, error: "exit 1" },
    ]);
  });

  it("R-431 failures are counted in a row; at the limit the issue is parked with the last error", () => {
    const line = fails(new Line({ maxFailures: 3 }).starts("a"), 2);
    line.ends("a", failed("the last"));
    expect(line.claim("a", "parked").reason).toEqual({
      kind: "failure-limit",
      failures: 3,
      error: "the last",
    });
    const relieved = fails(new Line({ maxFailures: 3 }).starts("a"), 2).ends("a", succeeded);
    expect(relieved.state.executions.get("a")?.failures).toBe(0);
    const patient = fails(new Line({ maxFailures: 0 }).starts("a"), 9).ends("a", failed());
    expect(patient.phase("a")).toBe("retrying");
  });

  it.each([1, 5])(
    "R-431 an agent that always fails is started %i times where the limit is that",
    (maxFailures) => {
      const line = new Line({ maxFailures }).starts("a");
      const starts = startsUntilParked(line, () => line.ends("a", failed()));
      expect(starts).toBe(maxFailures);
      expect(line.claim("a", "parked").reason).toMatchObject({ failures: maxFailures });
    },
  );

  it("what no retry can mend is parked at once; a context that grew too long starts a new session", () => {
    const line = new Line().starts("a").ends("a", failed("not logged in", false));
    expect(line.claim("a", "parked").reason).toEqual({
      kind: "not-retryable",
      error: "not logged in",
    });
    const long = new Line().starts("a").opensSession("a", "s1");
    const message = "x".repeat(5_000);
    long.ends("a", { kind: "failed", code: "context-too-long", retryable: true, message });
    expect(long.claim("a", "retrying").resumeSessionId).toBeNull();
    expect(long.claim("a", "retrying").feedback).toHaveLength(4_000);
  });

  it("R-426 a run that could not be started is a retry", () => {
    const line = new Line().sees(issue("a")).checks("a");
    line.ends("a", { kind: "failed", code: "spawn", retryable: true, message: "ENOENT" }, null);
    expect(line.claim("a", "retrying")).toMatchObject({ kind: "failure", error: "ENOENT" });
  });

  it("R-430 waiting for a slot grows neither attempt nor backoff", () => {
    const line = new Line({ maxConcurrentAgents: 1 }).starts("a").sees(issue("b", { priority: 1 }));
    line.ends("a", failed());
    expect(line.running()).toEqual(["b"]);
    const before = line.claim("a", "retrying");
    line.passes(3_600_000);
    expect(line.claim("a", "retrying")).toEqual({ ...before, due: true });
    expect(line.state.executions.get("a")?.failures).toBe(1);
    expect(line.codes("a")).toEqual(["no-slot"]);
    line.changes("b", { state: "done" });
    expect(line.run("a")).toMatchObject({ attempt: 1, retryKind: "failure" });
    line.checks("a").ends("a", failed());
    expect(line.claim("a", "retrying")).toMatchObject({ attempt: 2, dueAt: line.at + 20_000 });
  });

  it("R-419 the timer of a claim that is gone does nothing", () => {
    const line = new Line().starts("a").ends("a", failed()).changes("a", { state: "backlog" });
    expect(line.state.index.timers.size).toBe(0);
    expect(line.passes(10_000).decided).toEqual([]);
  });

  it("the end of another run is ignored", () => {
    const line = new Line().starts("a");
    const ending = { outcome: succeeded, fingerprint: null, turns: 1 };
    line.send({ type: "run-ended", issueId: "a", runId: "run-9", ending, usage: null });
    expect(line.decided).toEqual([]);
  });
});

describe("stalls", () => {
  it("R-421 a silent run is stopped, and retried after its backoff, not in the same tick", () => {
    const line = new Line({ stallTimeoutMs: 60_000 }).starts("a").passes(30_000);
    const { runId } = line.run("a");
    const heard = { type: "run-progressed", issueId: "a", runId, usage: null } as const;
    line.send({ ...heard, spoolSeq: 1, lastEventAt: line.at });
    expect(line.passes(30_000).facts()).toEqual(["run-found-alive"]);
    expect(line.passes(30_000).effects).toEqual([
      { type: "stop-run", issueId: "a", runId, reason: "stalled" },
    ]);
    line.ends("a", { kind: "canceled", reason: "stalled" });
    expect(line.fact("run-closed").outcome).toEqual({ kind: "stalled", silentMs: 60_000 });
    expect(line.claim("a", "retrying")).toMatchObject({
      kind: "failure",
      dueAt: line.at + 10_000,
    });
    expect(line.state.executions.get("a")?.failures).toBe(1);
  });

  it("R-421 is measured from the start where nothing was ever heard", () => {
    const line = new Line({ stallTimeoutMs: 60_000 }).sees(issue("a")).passes(50_000).checks("a");
    expect(line.passes(59_999).decided).toEqual([]);
    expect(line.passes(1).effectTypes()).toEqual(["stop-run"]);
  });

  it("R-713 whoever looks long after the time has not listened: silence counts anew", () => {
    const line = new Line({ stallTimeoutMs: 60_000 }).starts("a");
    expect(line.passes(70_001).effects).toEqual([]);
    expect(line.run("a").lastEventAt).toBe(line.at);
    expect(line.passes(59_999).decided).toEqual([]);
    expect(line.passes(1).effectTypes()).toEqual(["stop-run"]);
  });

  it("R-703 silence counts anew when another daemon begins, and when it adopts the run", () => {
    const line = new Line({ stallTimeoutMs: 60_000 }).starts("a").passes(55_000);
    const { runId } = line.run("a");
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    expect(line.passes(55_000).effects).toEqual([]);
    line.send({ type: "run-unheard", issueId: "a", runId });
    expect(line.passes(59_999).effects).toEqual([]);
    expect(line.passes(1).effectTypes()).toEqual(["stop-run"]);
  });

  it.each([0, -1])("R-421 a limit of %i turns it off", (stallTimeoutMs) => {
    const line = new Line({ stallTimeoutMs }).starts("a").passes(10_000_000);
    expect(line.decided).toEqual([]);
    expect(line.state.index.timers.size).toBe(0);
  });

  it("R-421 a success that came first stays a success", () => {
    const line = new Line({ stallTimeoutMs: 1 }).starts("a").passes(1).ends("a", succeeded);
    expect(line.fact("run-closed").outcome).toEqual(succeeded);
  });
});

describe("other ends", () => {
  it.each(["shutdown", "drain", "daemon-absent"] as const)(
    "R-431 a run that ends for %s goes on at once when it may, and counts as nothing",
    (reason) => {
      const line = new Line().starts("a").opensSession("a", "s1");
      line.send({ type: "gate-closed", gate: { gate: "draining", by: "SIGINT" } });
      line.ends("a", { kind: "canceled", reason });
      expect(line.claim("a", "retrying")).toMatchObject({
        kind: "resumed",
        due: true,
        resumeSessionId: "s1",
      });
      expect(line.facts()).not.toContain("counters-set");
    },
  );

  it.each(["shutdown", "drain", "daemon-absent", "issue-inactive"] as const)(
    "R-431 a run that ends for %s though nobody asked for it is a loss: it waits, and has a limit",
    (reason) => {
      const line = new Line({ maxFailures: 3 }).starts("a").opensSession("a", "s1");
      for (const delayMs of [1_000, 2_000]) {
        line.ends("a", { kind: "canceled", reason });
        expect(line.claim("a", "retrying")).toMatchObject({
          kind: "lost",
          dueAt: line.at + delayMs,
          due: false,
          resumeSessionId: "s1",
        });
        line.passes(delayMs).checks("a");
      }
      line.ends("a", { kind: "canceled", reason });
      expect(line.claim("a", "parked").reason).toMatchObject({
        kind: "loss-limit",
        losses: 3,
      });
      expect(line.state.executions.get("a")).toMatchObject({ failures: 0, losses: 3 });
    },
  );

  it("R-431 a stop that the core decided is no loss", () => {
    const line = new Line().starts("a").changes("a", { state: "backlog" });
    line.changes("a", { state: "todo" }).ends("a", { kind: "canceled", reason: "shutdown" });
    expect(line.run("a").retryKind).toBe("resumed");
    expect(line.facts()).not.toContain("counters-set");
  });

  it("R-705 a lost run resumes its session after a second and is no failure; losses have a limit", () => {
    const line = new Line({ maxFailures: 2 }).starts("a").opensSession("a", "s1");
    line.ends("a", { kind: "lost", message: "the runner died" });
    expect(line.claim("a", "retrying")).toMatchObject({
      kind: "lost",
      dueAt: line.at + 1_000,
      resumeSessionId: "s1",
    });
    expect(line.state.executions.get("a")).toMatchObject({ failures: 0, losses: 1 });
    line.passes(1_000).checks("a").ends("a", { kind: "lost", message: "again" });
    expect(line.claim("a", "parked")).toMatchObject({
      reason: { kind: "loss-limit", losses: 2, error: "again" },
      resumeSessionId: "s1",
    });
  });

  it("R-803 a used-up quota parks until its reset and counts as no failure", () => {
    const line = new Line().starts("a").opensSession("a", "s1");
    const resetsAt = line.at + 3_600_000;
    line.ends("a", { kind: "quota-exhausted", pool: "plan", resetsAt });
    expect(line.claim("a", "parked")).toMatchObject({
      reason: { kind: "quota", pool: "plan" },
      until: resetsAt,
    });
    expect(line.state.executions.get("a")?.failures).toBe(0);
    line.passes(3_600_000);
    expect(line.run("a")).toMatchObject({ retryKind: "resumed", resumeSessionId: "s1" });
    line.checks("a").ends("a", { kind: "quota-exhausted", pool: "plan", resetsAt: null });
    expect(line.claim("a", "parked").until).toBe(line.at + 300_000);
  });

  it("R-803 a reset that an agent makes up holds nothing back for longer than 8 days", () => {
    const line = new Line().starts("a").opensSession("a", "s1");
    const resetsAt = line.at + 70 * 365 * 86_400_000;
    line.ends("a", { kind: "quota-exhausted", pool: "plan", resetsAt });
    const until = line.at + 8 * 86_400_000;
    expect(line.claim("a", "parked").until).toBe(until);
    expect(line.state.gates["pool-closed"]).toMatchObject({ until });
  });

  it("R-431 a time limit is a failure", () => {
    const line = new Line().starts("a").ends("a", { kind: "timed-out", limit: "run", limitMs: 5 });
    expect(line.claim("a", "retrying").kind).toBe("failure");
  });

  it("a run that ends because its issue changed goes on at once, within the continuations", () => {
    const line = new Line().starts("a").ends("a", { kind: "canceled", reason: "issue-changed" });
    expect(line.run("a").retryKind).toBe("continuation");
    expect(line.state.executions.get("a")?.continuations).toBe(1);
  });
});
