import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue, succeeded } from "../__fixtures__/line.ts";

const by = "somebody";
const release = { type: "release-requested", issueId: "a", by } as const;
const stop = { type: "stop-requested", issueId: "a", by } as const;
const closed = {
  type: "gate-closed",
  gate: { gate: "paused", by },
} as const;

describe("an operator's release", () => {
  it("stops a run, and gives the claim up when it has ended, whatever its outcome", () => {
    for (const outcome of [succeeded, failed(), { kind: "needs-input", question: "?" } as const]) {
      const line = new Line({ states: { succeeded: "done" } }).starts("a").opensSession("a", "s1");
      line.send(release);
      expect(line.effect("stop-run").reason).toBe("operator");
      expect(line.fact("run-stop-decided")).toMatchObject({ by, release: true });
      line.send(closed).ends("a", outcome, fingerprint("after", 1));
      expect(line.fact("run-closed").outcome).toEqual({ kind: "canceled", reason: "operator" });
      expect(line.fact("claim-released").reason).toBe("operator");
      expect(line.phase("a")).toBe("none");
      expect(line.codes("a")).toEqual(["gate"]);
    }
  });

  it("leaves the issue free: eligible, it begins anew, with no session and fresh counters", () => {
    const line = new Line().starts("a").opensSession("a", "s1").ends("a", failed());
    line.send(release);
    expect(line.facts()).toEqual(["counters-reset", "claim-released", "run-claimed"]);
    expect(line.effectTypes()).toEqual(["check-issue"]);
    expect(line.run("a")).toMatchObject({ resumeSessionId: null, feedback: null });
    expect(line.state.executions.get("a")).toMatchObject({ failures: 0, runs: 1 });
  });

  it("ends a parking, and says so where comments are written", () => {
    const line = new Line({ writes: "comment" }).starts("a");
    line.ends("a", { kind: "needs-input", question: "?" }).send(closed).send(release);
    expect(line.phase("a")).toBe("none");
    expect(line.effect("write-comment").comment).toMatchObject({
      status: "stopped",
      detail: "Released by somebody.",
    });
  });

  it("ends a claim that has started nothing at once", () => {
    const line = new Line().sees(issue("a"));
    line.send(closed).send(release);
    expect(line.facts()).toContain("claim-released");
    expect(line.effectTypes()).toEqual([]);
  });

  it("does not interrupt a delivery, but ends the wait of one", () => {
    const line = new Line({ states: { succeeded: "done" } }).starts("a");
    line.ends("a", succeeded, fingerprint("after", 1)).send(release);
    expect(line.decided).toEqual([]);
    const { key } = line.claim("a", "delivering");
    const result = { kind: "waiting", reason: "dirty", remedy: "commit" } as const;
    line.send({ type: "delivery-ended", issueId: "a", key, result }).send(closed).send(release);
    expect(line.phase("a")).toBe("none");
  });

  it("is nothing where there is no claim, and the second time", () => {
    const idle = new Line({ maxConcurrentAgents: 0 }).sees(issue("a"));
    expect(idle.send(release).decided).toEqual([]);
    const line = new Line().starts("a").send(release).send(release);
    expect(line.decided).toEqual([]);
    expect(line.send(stop).decided).toEqual([]);
  });

  it("goes before a stop that was asked for earlier", () => {
    const line = new Line().starts("a").send(stop).send(release).send(closed);
    expect(line.ends("a", failed()).phase("a")).toBe("none");
  });
});

describe("an operator's stop", () => {
  it("parks the issue also where its run is being stopped for another reason already", () => {
    const line = new Line({ stallTimeoutMs: 1_000 }).starts("a").passes(1_001);
    expect(line.effect("stop-run").reason).toBe("stalled");
    line.send(stop).ends("a", failed());
    expect(line.fact("run-closed").outcome.kind).toBe("stalled");
    expect(line.claim("a", "parked").reason).toEqual({ kind: "operator", by });
  });
});
